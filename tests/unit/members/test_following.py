"""How a follower comes, comes back, and goes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.decision import Decision
from chalicelib.members import jobs, texts
from chalicelib.members.handlers import on_act, on_scan, on_scan_by_menu, on_subscribe, on_unsubscribe
from chalicelib.members.rules import scene_of
from chalicelib.store.release import Channel
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound
from tests.builders import (
    HANDLE,
    NOON,
    OPENID,
    a_ledger,
    a_member,
    a_release,
    a_sent,
    a_tombstone,
    an_event,
    facts,
    saved_member,
)

POSTER = Channel("poster-3", "地铁海报", "谢谢您扫了海报！")
FLYER = Channel("flyer", "传单")
RELEASE = a_release(channels=(POSTER, FLYER))
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
FOLLOW = an_event("event.subscribe")


def wanted(decision: Decision) -> list[tuple[str, str]]:
    """Kind and member number of each job."""
    return [(job.kind, job.payload["member_no"]) for job in decision.jobs]


def test_a_new_follower_becomes_a_member_is_welcomed_and_asked_about() -> None:
    decision = on_subscribe(FOLLOW, facts())

    member = saved_member(decision)
    assert (member.openid, member.member_no, member.version) == (OPENID, "fresh-0001", 0)
    assert member.joined_at == member.followed_at == member.last_active_at == NOON
    assert member.following
    assert member.opted_out_at is None
    assert (decision.outcome, decision.reply) == ("followed", reply.text("欢迎关注！"))
    assert wanted(decision) == [(jobs.PROFILE, "fresh-0001")]
    assert decision.details == {"channel": "", "returned": 0}


def test_a_new_follower_is_remembered_with_the_poster_that_brought_them_and_gets_its_welcome() -> None:
    scanned = an_event("event.subscribe", key="qrscene_poster-3", ticket="gQH47j")

    decision = on_subscribe(scanned, facts(release=RELEASE))

    assert (saved_member(decision).scene, saved_member(decision).channel) == ("poster-3", "poster-3")
    assert decision.reply == reply.text("谢谢您扫了海报！")
    assert decision.details == {"channel": "poster-3", "returned": 0}


@pytest.mark.parametrize("key", ["qrscene_flyer", "qrscene_nobody-knows"])
def test_a_channel_without_a_welcome_of_its_own_greets_like_the_account(key: str) -> None:
    decision = on_subscribe(an_event("event.subscribe", key=key), facts(release=RELEASE))

    assert decision.reply == reply.text("欢迎关注！")


def test_an_account_without_a_welcome_still_greets() -> None:
    decision = on_subscribe(FOLLOW, facts(release=a_release(welcome="")))

    assert decision.reply == reply.text(texts.WELCOME)


@pytest.mark.parametrize(
    ("key", "scene"),
    [
        ("", ""),
        ("qrscene_", ""),
        ("last_trade_no_4200001234", ""),
        ("poster-3", ""),
        ("qrscene_123", "123"),
        ("qrscene_qrscene_x", "qrscene_x"),
        ("qrscene_" + "长" * 80, "长" * 64),
    ],
)
def test_only_a_scene_of_a_code_names_the_channel_of_a_new_follower(key: str, scene: str) -> None:
    decision = on_subscribe(an_event("event.subscribe", key=key), facts())

    assert saved_member(decision).scene == scene


def test_a_follower_whose_unfollow_never_came_stays_who_they_are() -> None:
    before = a_member(channel="poster-3", scene="poster-3", opted_out_at=NOON - HOUR, tags=("会员",))

    decision = on_subscribe(an_event("event.subscribe", key="qrscene_flyer"), facts(member=before))

    member = saved_member(decision)
    assert decision.outcome == "followed.again"
    assert (member.member_no, member.channel, member.tags) == ("m-0001", "poster-3", ("会员",))
    assert (member.followed_at, member.joined_at) == (NOON, before.joined_at)
    assert member.opted_out_at == NOON - HOUR
    assert wanted(decision) == [(jobs.PROFILE, "m-0001")]


def test_a_person_known_from_a_subscription_gets_their_channel_when_they_follow() -> None:
    subscriber = a_member(following=False, followed_at=None)

    decision = on_subscribe(an_event("event.subscribe", key="qrscene_flyer"), facts(member=subscriber))

    member = saved_member(decision)
    assert decision.outcome == "followed"
    assert (member.following, member.followed_at, member.channel) == (True, NOON, "flyer")


def test_an_older_follow_that_comes_late_does_not_turn_the_clock_back() -> None:
    follower = a_member(followed_at=NOON)

    decision = on_subscribe(an_event("event.subscribe", created=NOON - HOUR), facts(member=follower))

    assert decision.outcome == "followed"
    assert saved_member(decision).followed_at == NOON


def test_a_follow_that_wechat_told_us_of_before_its_event_came_is_still_the_first() -> None:
    decision = on_subscribe(FOLLOW, facts(member=a_member(followed_at=NOON)))

    assert decision.outcome == "followed"


def test_who_comes_back_is_a_new_member_and_keeps_only_their_opt_out() -> None:
    decision = on_subscribe(FOLLOW, facts(tombstone=a_tombstone(opted_out=True)))

    member = saved_member(decision)
    assert (member.member_no, member.joined_at, member.opted_out_at) == ("fresh-0001", NOON, NOON)
    assert decision.details == {"channel": "", "returned": 1}


def test_who_comes_back_without_an_opt_out_gets_none() -> None:
    decision = on_subscribe(FOLLOW, facts(tombstone=a_tombstone()))

    assert saved_member(decision).opted_out_at is None


def test_a_follow_in_the_very_second_of_leaving_counts_as_the_newer() -> None:
    decision = on_subscribe(FOLLOW, facts(tombstone=a_tombstone(at=NOON)))

    assert decision.outcome == "followed"


@pytest.mark.parametrize("late", ["event.subscribe", "event.scan", "event.view", "event.scancode_waitmsg"])
def test_what_is_older_than_the_leaving_revives_nobody(late: str) -> None:
    handler = {"event.subscribe": on_subscribe, "event.scan": on_scan, "event.scancode_waitmsg": on_scan_by_menu}
    event = an_event(late, created=NOON - SECOND)

    decision = handler.get(late, on_act)(event, facts(tombstone=a_tombstone(at=NOON)))

    assert decision == Decision("stale")


def test_an_act_in_the_very_second_of_leaving_counts_as_the_older() -> None:
    decision = on_act(an_event("event.view"), facts(tombstone=a_tombstone(at=NOON)))

    assert decision == Decision("stale")


def test_who_leaves_is_erased_and_only_a_tombstone_stays() -> None:
    member = a_member(channel="poster-3", joined_at=NOON - timedelta(days=40, hours=3), tags=("会员",))

    decision = on_unsubscribe(an_event("event.unsubscribe"), facts(member=member))

    assert decision.erase is not None
    assert decision.erase.member == member
    assert decision.erase.tombstone == a_tombstone(at=NOON)
    assert (decision.outcome, decision.reply, decision.save) == ("unfollowed", None, ())
    assert decision.details == {"channel": "poster-3", "days": 40, "opted_out": 0}
    assert wanted(decision) == [(jobs.ERASURE, "m-0001")]


def test_who_leaves_after_a_push_is_remembered_with_its_kind_and_the_hours_since() -> None:
    ledger = a_ledger(
        recent=(
            a_sent(kind="spring", trial="spring#1", at=NOON - 30 * HOUR),
            a_sent(kind="order", at=NOON - 5 * HOUR + SECOND),
            a_sent(kind="news", at=NOON - HOUR, state="undelivered"),
        )
    )

    decision = on_unsubscribe(an_event("event.unsubscribe"), facts(member=a_member(), sends=ledger))

    told = {"push_kind": "order", "push_hours": 4, "trial": "spring#1"}
    assert decision.details == {"channel": "", "days": 1, "opted_out": 0} | told


@pytest.mark.parametrize(("at", "hours"), [(NOON + HOUR, 0), (NOON - 24 * HOUR, 24)])
def test_the_hours_since_the_last_push_are_whole_and_never_negative(at: datetime, hours: int) -> None:
    ledger = a_ledger(recent=(a_sent(at=at, state="claimed"),))

    decision = on_unsubscribe(an_event("event.unsubscribe"), facts(member=a_member(), sends=ledger))

    assert (decision.details["push_kind"], decision.details["push_hours"]) == ("news", hours)
    assert "trial" not in decision.details


def test_the_tombstone_remembers_an_opt_out() -> None:
    member = a_member(opted_out_at=NOON - HOUR)

    decision = on_unsubscribe(an_event("event.unsubscribe"), facts(member=member))

    assert decision.erase is not None
    assert decision.erase.tombstone.opted_out
    assert decision.details["opted_out"] == 1


def test_the_leaving_of_nobody_leaves_a_tombstone_and_no_job() -> None:
    decision = on_unsubscribe(an_event("event.unsubscribe"), facts())

    assert decision.erase is not None
    assert decision.erase.member is None
    assert (decision.erase.tombstone.handle, decision.erase.tombstone.at) == (HANDLE, NOON)
    assert (decision.jobs, decision.details) == ((), {})


@pytest.mark.parametrize("left_at", [NOON - HOUR, NOON + HOUR])
def test_a_second_leaving_keeps_the_opt_out_and_the_later_time(left_at: datetime) -> None:
    before = a_tombstone(at=left_at, opted_out=True)

    decision = on_unsubscribe(an_event("event.unsubscribe"), facts(tombstone=before))

    assert decision.erase is not None
    assert decision.erase.tombstone == replace(before, at=max(left_at, NOON))


@pytest.mark.parametrize("since", [{"followed_at": NOON}, {"followed_at": None, "joined_at": NOON}])
def test_a_leaving_that_is_older_than_the_follow_harms_nobody(since: dict[str, datetime | None]) -> None:
    member = a_member(channel="flyer", **since)

    decision = on_unsubscribe(an_event("event.unsubscribe", created=NOON - SECOND), facts(member=member))

    assert decision == Decision("stale", details={"channel": "flyer"})


def test_a_leaving_in_the_very_second_of_the_follow_is_believed() -> None:
    decision = on_unsubscribe(an_event("event.unsubscribe"), facts(member=a_member(followed_at=NOON)))

    assert decision.outcome == "unfollowed"


def test_who_leaves_before_our_clock_saw_them_come_has_been_here_for_no_day() -> None:
    member = a_member(followed_at=NOON - HOUR, joined_at=NOON + HOUR)

    decision = on_unsubscribe(an_event("event.unsubscribe"), facts(member=member))

    assert decision.details["days"] == 0


def test_a_follower_who_scans_a_code_again_is_greeted_and_keeps_their_channel() -> None:
    member = a_member(channel="poster-3")

    decision = on_scan(an_event("event.scan", key="flyer"), facts(member=member, release=RELEASE))

    assert (decision.outcome, decision.reply) == ("scanned", reply.text(texts.SCANNED))
    assert decision.details == {"channel": "flyer"}
    assert (saved_member(decision).channel, saved_member(decision).last_scan_at) == ("poster-3", NOON)
    assert decision.jobs == ()


def test_an_operators_name_for_a_channel_is_never_read_out_to_followers() -> None:
    decision = on_scan(an_event("event.scan", key="poster-3"), facts(member=a_member(), release=RELEASE))

    assert decision.reply is not None
    assert POSTER.name not in decision.reply.text


def test_a_follower_nobody_knew_is_met_by_their_first_act() -> None:
    decision = on_act(an_event("event.view", key="https://shop.example/"), facts())

    assert (saved_member(decision).member_no, saved_member(decision).followed_at) == ("fresh-0001", None)
    assert (decision.outcome, decision.reply) == ("seen", None)
    assert wanted(decision) == [(jobs.PROFILE, "fresh-0001")]


def test_a_person_known_from_a_subscription_is_asked_about_once_they_act_as_a_follower() -> None:
    decision = on_act(an_event("event.view"), facts(member=a_member(following=False)))

    assert saved_member(decision).following
    assert wanted(decision) == [(jobs.PROFILE, "m-0001")]


def test_who_scans_by_the_menu_is_not_left_waiting() -> None:
    event = an_event("event.scancode_waitmsg", key="scan", scan_type="qrcode", scan_result="6901234567892")

    decision = on_scan_by_menu(event, facts(member=a_member()))

    assert decision.reply == reply.text(texts.RECEIVED)
    assert saved_member(decision).last_click_at == NOON


@pytest.mark.parametrize(
    "event",
    [
        an_event("event.subscribe", key="qrscene_poster-3"),
        an_event("event.unsubscribe"),
        an_event("event.scan", key="poster-3"),
        an_event("event.view", key="https://shop.example/?who=" + OPENID),
    ],
    ids=lambda event: str(event.kind),
)
def test_the_journal_learns_neither_openid_nor_what_was_said(event: Inbound) -> None:
    handlers = {"event.subscribe": on_subscribe, "event.unsubscribe": on_unsubscribe, "event.scan": on_scan}

    decision = handlers.get(event.kind, on_act)(event, facts(member=a_member(remark="老张")))

    noted = "".join(map(str, decision.details.values()))
    assert OPENID not in noted
    assert "老张" not in noted


@pytest.mark.parametrize(("kind", "key"), [("event.subscribe", "qrscene_{}"), ("event.scan", "{}")])
def test_a_code_that_carries_an_openid_is_not_remembered_by_it(kind: str, key: str) -> None:
    invited_by = "o" + "A1b2-_9" * 3 + "zzzzzz"

    event = an_event(kind, key=key.format(invited_by))

    assert scene_of(event) == "personal"
