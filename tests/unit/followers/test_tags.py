"""Tags that change here are told to WeChat, and what came from there is not sent back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.followers import tags
from chalicelib.followers.budget import TAGGING
from chalicelib.store import keys
from chalicelib.store import tags as stored
from chalicelib.store.member import Member
from chalicelib.store.tags import TagChange
from infra.local.memory.faults import Fault
from infra.local.memory.world import MemoryRuntime
from infra.local.wechat_simulator.account_state import AccountState
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.walks import a_crowd, begin, minute, to_the_end


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop(process=lambda world: MemoryRuntime(world, log_level="CRITICAL"))


def known(shop: MemoryShop, followers: int) -> list[str]:
    crowd = a_crowd(shop, followers)
    begin(shop)
    to_the_end(shop)
    return crowd


def member_of(shop: MemoryShop, openid: str) -> Member:
    item = shop.world.table().get(keys.member(shop.account, openid))
    assert item is not None
    return Member.from_item(item)


def retag(shop: MemoryShop, openid: str, *names: str) -> None:
    """An answer gives the member these tags and takes all others, as a callback commits it."""
    now, member = shop.world.clock.now(), member_of(shop, openid)
    after = replace(member, tags=names)
    told = stored.told_later(member, after, shop.world.runtime.new_id(), now=now)
    assert told is not None
    shop.world.table().write([after.put(), *(one.put() for one in told)])


def settled(shop: MemoryShop) -> None:
    """Until nothing is left to be told."""
    for _ in range(3 * 24 * 60):
        if not shop.world.jobs(dead=False):
            break
        minute(shop, seconds=60 if shop.world.items("G#") else 600)
    assert shop.world.items("G#") == []


def at_wechat(shop: MemoryShop, openid: str) -> set[str]:
    return {wechat(shop).tags[number] for number in shop.simulator.world.person(openid).tags}


def wechat(shop: MemoryShop) -> AccountState:
    return shop.simulator.world.account(shop.account)


def calls(shop: MemoryShop) -> int:
    return shop.world.runtime.wechat_connection.calls[TAGGING]


def test_a_tag_of_many_followers_takes_few_calls(shop: MemoryShop) -> None:
    crowd = known(shop, 80)
    for openid in crowd:
        retag(shop, openid, "新客")

    settled(shop)

    assert all(at_wechat(shop, openid) == {"新客"} for openid in crowd)
    assert calls(shop) == 2


def test_a_tag_that_was_taken_away_here_goes_there_and_does_not_come_back(shop: MemoryShop) -> None:
    (openid,) = known(shop, 1)
    retag(shop, openid, "新客", "会员")
    settled(shop)
    retag(shop, openid, "会员")
    shop.simulator.world.person(openid).tags = list(shop.simulator.world.person(openid).tags)
    begin(shop)
    to_the_end(shop)

    settled(shop)

    assert at_wechat(shop, openid) == set(member_of(shop, openid).tags) == {"会员"}


def test_what_came_from_wechat_is_not_sent_back(shop: MemoryShop) -> None:
    wechat(shop).tags[100] = "线下会员"
    (openid,) = a_crowd(shop, 1)
    shop.simulator.world.person(openid).tags.append(100)

    begin(shop)
    to_the_end(shop)

    assert member_of(shop, openid).tags == ("线下会员",)
    assert stored.find(shop.world.table(), shop.account).ours == ()
    assert (calls(shop), shop.world.items("G#")) == (0, [])


def test_who_has_twenty_tags_at_wechat_keeps_the_new_one_here_alone(shop: MemoryShop) -> None:
    full, other = known(shop, 2)
    wechat(shop).tags |= {100 + number: f"线下{number}" for number in range(20)}
    wechat(shop).next_tag = 120
    shop.simulator.world.person(full).tags = list(range(100, 120))

    retag(shop, full, "新客")
    retag(shop, other, "新客")
    settled(shop)

    (told,) = shop.journal("tags.told")
    assert at_wechat(shop, other) == {"新客"}
    assert "新客" not in at_wechat(shop, full)
    assert told["details"]["M"] == {"told": {"N": "1"}, "full": {"N": "1"}}


def test_a_tag_that_was_deleted_at_wechat_is_made_again(shop: MemoryShop) -> None:
    one, other = known(shop, 2)
    retag(shop, one, "新客")
    settled(shop)
    wechat(shop).tags = {number: name for number, name in wechat(shop).tags.items() if name != "新客"}

    retag(shop, other, "新客")
    settled(shop)

    assert at_wechat(shop, other) == {"新客"}


def test_a_tag_that_wechat_never_had_need_not_be_taken_away(shop: MemoryShop) -> None:
    (openid,) = known(shop, 1)
    member = member_of(shop, openid)
    shop.world.table().write([replace(member, tags=("旧标签",)).put()])

    retag(shop, openid)
    settled(shop)

    assert shop.journal("tags.told")[0]["details"]["M"] == {"unheard_of": {"N": "1"}}


def test_who_has_left_meanwhile_needs_no_tags(shop: MemoryShop) -> None:
    (openid,) = known(shop, 1)
    retag(shop, openid, "新客")
    shop.simulator.unfollow(openid)

    settled(shop)

    assert calls(shop) == 0


def test_who_has_left_unheard_does_not_hold_up_the_others(shop: MemoryShop) -> None:
    crowd = known(shop, 3)
    shop.simulator.world.person(crowd[0]).following = False
    for openid in crowd:
        retag(shop, openid, "新客")

    settled(shop)

    assert [at_wechat(shop, openid) for openid in crowd] == [set(), {"新客"}, {"新客"}]


@pytest.mark.parametrize("fault", ["api_daily_quota", "api_minute_quota"])
def test_a_limit_is_waited_for(shop: MemoryShop, fault: str) -> None:
    crowd = known(shop, 3)
    for openid in crowd:
        retag(shop, openid, "新客")
    shop.simulator.add_fault(fault, path=TAGGING, times=1)

    settled(shop)

    assert all(at_wechat(shop, openid) == {"新客"} for openid in crowd)
    assert shop.journal("tags.waiting")


def test_our_own_share_of_the_day_is_kept(shop: MemoryShop) -> None:
    crowd = known(shop, 120)
    shop.simulator.set_switches(daily_limits={TAGGING: 2})
    for openid in crowd:
        retag(shop, openid, "新客")

    for _ in range(10):
        minute(shop)
    that_day = calls(shop)
    settled(shop)

    assert that_day == 1
    assert all(at_wechat(shop, openid) == {"新客"} for openid in crowd)


def test_whom_wechat_is_busy_with_gets_theirs_later(shop: MemoryShop) -> None:
    crowd = known(shop, 2)
    shop.simulator.world.person(crowd[0]).tags_busy_until = shop.world.clock.now() + timedelta(minutes=3)
    for openid in crowd:
        retag(shop, openid, "新客")

    settled(shop)

    assert [at_wechat(shop, openid) for openid in crowd] == [{"新客"}, {"新客"}]


def test_wherever_the_process_dies_everyone_gets_theirs(shop: MemoryShop) -> None:
    crowd = known(shop, 60)
    for number, openid in enumerate(crowd):
        retag(shop, openid, "新客" if number % 2 else "老客")
    for number in range(6):
        shop.world.faults.plan(Fault.CRASH_AFTER, skip=7 * number + 5)

    settled(shop)

    assert [at_wechat(shop, openid) for openid in crowd] == [{"老客"}, {"新客"}] * 30


def test_a_request_that_wechat_calls_wrong_is_left_to_an_operator(shop: MemoryShop) -> None:
    (openid,) = known(shop, 1)
    shop.simulator.add_fault("api_errcode", path=TAGGING, times=1, errcode=40032)

    retag(shop, openid, "新客")
    for _ in range(3):
        minute(shop)

    assert len(shop.world.jobs(dead=True)) == 1


def test_where_no_tag_has_changed_there_is_nothing_to_tell(shop: MemoryShop) -> None:
    (openid,) = known(shop, 1)
    member = member_of(shop, openid)

    assert stored.told_later(member, replace(member, remark="老张"), "c-1", now=_NOON) is None


def test_what_goes_makes_room_for_what_comes() -> None:
    member = Member("demo", "oA", "m-1", joined_at=_NOON, tags=("新客",))
    change = TagChange("demo", "oA", "m-1", "c-1", ("旧客", "新客"), _NOON)

    found = list(tags.wishes([change], {"oA": member}))

    assert [(wish.name, wish.bears) for wish in found] == [("旧客", False), ("新客", True)]
    assert "oA" not in repr(found) + repr(change)


_NOON = a_memory_shop().world.clock.now()
