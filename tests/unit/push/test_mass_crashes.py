"""A mass batch whose workers die, stand still or overtake each other at any moment: nobody reads it twice, and every
push has an outcome."""

from collections import Counter
from functools import partial

import pytest

from infra.local.memory.faults import Fault
from tests.support.masses import a_shop_with, carry, holds_openids, plan_in_parts, read_by, states, step
from tests.support.memory import MemoryShop

EFFECTS = 90
"""More than a batch of two parts has from its planning to its end."""
FOLLOWERS = 3
STRUCK = (Fault.CRASH_AFTER, Fault.TIMEOUT_AFTER)
"""What was done is not known to have been done. What comes before an effect looks the same one effect later."""


def a_shop_that_tells_its_followers() -> tuple[MemoryShop, list[str]]:
    shop, openids = a_shop_with(FOLLOWERS)
    plan_in_parts(shop, openids[:2], openids[2:])
    return shop, openids


def assert_all_is_well(shop: MemoryShop, openids: list[str], *, sent: bool = True) -> None:
    read = [read_by(shop, openid) for openid in openids]
    outcomes = Counter(entry["outcome"]["S"] for entry in shop.journal() if entry["what"]["S"] == "push")
    assert max(read) <= 1
    assert shop.world.is_idle()
    assert not holds_openids(shop)
    assert sum(states(shop).values()) == len(openids) == outcomes["planned"]
    assert sum(outcomes[state] for state in states(shop)) == len(openids)
    if sent:
        assert (states(shop), read) == ({"sent": len(openids)}, [1] * len(openids))


def test_the_flow_has_fewer_effects_than_are_struck() -> None:
    shop, openids = a_shop_that_tells_its_followers()
    before = shop.world.faults.calls

    carry(shop)

    assert_all_is_well(shop, openids)
    assert EFFECTS > shop.world.faults.calls - before > EFFECTS * 2 / 3


@pytest.mark.parametrize("fault", STRUCK)
def test_whatever_goes_wrong_at_whichever_effect_everyone_reads_it_once(fault: Fault) -> None:
    for skip in range(EFFECTS):
        shop, openids = a_shop_that_tells_its_followers()
        shop.world.faults.plan(fault, skip=skip)

        carry(shop)

        assert_all_is_well(shop, openids)


def test_a_worker_that_stands_still_while_others_go_on_does_no_harm_whenever_it_does() -> None:
    for skip in range(EFFECTS):
        shop, openids = a_shop_that_tells_its_followers()
        shop.world.faults.interrupt(partial(others_go_on, shop), skip=skip)

        carry(shop)

        assert_all_is_well(shop, openids)


def follower_writes(shop: MemoryShop, openid: str) -> None:
    shop.say(openid, "在吗")


def others_go_on(shop: MemoryShop) -> None:
    """For two minutes, which is longer than the first lease of a job."""
    with shop.world.elsewhere():
        for _ in range(2):
            shop.world.clock.advance(65)
            shop.world.tick()
            shop.world.pump()


@pytest.mark.parametrize("moment", ["mass.frozen", "mass.closing"])
def test_a_member_who_writes_while_the_batch_is_at_work_loses_nothing_and_neither_does_the_batch(moment: str) -> None:
    for skip in range(30):
        shop, openids = a_shop_that_tells_its_followers()
        while moment == "mass.closing" and step(shop) != moment:
            pass
        shop.world.faults.interrupt(partial(follower_writes, shop, openids[0]), skip=skip)

        carry(shop)

        assert_all_is_well(shop, openids)
