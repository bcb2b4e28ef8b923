"""Which push a word of WeChat's is about, and what it makes of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.sending.finishing import Finish, Result, finish, reason_of
from chalicelib.store import push as pushes
from chalicelib.store.sends import Sent
from tests.builders import ACCOUNT, NOON, a_ledger, a_sent

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


def told(**changes: Any) -> Result:
    """That `a_sent` was delivered."""
    return replace(Result("template", "180", "", NOON + SECOND), **changes)


def found(finished: Finish | None) -> str:
    """The id of the push that a result ends; empty where it ends none."""
    assert finished is None or finished.changes or finished.ledger is None
    return finished.changes[0].key.pk.rpartition("#")[2] if finished and finished.changes else ""


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("success", ""),
        (" Success\n", ""),
        ("failed:user block", "blocked"),
        ("failed: user block", "blocked"),
        ("failed:system failed", "system"),
        ("failed:  system  failed ", "system"),
        ("failed:freq limit", "freq_limit"),
        ("FAILED: Freq Limit", "freq_limit"),
        ("failed:something new", "failed:something new"),
        ("user block", "user block"),
        ("送达失败", "送达失败"),
        ("failed:" + "x " * 60, "failed:" + "x " * 28 + "x"),
        ("failed:oFollower00000000000000000001", "failed:…"),
        ("\x07", "unreadable"),
        ("", "unreadable"),
    ],
)
def test_a_status_is_one_of_ours_or_kept_as_it_came(status: str, reason: str) -> None:
    assert reason_of(status) == reason


@given(st.text())
def test_whatever_wechat_says_is_short_and_printable(status: str) -> None:
    reason = reason_of(status)

    assert len(reason) <= 64
    assert not any(character < " " for character in reason)
    assert reason or status.split()[0].lower() == "success"


def test_a_delivered_push_ends_in_the_ledger_and_in_its_item_at_once() -> None:
    ledger = a_ledger(recent=(a_sent(), a_sent(push_id="p-2", msgid="181", trial="spring#1")))

    finished = finish(ledger, told(msgid="181"))

    assert finished == Finish(
        "push.delivered",
        {"kind": "news", "channel": "template", "trial": "spring#1", "was": "sent"},
        ledger.with_sent(a_sent(push_id="p-2", msgid="181", trial="spring#1", state="delivered")),
        (pushes.finished(ACCOUNT, "p-2", "delivered", "", "181"),),
    )


def test_an_undelivered_push_says_why() -> None:
    finished = finish(a_ledger(recent=(a_sent(),)), told(reason="blocked"))

    assert finished is not None
    assert (finished.outcome, finished.details["reason"]) == ("push.undelivered", "blocked")
    assert finished.changes == (pushes.finished(ACCOUNT, "p-1", "undelivered", "blocked", "180"),)


@pytest.mark.parametrize("state", ["claimed", "unknown"])
def test_an_unknown_number_belongs_to_the_only_push_without_one(state: str) -> None:
    ledger = a_ledger(recent=(a_sent(), a_sent(push_id="p-2", msgid="", state=state)))

    finished = finish(ledger, told(msgid="199"))

    assert found(finished) == "p-2"
    assert finished is not None
    assert finished.ledger is not None
    assert finished.ledger.recent[1].msgid == "199"


def test_a_push_that_was_tried_twice_may_have_two_numbers() -> None:
    ledger = a_ledger(recent=(a_sent(doubtful=True), a_sent(push_id="p-2", msgid="181")))

    assert found(finish(ledger, told(msgid="179"))) == "p-1"
    assert found(finish(ledger, told(msgid="180"))) == "p-1"
    assert found(finish(ledger, told(msgid="181"))) == "p-2"


def test_of_two_possible_pushes_none_is_guessed() -> None:
    ledger = a_ledger(recent=(a_sent(msgid="", state="unknown"), a_sent(push_id="p-2", msgid="", state="claimed")))

    assert finish(ledger, told(msgid="199")) == Finish("push.unmatched")


@pytest.mark.parametrize(
    "sent",
    [
        a_sent(),
        a_sent(channel="subscribe", msgid=""),
        a_sent(state="delivered", msgid=""),
        a_sent(state="undelivered", msgid=""),
    ],
    ids=["it has a number", "another channel", "delivered", "undelivered"],
)
def test_a_number_that_nobody_knows_is_not_ours(sent: Sent) -> None:
    assert finish(a_ledger(recent=(sent,)), told(msgid="199")) is None
    assert finish(None, told()) is None


@pytest.mark.parametrize(
    ("after", "push_id"),
    [
        (timedelta(0), "p-1"),
        (-timedelta(minutes=1), "p-1"),
        (-timedelta(minutes=1) - SECOND, ""),
        (DAY, "p-1"),
        (DAY + SECOND, ""),
    ],
)
def test_only_what_was_under_way_then_is_guessed(after: timedelta, push_id: str) -> None:
    ledger = a_ledger(recent=(a_sent(msgid="", state="unknown"),))

    assert found(finish(ledger, told(msgid="199", told_at=NOON + after))) == push_id


def test_a_known_number_is_found_however_late() -> None:
    assert found(finish(a_ledger(recent=(a_sent(),)), told(told_at=NOON + 3 * DAY))) == "p-1"


@pytest.mark.parametrize("template", ["T-1", "T-2"])
def test_a_subscription_notice_is_known_by_its_template(template: str) -> None:
    ledger = a_ledger(recent=(a_sent(channel="subscribe", msgid=""),))

    finished = finish(ledger, told(channel="subscribe", msgid="199", template=template))

    assert found(finished) == ("p-1" if template == "T-1" else "")


@pytest.mark.parametrize("number", ["", "x", "1" * 33, "一二三"])
def test_what_is_no_number_is_not_kept(number: str) -> None:
    finished = finish(a_ledger(recent=(a_sent(msgid="", state="claimed"),)), told(msgid=number))

    assert finished is not None
    assert finished.changes == (pushes.finished(ACCOUNT, "p-1", "delivered", "", ""),)


@pytest.mark.parametrize("state", ["delivered", "undelivered"])
def test_the_first_word_on_a_push_is_the_last(state: str) -> None:
    finished = finish(a_ledger(recent=(a_sent(state=state),)), told(reason="system"))

    assert finished == Finish("push.repeated", {"kind": "news", "channel": "template", "reason": "system"})


@pytest.mark.parametrize(
    ("reason", "used"),
    [
        ("", 2),
        ("blocked", 1),
        ("system", 1),
        ("freq_limit", 1),
        ("no_credit", 2),
        ("20004", 2),
    ],
)
def test_a_send_is_given_back_where_it_clearly_did_not_arrive(reason: str, used: int) -> None:
    ledger = a_ledger(credits_used={"T-1": 2}, recent=(a_sent(channel="subscribe"),))

    finished = finish(ledger, told(channel="subscribe", reason=reason, template="T-1"))

    assert finished is not None
    assert finished.ledger is not None
    assert finished.ledger.credits_used == {"T-1": used}
