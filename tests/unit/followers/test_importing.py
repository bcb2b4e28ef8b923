"""The followers that an account has already are taken over, whatever happens meanwhile."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from chalicelib.followers import listing
from chalicelib.followers.budget import BATCHGET, USER_GET
from chalicelib.store import roster
from chalicelib.store.quota import find as quota_of
from infra.local.memory.faults import Fault
from infra.local.memory.world import MemoryRuntime
from infra.local.wechat_simulator.person import Person
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.walks import YEARS_AGO, a_crowd, begin, members, minute, run_of, to_the_end


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop(process=lambda world: MemoryRuntime(world, log_level="ERROR"))


def person(shop: MemoryShop, openid: str) -> Person:
    return shop.simulator.world.person(openid)


def calls(shop: MemoryShop, path: str) -> int:
    return shop.world.runtime.wechat_connection.calls[path]


def test_every_follower_becomes_a_member_once(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 2_345)
    shop.simulator.set_switches(user_get_page=1_000)

    assert begin(shop) == "begun"
    run = to_the_end(shop)

    assert members(shop) == dict.fromkeys(crowd, 1)
    assert run.counts == {"new": 2_345}
    assert (run.phase, run.total, run.listed, run.pages) == ("over", 2_345, 2_345, 3)
    assert (calls(shop, USER_GET), calls(shop, BATCHGET)) == (3, 11 + 11 + 4)


def test_when_it_is_over_no_openid_is_left_but_the_members(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 1_500)

    begin(shop)
    to_the_end(shop)

    rest = [item for item in shop.world.items() if not item["pk"]["S"].startswith("M#")]
    assert not any(openid in repr(item) for item in rest for openid in crowd[:20])
    assert [item["sk"]["S"] for item in shop.world.items("I#")] == ["RUN#import"]
    assert shop.world.items("J#") == []


def test_what_wechat_knows_is_taken_over(shop: MemoryShop) -> None:
    (openid,) = a_crowd(shop, 1)
    person(shop, openid).remark, person(shop, openid).unionid = "老张", "u-12345"
    shop.simulator.world.account(shop.account).tags[100] = "会员"
    person(shop, openid).tags.append(100)

    begin(shop)
    to_the_end(shop)

    member = shop.member(openid)
    assert member is not None
    assert (member["remark"]["S"], member["unionid"]["S"], member["tags"]["L"]) == ("老张", "u-12345", [{"S": "会员"}])
    assert member["joined_at"]["S"].startswith(YEARS_AGO.strftime("%Y-%m-%d"))
    assert "last_active_at" not in member


def test_a_second_import_changes_nothing(shop: MemoryShop) -> None:
    a_crowd(shop, 500)
    begin(shop)
    to_the_end(shop)
    before = {item["pk"]["S"]: item for item in shop.world.items("M#")}

    assert begin(shop) == "begun"
    run = to_the_end(shop)

    assert run.counts == {"known": 500}
    assert {item["pk"]["S"]: item for item in shop.world.items("M#")} == before


@pytest.mark.parametrize("seed", range(10))
def test_killed_at_any_point_it_goes_on_and_everyone_is_counted_once(shop: MemoryShop, seed: int) -> None:
    random = Random(seed)
    crowd = a_crowd(shop, 2_500)
    begin(shop)
    for _ in range(10):
        kind = random.choice((Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.TIMEOUT_AFTER))
        shop.world.faults.plan(kind, skip=random.randrange(250))

    run = to_the_end(shop)

    assert shop.world.faults.struck > 0
    assert members(shop) == dict.fromkeys(crowd, 1)
    assert sum(run.counts.values()) == run.counts["new"] == 2_500
    assert calls(shop, USER_GET) <= quota_of(shop.world.table(), shop.account, USER_GET, now=run.started_at).used


def test_what_the_journal_counts_is_what_the_run_counts(shop: MemoryShop) -> None:
    a_crowd(shop, 2_500)
    begin(shop)
    shop.world.faults.plan(Fault.CRASH_AFTER, skip=40)
    shop.world.faults.plan(Fault.CRASH_BEFORE, skip=90)

    to_the_end(shop)

    taken = [entry["details"]["M"].get("new", {"N": "0"}) for entry in shop.journal("import.taken")]
    assert sum(int(number["N"]) for number in taken) == 2_500


ACTS: dict[str, Callable[[MemoryShop, str], object]] = {
    "writes": lambda shop, openid: shop.say(openid, "停车"),
    "leaves": lambda shop, openid: shop.simulator.unfollow(openid),
    "leaves and returns": lambda shop, openid: (shop.simulator.unfollow(openid), shop.simulator.follow(openid)),
}


@pytest.mark.parametrize("act", ACTS)
def test_whoever_acts_meanwhile_has_the_last_word(shop: MemoryShop, act: str) -> None:
    crowd = a_crowd(shop, 1_000)
    begin(shop)
    actors = Random(act).sample(crowd, 40)
    coming = list(actors)

    def one_acts() -> None:
        ACTS[act](shop, coming.pop())
        if coming:
            shop.world.faults.interrupt(one_acts, skip=1)

    shop.world.faults.interrupt(one_acts)
    to_the_end(shop)

    assert coming == []

    following = {openid for openid in crowd if person(shop, openid).following}
    assert set(members(shop)) == following
    heard = {openid for openid in actors if openid in following and _acts(shop, openid)}
    assert heard == (set() if act == "leaves" else set(actors))
    left = {"writes": 0, "leaves": 40, "leaves and returns": 0}[act]
    assert len(shop.world.items("T#")) == left


def _acts(shop: MemoryShop, openid: str) -> int:
    member = shop.member(openid)
    assert member is not None
    return sum(map(int, member["hours"]["S"].split(",")))


def test_who_opted_out_and_left_unheard_and_came_back_unheard_is_opted_out_still(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.say(openid, "退订")
    shop.simulator.unfollow(openid)
    shop.world.rest()
    shop.world.clock.advance(600)
    shop.simulator.add_fault("unreachable", attempts=9, openid=openid)
    shop.simulator.follow(openid)

    begin(shop)
    run = to_the_end(shop)

    member = shop.member(openid)
    assert member is not None
    assert run.counts == {"returned": 1}
    assert "opted_out_at" in member


def test_who_had_everything_erased_is_not_brought_back(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.say(openid, "删除我的数据")
    shop.say(openid, "确认删除")
    shop.world.rest()

    begin(shop)
    run = to_the_end(shop)

    assert run.counts == {"erased": 1}
    assert shop.member(openid) is None


def test_the_days_quota_is_never_exceeded_and_the_next_day_goes_on(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 2_000)
    shop.simulator.set_switches(daily_limits={BATCHGET: 10, USER_GET: 10})

    begin(shop)
    for _ in range(20):
        minute(shop)
    that_day = calls(shop, BATCHGET)
    run = to_the_end(shop)

    assert that_day == 8
    assert members(shop) == dict.fromkeys(crowd, 1)
    assert run.finished_at is not None
    assert run.finished_at - run.started_at > timedelta(days=1)


@pytest.mark.parametrize("path", [USER_GET, BATCHGET])
def test_a_quota_that_others_have_used_up_is_waited_for(shop: MemoryShop, path: str) -> None:
    crowd = a_crowd(shop, 300)
    shop.simulator.add_fault("api_daily_quota", path=path, times=1)

    begin(shop)
    for _ in range(5):
        minute(shop)
    waiting = run_of(shop)
    run = to_the_end(shop)

    assert not waiting.is_over
    assert members(shop) == dict.fromkeys(crowd, 1)
    assert run.counts == {"new": 300}


def test_too_many_calls_in_a_minute_are_waited_out(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 300)
    shop.simulator.add_fault("api_minute_quota", path=BATCHGET, times=2)

    begin(shop)
    to_the_end(shop)

    assert members(shop) == dict.fromkeys(crowd, 1)


def test_a_quota_that_wechat_does_not_tell_is_taken_from_what_is_published(shop: MemoryShop) -> None:
    a_crowd(shop, 10)
    shop.simulator.add_fault("api_busy", path="/cgi-bin/openapi/quota/get", times=9)

    begin(shop)
    to_the_end(shop)

    quota = quota_of(shop.world.table(), shop.account, USER_GET, now=shop.world.clock.now())
    assert (quota.used, quota.limit) == (1, 500)


def test_one_openid_that_wechat_refuses_does_not_hold_up_the_others(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 5)
    shop.simulator.add_fault("api_errcode", path=BATCHGET, times=1, errcode=40003)

    begin(shop)
    run = to_the_end(shop)

    assert run.counts == {"new": 5}
    assert members(shop) == dict.fromkeys(crowd, 1)


@pytest.mark.parametrize("last_page", ["empty", "last"])
def test_an_account_without_followers_and_a_full_last_page_come_to_an_end(shop: MemoryShop, last_page: str) -> None:
    shop.simulator.set_switches(user_get_last_page=last_page)

    begin(shop)
    run = to_the_end(shop)

    assert (run.listed, run.counts) == (0, {})


def test_a_cursor_that_wechat_has_forgotten_sends_it_back_to_the_beginning(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 1_300)
    shop.simulator.set_switches(user_get_page=1_000)
    begin(shop, pace=1)
    minute(shop)
    shop.simulator.add_fault("api_errcode", path=USER_GET, times=1, errcode=40003)

    run = to_the_end(shop)

    assert (run.restarts, run.counts) == (1, {"new": 1_300, "known": 1_000})
    assert members(shop) == dict.fromkeys(crowd, 1)


def test_a_cursor_that_is_forgotten_again_and_again_is_left_to_an_operator_who_lets_it_go_on(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 601)
    shop.simulator.set_switches(user_get_page=300)
    begin(shop, pace=1)
    minute(shop)
    shop.simulator.add_fault("api_errcode", path=USER_GET, times=1, errcode=40003)
    for _ in range(listing.MOST_RESTARTS):
        minute(shop)
        minute(shop)
        shop.simulator.add_fault("api_errcode", path=USER_GET, times=1, errcode=40003)
    for _ in range(10):
        minute(shop)
    stopped = len(shop.world.jobs(dead=True))

    begun = begin(shop)
    to_the_end(shop)

    assert (stopped, begun) == (1, "resumed")
    assert members(shop) == dict.fromkeys(crowd, 1)


def test_a_part_that_was_given_up_is_told_and_found_by_the_next_walk(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 1_200)
    shop.simulator.add_fault("api_errcode", path=BATCHGET, times=1, errcode=47001)

    begin(shop)
    first = to_the_end(shop)
    begin(shop)
    second = to_the_end(shop)

    assert first.counts["given_up"] + first.counts["new"] == 1_200
    assert second.counts["new"] == first.counts["given_up"]
    assert members(shop) == dict.fromkeys(crowd, 1)


def test_one_walk_at_a_time(shop: MemoryShop) -> None:
    a_crowd(shop, 500)
    begin(shop)

    assert begin(shop) == "under_way"
    to_the_end(shop)

    assert begin(shop) == "begun"


def test_a_wake_up_for_what_is_through_does_no_harm(shop: MemoryShop) -> None:
    a_crowd(shop, 50)
    begin(shop)
    run = run_of(shop)
    stale = listing.next_job(run, run.started_at)
    to_the_end(shop)
    shop.world.table().write([stale.put()])
    part = roster.Part(shop.account, "import", run.run_id, 0, ("oSomeone",), run.started_at)
    shop.world.table().write([listing.part_job(part, run.started_at).put()])

    shop.world.tick()
    minute(shop)

    assert shop.world.jobs(dead=False) == []
    assert run_of(shop).counts == {"new": 50}


def test_what_is_written_down_names_nobody(shop: MemoryShop) -> None:
    a_crowd(shop, 3)
    begin(shop)

    part = roster.Part("shop", "import", "r-1", 0, ("oSomeone",), run_of(shop).started_at)

    assert "oSomeone" not in repr(part)
    assert "cursor" not in repr(run_of(shop))
