"""What operators find an entry counted as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.callbacks.routes import ROUTES
from chalicelib.journal.rules import ACTS, ANY, MESSAGES, RULES, counts_of, is_act
from chalicelib.store.journal import Entry
from chalicelib.wechat.messages import MESSAGES as MESSAGE_TYPES
from chalicelib.work.worker import JOBS
from tests.unit.journal.ledger import an_act

REPORTED = {
    "event.unsubscribe",
    "event.subscribe_msg_change_event",
    "event.subscribe_msg_sent_event",
    "event.templatesendjobfinish",
    "event.masssendjobfinish",
    "event.user_info_modified",
    "event.user_authorization_revoke",
    "event.user_authorization_cancellation",
    "event.kf_create_session",
    "event.kf_switch_session",
    "event.kf_close_session",
}
"""What the platform tells, and no follower does."""
WORDS = sorted({word for pair in RULES for word in pair} - {ANY})


def figures(entry: Entry) -> dict[str, int]:
    """Of one entry, without the hour."""
    return {
        f"{count.group}:{count.name}": count.amount
        for count in counts_of(entry)
        if count.group != "hours" and count.amount
    }


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (an_act("event.subscribe", "followed", channel="a", returned=0), {"follows:new": 1, "channels.in:a": 1}),
        (
            an_act("event.subscribe", "followed", channel="", returned=1),
            {"follows:returned": 1, "channels.in:(none)": 1},
        ),
        (an_act("event.subscribe", "followed.again", channel="a", returned=0), {"follows:again": 1}),
        (an_act("event.subscribe", "stale"), {"late:subscribe": 1}),
        (an_act("event.unsubscribe", "unfollowed", channel="a", days=3), {"unfollows:told": 1, "channels.out:a": 1}),
        (an_act("event.unsubscribe", "unfollowed"), {"unfollows:told": 1, "channels.out:(none)": 1}),
        (
            an_act("member.profile", "unfollowed.found", channel="a"),
            {"unfollows:found": 1, "channels.out:a": 1, "jobs:member.profile/unfollowed.found": 1},
        ),
        (an_act("member.profile", "profile"), {"jobs:member.profile/profile": 1}),
        (an_act("member.profile", "invented"), {"jobs:member.profile/invented": 1}),
        (an_act("event.scan", "scanned", channel="a"), {"visits:scan": 1, "scans:a": 1}),
        (an_act("event.click", "click.unknown"), {"visits:click": 1, "other:click.unknown": 1}),
        (an_act("image", "seen"), {"messages:image": 1}),
        (an_act("text", "faq.answer", entry="e"), {"messages:text": 1, "faq:answer": 1, "faq.entries:e": 1}),
        (
            an_act("text", "faq.answer", entry="e", chosen=2),
            {"messages:text": 1, "faq:answer": 1, "faq:suggestion": 1, "faq.entries:e": 1},
        ),
        (an_act("text", "human.transfer", chosen=1), {"messages:text": 1, "human:transfer": 1, "faq:suggestion": 1}),
        (an_act("voice", "faq.miss"), {"messages:voice": 1, "faq:miss": 1}),
        (an_act("text", "opted_out"), {"messages:text": 1, "marketing:opted_out": 1}),
        (an_act("text", "erased.wish"), {"messages:text": 1, "erased:wish": 1}),
        (
            an_act("event.subscribe_msg_popup_event", "subscribed", accepted=2, refused=1),
            {"visits:subscribe_msg_popup_event": 1, "subscriptions:accepted": 2, "subscriptions:refused": 1},
        ),
        (
            an_act("event.subscribe_msg_sent_event", "notice.delivered", delivered=3, failed=0),
            {"reports:subscribe_msg_sent_event": 1, "notices:delivered": 3},
        ),
        (an_act("event.subscribe_msg_sent_event", "nobody"), {"reports:subscribe_msg_sent_event": 1}),
        *(
            (
                an_act("event.templatesendjobfinish", f"push.{name}"),
                {"reports:templatesendjobfinish": 1, f"push.results:{name}": 1},
            )
            for name in ("unmatched", "repeated")
        ),
        (an_act("event.location", "noted"), {"reports:location": 1}),
        (an_act("event.never_heard_of", "unknown"), {"unknown:never_heard_of": 1}),
    ],
    ids=lambda given: f"{given.what}-{given.outcome}" if isinstance(given, Entry) else "",
)
def test_an_entry_is_counted_as_what_it_was(entry: Entry, expected: dict[str, int]) -> None:
    assert figures(entry) == expected


def test_what_no_rule_knows_is_counted_under_its_own_name() -> None:
    assert figures(an_act("text", "coupon.taken")) == {"messages:text": 1, "other:text/coupon.taken": 1}
    assert figures(an_act("push.send", "delivered")) == {"other:push.send/delivered": 1}
    assert figures(an_act("push.send", "seen")) == {"other:push.send/seen": 1}


@given(st.sampled_from(WORDS) | st.text(min_size=1), st.sampled_from(WORDS) | st.text(min_size=1))
def test_no_entry_is_dropped(what: str, outcome: str) -> None:
    assert list(counts_of(an_act(what, outcome)))


def test_followers_acts_tell_the_hour_in_shanghai() -> None:
    (hour,) = (count for count in counts_of(an_act("text", "faq.miss")) if count.group == "hours")

    assert (hour.name, hour.amount) == ("12", 1)


def test_what_came_too_late_or_from_the_platform_is_no_act() -> None:
    assert is_act(an_act("text", "faq.miss"))
    assert not is_act(an_act("text", "stale"))
    assert not is_act(an_act("event.unsubscribe", "unfollowed"))
    assert not is_act(an_act("member.profile", "profile"))


def test_whatever_is_answered_is_an_act_or_a_report() -> None:
    assert set(ROUTES) == ACTS | REPORTED
    assert set(MESSAGE_TYPES) == MESSAGES


def test_every_job_is_counted_by_its_outcome() -> None:
    assert all(figures(an_act(kind, "done")) == {f"jobs:{kind}/done": 1} for kind in JOBS)
