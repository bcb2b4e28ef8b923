"""Whether a push may be sent now: each rule by what the follower gets, or is spared."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.clock import SHANGHAI
from chalicelib.sending.gate import judge
from chalicelib.sending.reservation import reserved
from chalicelib.sending.verdict import Go, Known, Stop, Wait
from chalicelib.store.push import Content, ContentClass
from chalicelib.store.quota import Quota
from chalicelib.store.switches import Pause, Switches
from tests.builders import ACCOUNT, NOON, a_ledger, a_member, a_push

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
TODAY = "2026-03-04"
CLEARED = dict.fromkeys(("order.shipped", "spring.sale"), TODAY)
SALE = a_push(kind="spring.sale", channel="kefu", content_class="activity", content=Content(body={"msgtype": "text"}))
WROTE = a_member(last_message_at=NOON - HOUR)
SUBSCRIPTION = a_push(channel="subscribe")
MASS = a_push(kind="spring.sale", channel="mass", content_class="brand")


def known(**changes: Any) -> Known:
    """What is known at noon of a member whom every kind may be sent to."""
    facts = Known(NOON, Switches(ACCOUNT, cleared=CLEARED), Quota(ACCOUNT, TODAY, "api"), member=a_member())
    return replace(facts, **changes)


def switches(**thrown: Any) -> Switches:
    return Switches(ACCOUNT, **{"cleared": CLEARED} | thrown)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def waits(verdict: object, reason: str) -> datetime:
    """Until when, for this reason."""
    assert isinstance(verdict, Wait)
    assert verdict.reason == reason
    return verdict.until


def test_a_service_notice_goes_to_a_follower_at_noon() -> None:
    assert judge(a_push(), known()) == Go()


# who it is for


def test_who_has_left_gets_nothing() -> None:
    assert judge(a_push(), known(member=None, left=True)) == Stop("left")


def test_a_stranger_gets_nothing() -> None:
    assert judge(a_push(), known(member=None)) == Stop("stranger")


def test_who_came_back_is_a_follower_again_though_their_tombstone_was_read_a_moment_earlier() -> None:
    assert judge(a_push(), known(left=True)) == Go()


def test_a_template_message_goes_to_followers_only() -> None:
    assert judge(a_push(), known(member=a_member(following=False))) == Stop("not_following")


def test_a_subscription_notice_reaches_who_accepted_it_without_following() -> None:
    accepted = a_member(following=False, credits={"T-1": 1})

    assert judge(SUBSCRIPTION, known(member=accepted)) == Go()


@pytest.mark.parametrize(
    ("acted_at", "trial", "verdict"),
    [
        (NOON + MINUTE, "winback#2026-02-18", Stop("returned")),
        (NOON, "winback#2026-02-18", Go()),
        (None, "winback#2026-02-18", Go()),
        (NOON + MINUTE, "", Go()),
    ],
)
def test_who_was_to_be_won_back_and_has_come_by_themselves_is_left_alone(
    acted_at: datetime | None, trial: str, verdict: object
) -> None:
    member = a_member(last_active_at=acted_at)

    assert judge(a_push(trial=trial), known(now=NOON + HOUR, member=member)) == verdict


# what it says


@pytest.mark.parametrize(
    ("channel", "content_class"),
    [("template", "activity"), ("template", "product"), ("template", "brand"), ("kefu", "product"), ("kefu", "brand")],
)
def test_each_channel_carries_only_its_classes_of_content(channel: str, content_class: str) -> None:
    push = a_push(channel=channel, content_class=content_class)

    assert judge(push, known(member=WROTE)) == Stop("class_not_allowed")


def test_a_template_message_with_marketing_words_is_never_sent() -> None:
    push = a_push(content=Content("T-1", {"thing1": "送您一张优惠券"}))

    assert judge(push, known()) == Stop("marketing_words")


def test_a_subscription_notice_may_speak_of_a_coupon() -> None:
    push = a_push(channel="subscribe", content=Content("T-1", {"thing1": "送您一张优惠券"}))

    assert judge(push, known(member=a_member(credits={"T-1": 1}))) == Go()


@pytest.mark.parametrize("channel", ["template", "subscribe"])
def test_a_field_that_wechat_would_refuse_ends_the_push_before_it_can_pause_its_kind(channel: str) -> None:
    push = a_push(channel=channel, content=Content("T-1", {"number1": "twelve"}))

    assert judge(push, known()) == Stop("template_fields")


# what operators have switched off


@pytest.mark.parametrize(
    ("thrown", "reason"),
    [
        ({"paused": Pause(NOON, "operator")}, "paused.account"),
        ({"channels": {"template": Pause(NOON, "48004")}}, "paused.channel"),
        ({"kinds": {"order.shipped": Pause(NOON, "blocks")}}, "paused.kind"),
    ],
)
def test_what_is_paused_waits_and_is_looked_at_again_in_a_quarter_of_an_hour(
    thrown: dict[str, Any], reason: str
) -> None:
    until = waits(judge(a_push(), known(switches=switches(**thrown))), reason)

    assert NOON + 15 * MINUTE <= until < NOON + 20 * MINUTE


def test_pauses_of_other_kinds_and_channels_hold_nothing_up() -> None:
    others = switches(channels={"kefu": Pause(NOON, "operator")}, kinds={"spring.sale": Pause(NOON, "operator")})

    assert judge(a_push(), known(switches=others)) == Go()


def test_a_push_waits_for_its_time() -> None:
    push = a_push(not_before=NOON + HOUR)

    assert judge(push, known()) == Wait(NOON + HOUR, "not_before")
    assert judge(push, known(now=NOON + HOUR)) == Go()


# what the follower has said


@pytest.mark.parametrize("content_class", ["activity", "product", "brand"])
def test_who_opted_out_gets_no_marketing(content_class: ContentClass) -> None:
    push = replace(MASS, content_class=content_class)

    assert judge(push, known(member=a_member(opted_out_at=NOON - DAY))) == Stop("opted_out")


@pytest.mark.parametrize("content_class", ["service", "public"])
def test_who_opted_out_still_hears_of_their_orders_and_of_public_matters(content_class: str) -> None:
    push = a_push(content_class=content_class)

    assert judge(push, known(member=a_member(opted_out_at=NOON - DAY))) == Go()


def test_who_blocks_notices_gets_none_by_template_but_answers_to_what_they_write() -> None:
    member = replace(WROTE, reachability="blocked")

    assert judge(a_push(), known(member=member)) == Stop("blocked")
    assert judge(SALE, known(member=member)) == Go()


def test_a_subscription_notice_needs_an_accept_that_is_not_used_up() -> None:
    member = a_member(credits={"T-1": 2, "T-2": 5})

    assert judge(SUBSCRIPTION, known(member=a_member())) == Stop("no_credit")
    assert judge(SUBSCRIPTION, known(member=member, sends=a_ledger(credits_used={"T-1": 1}))) == Go()
    assert judge(SUBSCRIPTION, known(member=member, sends=a_ledger(credits_used={"T-1": 2}))) == Stop("no_credit")


def test_a_customer_service_message_needs_an_open_window() -> None:
    assert judge(SALE, known()) == Stop("no_window")
    assert judge(SALE, known(member=a_member(last_message_at=NOON - 2 * DAY))) == Stop("no_window")
    assert judge(SALE, known(member=WROTE)) == Go()


def test_a_window_holds_five_messages_and_the_next_message_opens_another() -> None:
    used = a_ledger(window_opened_at=NOON - HOUR, window_used=5)

    assert judge(SALE, known(member=WROTE, sends=replace(used, window_used=4))) == Go()
    assert judge(SALE, known(member=WROTE, sends=used)) == Stop("window_used")
    assert judge(SALE, known(member=a_member(last_message_at=NOON - MINUTE), sends=used)) == Go()


def test_a_follower_gets_four_mass_messages_in_a_calendar_month() -> None:
    assert judge(MASS, known(sends=a_ledger(masses={"2026-03": 3}))) == Go()
    assert judge(MASS, known(sends=a_ledger(masses={"2026-03": 4}))) == Stop("mass_month")
    assert judge(MASS, known(sends=a_ledger(masses={"2026-02": 4}))) == Go()


# how much and when


def test_a_second_nudge_waits_for_the_next_morning() -> None:
    ledger = a_ledger(nudged_at=(NOON - HOUR,))

    until = waits(judge(MASS, known(sends=ledger)), "cap.day")

    assert shanghai("2026-03-05T08:00") <= until < shanghai("2026-03-05T08:40")
    assert judge(MASS, known(sends=ledger, now=until, switches=switches(cleared={"spring.sale": "2026-03-05"}))) == Go()


def test_the_day_of_a_nudge_is_shanghais() -> None:
    late = shanghai("2026-03-03T23:59")

    assert judge(MASS, known(sends=a_ledger(nudged_at=(late,)))) == Go()
    waits(judge(MASS, known(sends=a_ledger(nudged_at=(late + MINUTE,)))), "cap.day")


def test_service_notices_are_neither_counted_nor_held_back_by_the_caps() -> None:
    ledger = a_ledger(nudged_at=tuple(NOON - MINUTE * n for n in range(9)))

    assert judge(a_push(), known(sends=ledger)) == Go()


def test_a_fifth_nudge_of_a_month_waits_for_the_next_if_it_is_still_worth_sending_then() -> None:
    ledger = a_ledger(nudged_at=tuple(shanghai(f"2026-03-0{day}T10:00") for day in (1, 2, 2, 3)))
    lasting = replace(MASS, expires_at=NOON + 30 * DAY)

    until = waits(judge(lasting, known(sends=ledger)), "cap.month")

    assert shanghai("2026-04-01T08:00") <= until < shanghai("2026-04-01T08:40")
    assert judge(MASS, known(sends=ledger)) == Stop("cap.month")


def test_a_nudge_that_is_worthless_tomorrow_is_not_kept_for_tomorrow() -> None:
    push = replace(MASS, expires_at=NOON + HOUR)

    assert judge(push, known(sends=a_ledger(nudged_at=(NOON,)))) == Stop("cap.day")


@pytest.mark.parametrize(
    ("nudges", "now", "month"),
    [
        (("2024-02-01", "2024-02-12", "2024-02-20", "2024-02-28"), "2024-02-29T12:00", "2024-03-01"),
        (("2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05"), "2026-01-31T12:00", "2026-02-01"),
        (("2026-12-02", "2026-12-03", "2026-12-04", "2026-12-05"), "2026-12-31T12:00", "2027-01-01"),
    ],
    ids=["29 February", "a long month before a short one", "the end of a year"],
)
def test_a_month_ends_with_its_last_day(nudges: tuple[str, ...], now: str, month: str) -> None:
    ledger = a_ledger(nudged_at=tuple(shanghai(f"{day}T10:00") for day in nudges))
    push = replace(MASS, not_before=shanghai(now), expires_at=shanghai(now) + 2 * DAY)

    until = waits(judge(push, known(sends=ledger, now=shanghai(now))), "cap.month")

    assert until.astimezone(SHANGHAI).date().isoformat() == month


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-03-04T22:00", "2026-03-05T08:00"),
        ("2026-03-04T23:59", "2026-03-05T08:00"),
        ("2026-03-05T00:00", "2026-03-05T08:00"),
        ("2026-03-05T07:59", "2026-03-05T08:00"),
        ("2026-02-28T23:00", "2026-03-01T08:00"),
        ("2024-02-28T23:00", "2024-02-29T08:00"),
        ("2026-12-31T23:00", "2027-01-01T08:00"),
    ],
)
def test_at_night_a_push_waits_for_a_moment_of_its_own_in_the_morning(now: str, morning: str) -> None:
    push = a_push(not_before=shanghai(now))

    until = waits(judge(push, known(now=shanghai(now))), "quiet_hours")

    assert shanghai(morning) <= until < shanghai(morning) + 40 * MINUTE


@pytest.mark.parametrize("now", ["2026-03-05T08:00", "2026-03-05T21:59"])
def test_by_day_nobody_waits(now: str) -> None:
    assert judge(a_push(), known(now=shanghai(now))) == Go()


def test_what_is_urgent_goes_out_at_night() -> None:
    assert judge(a_push(urgent=True), known(now=shanghai("2026-03-05T03:00"))) == Go()


# what WeChat has said


def test_when_the_days_quota_is_spent_pushes_wait_for_the_next_day() -> None:
    spent = Quota(ACCOUNT, TODAY, "api", closed=True)

    until = waits(judge(a_push(), known(quota=spent)), "quota")

    assert shanghai("2026-03-05T00:00") <= until < shanghai("2026-03-05T00:40")


def test_after_too_many_calls_pushes_wait_until_the_calls_may_go_on() -> None:
    slowed = Quota(ACCOUNT, TODAY, "api", slow_until=NOON + MINUTE)

    until = waits(judge(a_push(), known(quota=slowed)), "too_fast")

    assert NOON + MINUTE <= until < NOON + 2 * MINUTE
    assert judge(a_push(), known(quota=slowed, now=NOON + MINUTE)) == Go()


# the first of a kind


@pytest.mark.parametrize("cleared", [{}, {"spring.sale": "2026-03-03"}], ids=["never", "yesterday"])
def test_until_a_kind_is_cleared_for_the_day_its_pushes_are_its_canaries(cleared: dict[str, str]) -> None:
    facts = known(member=WROTE, switches=switches(cleared=cleared))

    assert judge(SALE, facts) == Go(canary=True)


@pytest.mark.parametrize("push", [a_push(), MASS], ids=["service", "mass"])
def test_service_notices_and_masses_have_no_canaries(push: Any) -> None:
    assert judge(push, known(switches=Switches(ACCOUNT))) == Go()


# a second try under the same key


def test_what_may_have_been_accepted_is_not_stopped_by_what_it_took_up_itself() -> None:
    push = a_push(content_class="public", doubtful=True, first_tried_at=NOON)
    ledger = reserved(a_ledger(), push, a_member(), now=NOON)

    verdict = judge(push, known(sends=ledger, switches=Switches(ACCOUNT)))

    assert verdict == Go()
    assert isinstance(judge(replace(push, doubtful=False), known(sends=ledger)), Wait)


def test_a_second_try_a_minute_after_ten_in_the_evening_still_belongs_to_the_first() -> None:
    slowed = Quota(ACCOUNT, TODAY, "api", slow_until=shanghai("2026-03-04T22:05"))

    verdict = judge(a_push(doubtful=True), known(now=shanghai("2026-03-04T22:00"), quota=slowed))

    assert verdict == Go()


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (known(member=None, left=True), "left"),
        (known(member=a_member(opted_out_at=NOON)), "opted_out"),
        (known(switches=switches(paused=Pause(NOON, "operator"))), "paused.account"),
        (known(quota=Quota(ACCOUNT, TODAY, "api", closed=True)), "quota"),
    ],
)
def test_a_second_try_heeds_who_left_opted_out_or_switched_off_meanwhile(facts: Known, reason: str) -> None:
    push = replace(MASS, doubtful=True)

    verdict = judge(push, facts)

    assert isinstance(verdict, (Stop, Wait))
    assert verdict.reason == reason


# which objection is told


def test_the_follower_who_left_is_told_before_the_pause_and_the_pause_before_the_opt_out() -> None:
    paused = switches(paused=Pause(NOON, "operator"))

    assert judge(MASS, known(member=None, left=True, switches=paused)) == Stop("left")
    waits(judge(MASS, known(member=a_member(opted_out_at=NOON), switches=paused)), "paused.account")


def test_the_longer_wait_of_a_month_is_told_before_that_of_a_day() -> None:
    ledger = a_ledger(nudged_at=(NOON - HOUR,) * 4)

    waits(judge(replace(MASS, expires_at=NOON + 60 * DAY), known(sends=ledger)), "cap.month")


def test_times_of_another_zone_make_no_difference() -> None:
    at_night = shanghai("2026-03-05T03:00").astimezone(UTC)

    assert waits(judge(a_push(), known(now=at_night)), "quiet_hours") >= shanghai("2026-03-05T08:00")
