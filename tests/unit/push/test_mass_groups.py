"""Some recipients at a time: what happens when others are faster."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import pytest

from chalicelib.errors import Conflict
from chalicelib.push.kit import Kit, kit
from chalicelib.push.mass_closing import close
from chalicelib.push.mass_freezing import freeze
from chalicelib.push.mass_groups import TRIES, Decided, settle
from chalicelib.store import batch as batches
from chalicelib.store import keys
from chalicelib.store.batch import Batch
from chalicelib.store.member import Member
from chalicelib.store.table import Check, Equals
from tests.support.masses import a_shop_with, plan, step, the_batch
from tests.support.masses import states as states_of
from tests.support.meddling import MeddledTable
from tests.support.memory import MemoryShop


def a_planned_batch(followers: int = 3) -> tuple[MemoryShop, Batch, list[str]]:
    shop, openids = a_shop_with(followers)
    (planned,) = plan(shop, openids)
    return shop, the_batch(shop, planned), openids


def tools(*meddlers: Callable[[], object]) -> Kit:
    built = kit(lot=1)
    return replace(built, table=MeddledTable(built.table, *meddlers))


def nobody() -> None:
    """A meddler that lets a write pass."""


def writes(shop: MemoryShop, openid: str) -> Callable[[], object]:
    numbers = count()
    return lambda: shop.say(openid, f"在吗 {next(numbers)}")


def test_who_writes_while_the_group_is_claimed_is_judged_anew_and_the_others_lose_nothing() -> None:
    shop, batch, openids = a_planned_batch()
    freeze(batch, tools(nobody, writes(shop, openids[1])))

    assert states_of(shop) == {"claimed": 3}


def test_who_opts_out_while_the_group_is_claimed_is_held() -> None:
    shop, batch, openids = a_planned_batch()
    freeze(batch, tools(nobody, lambda: shop.say(openids[1], "退订")))

    assert states_of(shop) == {"claimed": 2, "held": 1}


def test_a_worker_that_has_lost_the_batch_stops_and_writes_nothing_more() -> None:
    shop, batch, _ = a_planned_batch()

    def others_take_the_batch() -> None:
        current = batches.find(shop.world.table(), shop.account, batch.batch_id)
        assert current is not None
        shop.world.table().write([current.put()])

    with pytest.raises(Conflict, match="another worker"):
        freeze(batch, tools(nobody, others_take_the_batch))

    assert states_of(shop) == {}


def test_a_member_who_never_stands_still_is_given_up_for_this_step() -> None:
    shop, batch, openids = a_planned_batch(2)
    item = shop.world.table().get(keys.member(shop.account, openids[0]))
    assert item is not None
    stale = Check(keys.member(shop.account, openids[0]), (Equals("version", Member.from_item(item).version - 1),))
    seen: list[Sequence[str]] = []

    def decide(group: Sequence[str]) -> Decided:
        seen.append(group)
        return Decided([stale])

    with pytest.raises(Conflict, match="a member"):
        settle(openids, batch, tools(), decide)

    assert [len(group) for group in seen] == [2, *[1] * TRIES]


def test_a_batch_that_is_closed_without_a_result_ends_as_unknown() -> None:
    shop, _, openids = a_planned_batch()
    assert step(shop) == "mass.frozen"
    batch = the_batch(shop, plan(shop, openids)[0])

    ended = close(replace(batch, phase="closing", cursor=0), tools())

    assert (ended.outcome, states_of(shop)) == ("mass.unknown", {"unknown": 3})
