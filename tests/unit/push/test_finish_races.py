"""WeChat's word on a send comes before, while or after the worker writes its own: the push ends the same way."""

import pytest

from chalicelib.sending.traits import SLOW, TRAITS
from chalicelib.store import quota as stored
from chalicelib.store.table import Patch
from infra.local.memory.faults import Crashed
from tests.unit.push.postroom import PATHS, Postroom

MOMENTS = ("before the record", "after the attempt", "before the second claim", "before the second record", "at last")
FATES = ("answered", "unanswered", "dead")
ENDS = {"success": ("delivered", ""), "failed:user block": ("undelivered", "blocked")}


def nothing() -> None: ...


def lose_answer(room: Postroom, fate: str, path: str = PATHS["template"]) -> None:
    if fate == "unanswered":
        room.simulator.add_fault("api_timeout_after", path=path)


def befall(fate: str) -> None:
    if fate == "dead":
        raise Crashed("the worker")


@pytest.mark.parametrize("status", ENDS)
@pytest.mark.parametrize("duplicate", ["same", "new", "refuse"])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("fate", FATES)
def test_a_push_ends_as_wechat_says_whenever_it_says_so(fate: str, moment: str, duplicate: str, status: str) -> None:
    room = Postroom(duplicate=duplicate)
    push = room.plan("k-1")

    def tell_at(now: str) -> None:
        if now == moment:
            room.tell(status)

    def before_the_record() -> None:
        tell_at("before the record")
        befall(fate)

    lose_answer(room, fate)
    room.work(push, nothing, before_the_record)
    tell_at("after the attempt")
    room.later(50)
    room.work(push, lambda: tell_at("before the second claim"), lambda: tell_at("before the second record"))
    if not room.journal("push.delivered", "push.undelivered"):
        room.tell(status)
    room.later(700)
    room.work(push)

    state, reason = ENDS[status]
    found, (known,) = room.push(push), room.ledger().recent
    assert (found.state, found.reason, found.openid) == (state, reason, "")
    assert (known.state, known.msgid) == (state, room.numbers()[0])
    assert found.msgid == known.msgid
    assert room.messages() == 1
    assert len(room.journal("push.delivered", "push.undelivered")) == 1
    assert not room.journal("push.unmatched", "push.repeated")
    assert room.world.is_idle()


@pytest.mark.parametrize("moment", MOMENTS[:2])
@pytest.mark.parametrize(("fate", "was"), [("answered", "sent"), ("unanswered", "unknown"), ("dead", "unknown")])
def test_a_subscription_notice_without_a_number_ends_as_wechat_says(fate: str, was: str, moment: str) -> None:
    room = Postroom()
    push = room.plan("k-1", "subscribe")
    was = "claimed" if moment == MOMENTS[0] else was

    def before_the_record() -> None:
        if moment == MOMENTS[0]:
            room.deliver_results()
        befall(fate)

    lose_answer(room, fate, PATHS["subscribe"])
    room.work(push, nothing, before_the_record)
    room.later(50)
    room.work(push)
    room.deliver_results()

    (told,) = room.journal("push.delivered")
    assert (room.push(push).state, room.ledger().recent[0].state) == ("delivered", "delivered")
    assert told.details == {"kind": "news", "channel": "subscribe", "was": was}
    assert room.ledger().credits_used == {"sale": 1}
    assert room.messages() == 1


def test_the_word_on_a_push_to_someone_who_left_finds_nobody() -> None:
    room = Postroom()
    push = room.plan("k-1")
    room.work(push)
    room.simulator.unfollow(room.openid)

    room.tell("success")

    assert room.push(push).state == "sent"
    assert len(room.journal("push.unmatched")) == 1


def test_who_leaves_while_their_push_is_under_way_leaves_no_ledger_behind() -> None:
    room = Postroom()
    push = room.plan("k-1")

    room.work(push, nothing, lambda: room.simulator.unfollow(room.openid))

    assert (room.push(push).state, room.push(push).openid) == ("sent", "")
    assert room.world.items(f"M#shop#{room.openid}") == []


def test_a_push_that_waits_for_someone_who_left_is_held_at_its_next_look() -> None:
    room = Postroom()
    push = room.plan("k-1")
    room.simulator.unfollow(room.openid)

    room.work(push)

    assert (room.push(push).state, room.push(push).reason, room.push(push).openid) == ("held", "left", "")


def test_who_had_everything_erased_gets_nothing_until_they_act_again() -> None:
    room = Postroom()
    for text in ("删除我的数据", "确认删除"):
        room.shop.say(room.openid, text)
    first, second = room.plan("k-1"), room.plan("k-2")

    room.work(first)
    room.later(1)
    room.shop.say(room.openid, "你好")
    room.work(second)

    assert (room.push(first).state, room.push(first).reason) == ("held", "stranger")
    assert room.push(second).state == "sent"


def test_a_push_that_was_given_another_end_loses_no_event() -> None:
    room = Postroom()
    push = room.plan("k-1")
    room.work(push)
    table = room.world.table()
    table.write([Patch(push.key, {"state": "held", "rank": 3}, ())])

    room.tell("success")

    assert (room.push(push).state, room.ledger().recent[0].state) == ("held", "delivered")
    assert len(room.journal("push.delivered")) == 1


def test_the_same_word_in_another_event_changes_nothing() -> None:
    room = Postroom()
    push = room.plan("k-1")
    room.work(push)
    room.tell("success")
    known = room.ledger()
    room.later(1)

    room.tell("failed:user block")

    assert (room.push(push).state, room.ledger(), room.member().reachability) == ("delivered", known, "ok")
    assert len(room.journal("push.repeated")) == 1


def test_of_a_burst_of_haste_the_first_word_slows_the_account_for_a_minute() -> None:
    room = Postroom()
    for key in ("k-1", "k-2"):
        room.work(room.plan(key))
    began = room.world.clock.now()

    for number in room.numbers():
        room.tell("failed:freq limit", number=number)
        room.later(5)

    third = room.plan("k-3")
    room.work(third)
    quota = stored.find(room.world.table(), "shop", TRAITS["template"].api, now=began)
    assert quota.slow_until == began + SLOW
    assert [entry.details["reason"] for entry in room.journal("push.undelivered")] == ["freq_limit"] * 2
    assert room.push(third).reason == "too_fast"
