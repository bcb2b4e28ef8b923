"""What a push sets aside in its member's ledger, and gets back when WeChat did not take it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.sending.credits import credits_left
from chalicelib.sending.reservation import CAPS_LOOK_BACK, recorded, released, reserved, window_used
from chalicelib.store.push import Channel, ContentClass, Push
from chalicelib.store.sends import RECENT, Sends, SendState, Sent
from tests.builders import ACCOUNT, NOON, OPENID, a_ledger, a_member, a_push

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WROTE = a_member(last_message_at=NOON - HOUR)
NUDGE = a_push(channel="mass", content_class="brand", kind="spring.sale", trial="winback#1")
KEFU = a_push(channel="kefu")
CHANNELS: tuple[Channel, ...] = get_args(Channel)
CLASSES: tuple[ContentClass, ...] = get_args(ContentClass)


def numbered(number: int, push: Push = NUDGE) -> Push:
    return replace(push, push_id=f"{number:032x}")


def full(*, sent_at: datetime = NOON - DAY) -> Sends:
    """A ledger in which everything is in use already."""
    return a_ledger(
        credits_used={"T-1": 1, "T-9": 2},
        recent=tuple(Sent(f"{n:032x}", "order.shipped", "template", sent_at, counts=False) for n in range(3)),
        nudged_at=(NOON - 3 * DAY, NOON - 2 * DAY),
        window_opened_at=NOON - HOUR,
        window_used=2,
        masses={"2026-03": 1},
    )


def test_the_first_push_to_a_member_begins_their_ledger() -> None:
    ledger = reserved(None, NUDGE, WROTE, now=NOON)

    assert (ledger.account, ledger.openid, ledger.member_no, ledger.version) == (ACCOUNT, OPENID, "m-0001", 0)
    assert ledger.recent == (
        Sent(NUDGE.push_id, "spring.sale", "mass", NOON, counts=True, template="T-1", trial="winback#1"),
    )
    assert (ledger.nudged_at, ledger.masses) == ((NOON,), {"2026-03": 1})


@pytest.mark.parametrize("content_class", CLASSES)
def test_everything_but_service_notices_counts_against_the_caps(content_class: ContentClass) -> None:
    ledger = reserved(None, a_push(content_class=content_class), WROTE, now=NOON)

    assert ledger.nudged_at == (() if content_class == "service" else (NOON,))


def test_a_cap_looks_back_a_whole_month_and_forgets_what_is_older() -> None:
    oldest, old = NOON - CAPS_LOOK_BACK, NOON - CAPS_LOOK_BACK + MINUTE

    assert reserved(a_ledger(nudged_at=(oldest, old)), NUDGE, WROTE, now=NOON).nudged_at == (old, NOON)


def test_a_subscription_notice_uses_up_an_accept() -> None:
    member = a_member(credits={"T-1": 2})

    ledger = reserved(a_ledger(credits_used={"T-1": 1}), a_push(channel="subscribe"), member, now=NOON)

    assert ledger.credits_used == {"T-1": 2}
    assert credits_left(member, ledger) == {}


def test_customer_service_messages_are_counted_in_the_window_that_is_open() -> None:
    first = reserved(None, numbered(1, KEFU), WROTE, now=NOON)
    second = reserved(first, numbered(2, KEFU), WROTE, now=NOON + MINUTE)

    assert (second.window_opened_at, second.window_used) == (NOON - HOUR, 2)
    assert window_used(second, WROTE, NOON + MINUTE) == 2


def test_a_new_window_is_counted_from_nothing() -> None:
    wrote_again = a_member(last_message_at=NOON - MINUTE)
    used = a_ledger(window_opened_at=NOON - HOUR, window_used=5)

    assert window_used(used, wrote_again, NOON) == 0
    ledger = reserved(used, KEFU, wrote_again, now=NOON)
    assert (ledger.window_opened_at, ledger.window_used) == (NOON - MINUTE, 1)


def test_a_window_that_closes_between_judgement_and_claim_is_counted_all_the_same() -> None:
    ledger = reserved(None, KEFU, a_member(), now=NOON)

    assert (ledger.window_opened_at, ledger.window_used) == (NOON, 1)
    assert window_used(ledger, a_member(), NOON) == 0


def test_without_a_ledger_no_window_has_been_used() -> None:
    assert window_used(None, WROTE, NOON) == 0


def test_masses_are_counted_by_shanghais_month_and_old_months_forgotten() -> None:
    new_years_eve_in_london = datetime.fromisoformat("2026-03-31T16:30:00+00:00")

    ledger = reserved(a_ledger(masses={"2026-03": 3}), NUDGE, WROTE, now=new_years_eve_in_london)

    assert ledger.masses == {"2026-04": 1}


def test_a_ledger_remembers_the_last_eight_pushes() -> None:
    ledger = a_ledger()
    for number in range(RECENT + 2):
        ledger = reserved(ledger, numbered(number), WROTE, now=NOON)

    assert [sent.push_id for sent in ledger.recent] == [f"{number:032x}" for number in range(2, RECENT + 2)]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_second_try_sets_nothing_aside_again(channel: Channel) -> None:
    push = a_push(channel=channel, content_class="public")
    once = reserved(full(), push, WROTE, now=NOON)

    twice = reserved(recorded(once, push, "unknown"), push, WROTE, now=NOON + MINUTE)

    assert twice == once


@pytest.mark.parametrize("state", ["sent", "unknown", "claimed"])
def test_what_became_of_a_push_is_written_beside_it(state: SendState) -> None:
    ledger = reserved(full(), NUDGE, WROTE, now=NOON)

    after = recorded(ledger, replace(NUDGE, msgid="9007199254740993"), state)

    sent = after.find(NUDGE.push_id)
    assert sent
    assert (sent.state, sent.msgid, sent.at, sent.trial) == (state, "9007199254740993", NOON, "winback#1")
    assert replace(after, recent=ledger.recent) == ledger


@pytest.mark.parametrize("state", ["delivered", "undelivered"])
def test_a_workers_outcome_does_not_undo_what_a_finish_event_said(state: SendState) -> None:
    ledger = recorded(reserved(full(), NUDGE, WROTE, now=NOON), NUDGE, state)

    assert recorded(ledger, NUDGE, "sent") == ledger
    assert released(ledger, NUDGE) == ledger


def test_a_push_that_the_ledger_has_forgotten_changes_nothing() -> None:
    assert recorded(full(), NUDGE, "sent") == full()
    assert released(full(), NUDGE) == full()


@given(
    st.sampled_from(CHANNELS),
    st.sampled_from(CLASSES),
    st.timedeltas(-DAY, 40 * DAY),
    st.booleans(),
)
def test_what_wechat_did_not_take_leaves_no_trace(
    channel: Channel, content_class: ContentClass, later: timedelta, has_window: bool
) -> None:
    push = a_push(channel=channel, content_class=content_class)
    now = NOON + later
    opened_at = now - HOUR if has_window else None
    before = replace(
        full(),
        nudged_at=(now - DAY,),
        masses={(now + timedelta(hours=8)).date().isoformat()[:7]: 1},
        window_opened_at=opened_at,
        window_used=2 if has_window else 0,
    )
    member = a_member(last_message_at=opened_at)

    after = released(reserved(before, push, member, now=now), push)

    if channel == "kefu" and not has_window:
        after = replace(after, window_opened_at=None)
    assert after == before


def test_an_attempt_that_failed_an_hour_ago_leaves_no_nudge_behind_either() -> None:
    """WeChat was busy at noon and refused at one: the caps must know of neither."""
    at_noon = replace(NUDGE, first_tried_at=NOON)
    ledger = released(reserved(a_ledger(), at_noon, WROTE, now=NOON), at_noon)
    at_one = replace(NUDGE, first_tried_at=NOON)

    ledger = released(reserved(ledger, at_one, WROTE, now=NOON + HOUR), at_one)

    assert (ledger.nudged_at, ledger.masses, ledger.recent) == ((), {}, ())


def test_of_two_nudges_in_the_same_moment_one_is_given_back() -> None:
    ledger = reserved(a_ledger(), numbered(1), WROTE, now=NOON)
    ledger = reserved(ledger, numbered(2), WROTE, now=NOON)

    assert released(ledger, numbered(1)).nudged_at == (NOON,)


def test_a_nudge_that_the_caps_have_forgotten_cannot_be_given_back() -> None:
    ledger = replace(reserved(a_ledger(), NUDGE, WROTE, now=NOON), nudged_at=())

    assert released(ledger, NUDGE).nudged_at == ()


def test_a_credit_is_given_back_once_at_most() -> None:
    push = a_push(channel="subscribe")
    ledger = replace(reserved(a_ledger(), push, WROTE, now=NOON), credits_used={})

    assert released(ledger, push).credits_used == {}


def test_what_was_set_aside_in_an_older_window_is_not_taken_from_the_new_one() -> None:
    old = reserved(None, numbered(1, KEFU), WROTE, now=NOON)
    wrote_again = a_member(last_message_at=NOON + MINUTE)
    new = reserved(old, numbered(2, KEFU), wrote_again, now=NOON + 2 * MINUTE)

    assert released(new, numbered(1, KEFU)).window_used == 1
    assert released(new, numbered(2, KEFU)).window_used == 0


def test_a_ledger_without_a_window_has_none_to_give_back() -> None:
    ledger = replace(reserved(None, KEFU, WROTE, now=NOON), window_opened_at=None, window_used=0)

    assert released(ledger, KEFU).window_used == 0


def test_a_mass_of_last_month_is_not_taken_from_this_one() -> None:
    march, april = NOON, NOON + 30 * DAY
    ledger = reserved(a_ledger(), numbered(1), WROTE, now=march)
    ledger = reserved(ledger, numbered(2), WROTE, now=april)

    assert released(ledger, numbered(1)).masses == {"2026-04": 1}
