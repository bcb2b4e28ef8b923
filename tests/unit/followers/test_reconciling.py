"""Follows and unfollows that never reached us are found, and nobody is erased by mistake."""

from datetime import timedelta

import pytest

from chalicelib.followers import checking, starting
from chalicelib.followers.budget import BATCHGET
from chalicelib.store.roster import Run
from infra.local.memory.faults import Fault
from infra.local.memory.world import MemoryRuntime
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.walks import a_crowd, begin, members, minute, run_of, to_the_end


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop(process=lambda world: MemoryRuntime(world, log_level="CRITICAL"))


def imported(shop: MemoryShop, followers: int) -> list[str]:
    """Some who are members and have been for a while."""
    crowd = a_crowd(shop, followers)
    begin(shop)
    to_the_end(shop)
    shop.world.clock.advance(3600)
    return crowd


def unheard(shop: MemoryShop, act: str, openid: str) -> None:
    """The follower does something that never reaches us."""
    shop.simulator.add_fault("unreachable", attempts=9, times=1, openid=openid)
    shop.simulator.act(openid, act)


def reconciled(shop: MemoryShop) -> Run:
    begin(shop, "reconcile")
    return to_the_end(shop, "reconcile")


def test_a_follow_that_never_reached_us_is_made_up_for(shop: MemoryShop) -> None:
    crowd = imported(shop, 300)
    newcomer = shop.simulator.add_follower(shop.account)
    unheard(shop, "follow", newcomer)

    run = reconciled(shop)

    assert set(members(shop)) == {*crowd, newcomer}
    assert (run.counts["new"], run.counts["known"], run.counts["checked"]) == (1, 300, 301)
    assert [entry["details"]["M"]["new"]["N"] for entry in shop.journal("reconcile.compared")] == ["1"]


def test_an_unfollow_that_never_reached_us_is_an_erasure_with_a_tombstone(shop: MemoryShop) -> None:
    crowd = imported(shop, 300)
    unheard(shop, "unfollow", crowd[7])

    run = reconciled(shop)

    assert set(members(shop)) == set(crowd) - {crowd[7]}
    assert run.counts["suspected"] == 1
    assert len(shop.journal("unfollowed.found")) == len(shop.world.items("T#")) == 1


def test_who_returns_before_they_are_asked_about_again_stays(shop: MemoryShop) -> None:
    crowd = imported(shop, 100)
    unheard(shop, "unfollow", crowd[7])
    begin(shop, "reconcile")
    while not shop.world.jobs(dead=False) or not any(
        "profile" in job["kind"]["S"] for job in shop.world.jobs(dead=False)
    ):
        minute(shop)

    shop.simulator.follow(crowd[7])
    to_the_end(shop, "reconcile")

    assert set(members(shop)) == set(crowd)


def test_where_nothing_was_missed_only_unknown_followers_are_asked_about(shop: MemoryShop) -> None:
    imported(shop, 1_000)
    before = shop.world.runtime.wechat_connection.calls[BATCHGET]

    reconciled(shop)

    assert shop.world.runtime.wechat_connection.calls[BATCHGET] - before == 10


def test_everyone_is_checked_once_wherever_the_process_dies(shop: MemoryShop) -> None:
    crowd = imported(shop, 700)
    for openid in crowd[:5]:
        unheard(shop, "unfollow", openid)
    begin(shop, "reconcile")
    for number in range(10):
        shop.world.faults.plan(Fault.CRASH_AFTER, skip=11 * number + number % 3)

    run = to_the_end(shop, "reconcile")

    assert set(members(shop)) == set(crowd[5:])
    assert run.counts["checked"] == 700
    assert len(shop.journal("unfollowed.found")) == 5


def test_when_wechat_says_that_a_crowd_has_left_nobody_is_erased(shop: MemoryShop) -> None:
    crowd = imported(shop, 200)
    for openid in crowd[:150]:
        shop.simulator.world.person(openid).following = False
    shop.simulator.world.account(shop.account).roster = None

    run = reconciled(shop)

    assert run.phase == "stopped"
    assert set(members(shop)) == set(crowd)
    assert len(shop.journal("reconcile.implausible")) == 1


def test_one_openid_that_wechat_refuses_is_passed_over(shop: MemoryShop) -> None:
    crowd = imported(shop, 20)
    unheard(shop, "unfollow", crowd[3])
    state = shop.simulator.world.account(shop.account)
    forgotten = state.people.pop(crowd[11])
    state.roster = None

    run = reconciled(shop)

    assert set(members(shop)) == set(crowd) - {crowd[3]}
    assert forgotten.openid in members(shop)
    assert run.counts["suspected"] == 1


def test_the_check_leaves_most_of_the_days_calls_to_others(shop: MemoryShop) -> None:
    crowd = imported(shop, 1_500)
    shop.world.clock.advance(24 * 3600)
    shop.simulator.set_switches(daily_limits={BATCHGET: 20})
    before = shop.world.runtime.wechat_connection.calls[BATCHGET]

    begin(shop, "reconcile")
    for _ in range(15):
        minute(shop)
    that_day = shop.world.runtime.wechat_connection.calls[BATCHGET] - before
    run = to_the_end(shop, "reconcile")

    assert that_day == 20 * 0.4
    assert run.counts["checked"] == 1_500
    assert set(members(shop)) == set(crowd)


@pytest.mark.parametrize("fault", ["api_daily_quota", "api_minute_quota"])
def test_a_limit_that_wechat_names_is_waited_for(shop: MemoryShop, fault: str) -> None:
    imported(shop, 150)
    begin(shop, "reconcile")
    while run_of(shop, "reconcile").phase != "checking":
        minute(shop)
    shop.simulator.add_fault(fault, path=BATCHGET, times=1)

    run = to_the_end(shop, "reconcile")

    assert run.counts["checked"] == 150


def test_a_daily_check_begins_again_until_it_is_stopped(shop: MemoryShop) -> None:
    imported(shop, 10)
    begin(shop, "reconcile", daily=True)
    first = run_of(shop, "reconcile")
    while run_of(shop, "reconcile").run_id == first.run_id:
        minute(shop)
    second = run_of(shop, "reconcile")

    assert second.started_at == first.started_at + timedelta(days=1)
    assert second.last_counts == {"known": 10, "checked": 10}
    assert starting.stop_daily(shop.account, table=shop.world.table())
    assert not starting.stop_daily(shop.account, table=shop.world.table())
    shop.world.clock.advance(24 * 3600)
    assert to_the_end(shop, "reconcile").run_id == second.run_id


def test_days_without_anyone_are_passed_over_and_everyone_is_met(shop: MemoryShop) -> None:
    crowd = imported(shop, 400)
    shop.say(crowd[0], "停车")
    shop.world.roll()

    run = reconciled(shop)

    assert run.counts["checked"] == 400
    assert checking.DAYS < 90
