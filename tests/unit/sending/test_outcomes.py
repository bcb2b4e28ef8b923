"""What WeChat's answer, or its silence, makes of a push.

The codes are transcribed from the platform's pages on return codes, by what each means for a send.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import SHANGHAI
from chalicelib.sending import outcomes
from chalicelib.sending.outcomes import AT_ONCE, MOST_ATTEMPTS, PAUSES, Outcome, after, may_ask_at_once, may_repeat
from chalicelib.store.push import OPEN, Channel, Push
from chalicelib.wechat import errors
from chalicelib.wechat.codes import ROWS, codes_in, error_for
from tests.builders import NOON, a_push

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
KEYED: tuple[Channel, ...] = ("template", "mass")
"""Where WeChat knows our key."""
KEYLESS: tuple[Channel, ...] = ("subscribe", "kefu")

BUSY = (-1, 45169, 9500001, 9500002, 268487001, 268487002, 268488001)
TOKEN = (40001, 40014, 42001)
TOO_FAST = (42010, 45011, 45066)
DAY = (45009, 43100)
ADMIN = (89501, 89502, 89503, 89504, 89505)
RECIPIENT = (40003, 43004, 43019, 48002, 49003, 50002, 50005, 70000)
WINDOW = (45015, 45047)
CREDIT = (43101,)
CONTENT = (40036, 40037, 40039, 40048, 40066, 40068, 40165, 40166, 40249, 41030, 43116, 45012, 45014, 47003, 48011,
           48021, 53404, 200013)  # fmt: skip
ACCOUNT_ITSELF = (40013, 40164, 40200, 43104, 43107, 45087, 45093, 45094, 45102, 48001, 48003, 48004, 48008, 50001,
                  50004, 50007, 61004, 89506, 200011)  # fmt: skip
OURS = (40007, 40008, 40032, 40033, 40035, 40130, 41001, 43002, 44004, 45002, 45008, 45067, 45098, 47001, 48009)
"""Requests that were wrong."""
NOT_OF_SENDS = (40029, 40163, 45072, 45171, 76021)
NEVER_HEARD_OF = (1, 99999, -2)

TIMED_OUT = errors.UnknownOutcome("no answer")
NOT_CONNECTED = errors.Unreachable("no connection")


def tried(channel: Channel = "template", *, attempts: int = 1, **changes: Any) -> Push:
    """As it was claimed at noon for this attempt."""
    return replace(a_push(channel=channel, state="claimed", first_tried_at=NOON, attempts=attempts), **changes)


def doubtful(channel: Channel = "template", **changes: Any) -> Push:
    """An attempt of noon went unanswered; this is the next."""
    return tried(channel, attempts=2, **{"doubtful": True} | changes)


def answered(code: int) -> errors.WechatError:
    return error_for(code)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        (TOKEN, Outcome("deferred", "token", NOON + MINUTE)),
        (ADMIN, Outcome("deferred", "waiting_admin", NOON + MINUTE)),
    ],
    ids=["token", "administrator"],
)
def test_what_may_pass_by_itself_is_tried_again_in_a_minute(
    channel: Channel, codes: tuple[int, ...], outcome: Outcome
) -> None:
    assert {after(answered(code), tried(channel), NOON) for code in codes} == {outcome}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("codes", "effects"),
    [
        (RECIPIENT, ("ask_about_member",)),
        (WINDOW, ()),
        (CREDIT, ()),
        (CONTENT, ("pause_kind",)),
        (ACCOUNT_ITSELF, ("pause_channel",)),
        ((45028,), ("pause_channel",)),
        ((45036,), ()),
    ],
    ids=["recipient", "window", "credit", "content", "account", "month", "recipient's month"],
)
def test_a_refusal_is_the_end_and_stops_what_would_meet_it_again(
    channel: Channel, codes: tuple[int, ...], effects: tuple[outcomes.Effect, ...]
) -> None:
    for code in codes:
        assert after(answered(code), tried(channel), NOON) == Outcome("failed", str(code), effects=effects)


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_we_did_wrong_is_left_to_an_operator(channel: Channel) -> None:
    for code in (*OURS, *NOT_OF_SENDS):
        assert after(answered(code), tried(channel), NOON) == Outcome("dead", str(code))


@pytest.mark.parametrize("channel", CHANNELS)
def test_too_many_calls_in_a_minute_wait_for_somewhere_in_the_next(channel: Channel) -> None:
    for code in TOO_FAST:
        outcome = after(answered(code), tried(channel), NOON + 40 * SECOND)

        assert (outcome.state, outcome.reason, outcome.effects) == ("deferred", "too_fast", ("slow",))
        assert outcome.again_at
        assert NOON + MINUTE <= outcome.again_at < NOON + 2 * MINUTE


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_spent_day_closes_the_quota_and_the_push_comes_back_after_midnight_in_shanghai(channel: Channel) -> None:
    midnight = datetime(2026, 3, 5, tzinfo=SHANGHAI)

    for code in DAY:
        outcome = after(answered(code), tried(channel), NOON)

        assert (outcome.state, outcome.reason, outcome.effects) == ("deferred", "quota", ("close_day",))
        assert outcome.again_at
        assert midnight <= outcome.again_at < midnight + 40 * MINUTE


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_code_that_nobody_has_heard_of_is_tried_twice_more_and_then_left_to_an_operator(channel: Channel) -> None:
    for code in NEVER_HEARD_OF:
        told = [after(answered(code), tried(channel, attempts=attempts), NOON) for attempts in (1, 2, 3)]

        assert told == [
            Outcome("deferred", str(code), NOON + MINUTE),
            Outcome("deferred", str(code), NOON + 5 * MINUTE),
            Outcome("dead", str(code)),
        ]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_send_that_wechat_knows_already_is_sent(channel: Channel) -> None:
    assert after(answered(45065), tried(channel), NOON) == Outcome("sent")
    assert Outcome("sent").in_ledger == "sent"
    assert after(answered(45065), doubtful(channel), NOON) == Outcome("sent")


def test_every_code_has_a_meaning_for_a_send() -> None:
    codes = {code for meanings in ROWS.values() for text in meanings for code in codes_in(text)}

    told = {code: after(answered(code), tried(), NOON) for code in codes}

    assert {outcome.state for outcome in told.values()} == {"sent", "deferred", "failed", "dead"}
    assert all((outcome.state == "deferred") == (outcome.again_at is not None) for outcome in told.values())


# no answer


@pytest.mark.parametrize("channel", KEYED)
def test_without_an_answer_a_send_that_wechat_knows_by_its_key_is_tried_again_soon(channel: Channel) -> None:
    for error in (TIMED_OUT, *map(answered, BUSY)):
        outcome = after(error, tried(channel), NOON)

        assert outcome == Outcome("deferred", "unanswered", NOON + 45 * SECOND)
        assert (outcome.accepted, outcome.in_ledger) == (True, "claimed")


@pytest.mark.parametrize("channel", KEYLESS)
def test_without_an_answer_a_send_without_a_key_is_never_tried_again(channel: Channel) -> None:
    for error in (TIMED_OUT, *map(answered, BUSY)):
        outcome = after(error, tried(channel), NOON)

        assert outcome == Outcome("unknown", "unanswered")
        assert (outcome.accepted, outcome.in_ledger) == (True, "unknown")


@pytest.mark.parametrize(
    ("channel", "remembered"), [("template", 8 * MINUTE), ("mass", 23 * HOUR)], ids=["template", "mass"]
)
def test_a_send_is_not_tried_again_when_wechat_may_have_forgotten_its_key(
    channel: Channel, remembered: timedelta
) -> None:
    last = NOON + remembered - 46 * SECOND

    assert after(TIMED_OUT, doubtful(channel), last).state == "deferred"
    assert after(TIMED_OUT, doubtful(channel), last + SECOND) == Outcome("unknown", "unanswered")
    assert may_repeat(doubtful(channel), NOON + remembered - SECOND)
    assert not may_repeat(doubtful(channel), NOON + remembered)


@pytest.mark.parametrize("channel", KEYLESS)
def test_not_even_a_clock_that_runs_backwards_lets_a_send_without_a_key_be_repeated(channel: Channel) -> None:
    assert not may_repeat(tried(channel), NOON - HOUR)


@pytest.mark.parametrize("channel", CHANNELS)
def test_where_no_connection_came_about_nothing_was_accepted(channel: Channel) -> None:
    outcome = after(NOT_CONNECTED, tried(channel), NOON)

    assert outcome == Outcome("deferred", "busy", NOON + MINUTE)
    assert not outcome.accepted


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_busy_wechat_is_asked_at_once_where_that_cannot_send_twice(channel: Channel) -> None:
    assert may_ask_at_once(NOT_CONNECTED, tried(channel), NOON)
    assert may_ask_at_once(answered(-1), tried(channel), NOON) == (channel in KEYED)
    assert not may_ask_at_once(TIMED_OUT, tried(channel), NOON)
    assert not may_ask_at_once(answered(45009), tried(channel), NOON)
    assert AT_ONCE == 2


# after an attempt that went unanswered


@pytest.mark.parametrize("channel", CHANNELS)
def test_after_an_unanswered_attempt_a_refusal_proves_nothing(channel: Channel) -> None:
    for code in (*RECIPIENT, *WINDOW, *CREDIT, *CONTENT, *ACCOUNT_ITSELF, *OURS):
        fresh, again = (after(answered(code), push, NOON + MINUTE) for push in (tried(channel), doubtful(channel)))

        assert again == Outcome("unknown", fresh.reason, effects=fresh.effects)


def test_after_an_unanswered_attempt_a_notice_is_put_off_only_while_wechat_remembers_its_key() -> None:
    early, late = NOON + MINUTE, NOON + 7 * MINUTE

    for error in (NOT_CONNECTED, answered(40001), answered(45011), answered(99999)):
        soon = after(error, doubtful(), early)

        assert (soon.state, soon.reason, soon.accepted) == ("deferred", "unanswered", True)
        assert after(error, doubtful(), late).state == "unknown"
    assert after(answered(45011), doubtful(), early).effects == ("slow",)
    assert after(answered(45009), doubtful(), early).state == "unknown"


def test_a_mass_that_is_repeated_within_a_minute_is_asked_for_once_more() -> None:
    outcome = after(answered(45066), doubtful("mass"), NOON + 45 * SECOND)

    assert (outcome.state, outcome.reason) == ("deferred", "unanswered")


def test_what_may_have_been_accepted_is_never_called_expired() -> None:
    ending = doubtful(expires_at=NOON + 2 * MINUTE, first_tried_at=NOON - 10 * MINUTE)

    assert after(answered(45009), ending, NOON).state == "unknown"


# how often, and until when


@pytest.mark.parametrize("error", [NOT_CONNECTED, answered(42001), answered(89503)])
def test_attempts_are_made_less_and_less_often_and_in_the_end_no_more(error: errors.WechatError) -> None:
    lasting = NOON + timedelta(days=9)

    told = [after(error, tried(attempts=n, expires_at=lasting), NOON) for n in range(1, MOST_ATTEMPTS + 1)]

    assert [outcome.again_at and outcome.again_at - NOON for outcome in told] == [*PAUSES, None]
    assert [outcome.state for outcome in told] == ["deferred"] * 5 + ["dead"]


@pytest.mark.parametrize("code", [40001, 45009, 45011, 99999])
def test_what_would_come_too_late_expires(code: int) -> None:
    outcome = after(answered(code), tried(expires_at=NOON + SECOND), NOON)

    assert outcome.state == "expired"
    assert outcome.again_at is None
    assert not outcome.accepted


def test_a_refusal_without_a_code_is_told_by_its_class() -> None:
    assert after(errors.LoginAgain("login"), tried(), NOON) == Outcome("dead", "LoginAgain")
    assert after(errors.NoWindow("closed"), tried("kefu"), NOON) == Outcome("failed", "NoWindow")


def test_pushes_are_spread_over_a_stretch_of_time_and_each_keeps_its_place() -> None:
    ids = [f"{number:032x}" for number in range(200)]
    places = [outcomes.spread(a_push(push_id=push_id), HOUR) for push_id in ids]

    assert places == [outcomes.spread(a_push(push_id=push_id), HOUR) for push_id in ids]
    assert all(timedelta(0) <= place < HOUR for place in places)
    assert {place // (6 * MINUTE) for place in places} == set(range(10))


ERRORS = st.sampled_from([TIMED_OUT, NOT_CONNECTED]) | st.integers(-2, 100_000).map(answered)


@given(
    ERRORS,
    st.sampled_from(CHANNELS),
    st.booleans(),
    st.integers(1, 20),
    st.timedeltas(timedelta(0), timedelta(days=2)),
)
def test_every_outcome_is_honest(
    error: errors.WechatError, channel: Channel, is_doubtful: bool, attempts: int, later: timedelta
) -> None:
    push = tried(channel, attempts=attempts, doubtful=is_doubtful)
    now = NOON + later

    outcome = after(error, push, now)

    if is_doubtful or isinstance(error, errors.UnknownOutcome):
        assert outcome.accepted
    if outcome.accepted and outcome.state == "deferred":
        assert outcome.again_at
        assert may_repeat(push, outcome.again_at)
    assert (outcome.again_at is not None) == (outcome.state in OPEN)
    assert outcome.again_at is None or outcome.again_at > now
