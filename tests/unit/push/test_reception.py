"""What the journal tells of how pushes were received."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.push import reception
from chalicelib.push.reception import MOST_KINDS, by_kind, counted, without
from chalicelib.store.journal import Entry
from chalicelib.store.watch import Reception, Watch
from tests.builders import ACCOUNT, NOON
from tests.unit.journal.ledger import an_act

MORNING = Watch(ACCOUNT, NOON - timedelta(hours=3))
REPORT = "event.templatesendjobfinish"


def after(*entries: Entry, watch: Watch = MORNING, minutes: int = 5) -> Watch:
    return counted(watch, entries, until=NOON + timedelta(minutes=minutes))


def received(*entries: Entry) -> Reception:
    return by_kind(after(*entries))["offer"]


def test_pushes_are_counted_by_how_they_ended() -> None:
    seen = received(
        *(an_act("push", "sent", kind="offer") for _ in range(4)),
        an_act(REPORT, "push.delivered", kind="offer", was="sent"),
        an_act(REPORT, "push.undelivered", kind="offer", was="sent", reason="blocked"),
        an_act(REPORT, "push.undelivered", kind="offer", was="sent", reason="system"),
        an_act("event.unsubscribe", "unfollowed", push_kind="offer", push_hours=2),
    )

    assert seen == Reception(sent=4, reported=3, blocked=1, failed=1, unfollowed=1)


def test_a_report_that_was_faster_than_the_worker_says_that_the_push_was_sent() -> None:
    assert received(an_act(REPORT, "push.delivered", kind="offer", was="claimed")) == Reception(sent=1, reported=1)


def test_what_else_followers_do_says_nothing_about_pushes() -> None:
    others = (
        an_act("text", "faq.answer", kind="offer"),
        an_act("push", "planned", kind="offer"),
        an_act("event.unsubscribe", "unfollowed", channel="a"),
        an_act("event.unsubscribe", "stale", push_kind="offer", push_hours=1),
    )

    assert by_kind(after(*others)) == {}


def test_who_leaves_a_day_later_had_other_reasons() -> None:
    assert by_kind(after(an_act("event.unsubscribe", "unfollowed", push_kind="offer", push_hours=24))) == {}


def test_an_unfollow_is_forgotten_together_with_the_push_that_it_followed() -> None:
    sent = an_act("push", "sent", at=NOON, kind="offer")
    left = an_act("event.unsubscribe", "unfollowed", at=NOON + timedelta(hours=9), push_kind="offer", push_hours=9)

    evening = after(sent, left, minutes=9 * 60 + 5)

    assert by_kind(evening) == {"offer": Reception(sent=1, unfollowed=1)}
    assert by_kind(after(watch=evening, minutes=23 * 60 + 30)) == {"offer": Reception(sent=1, unfollowed=1)}
    assert by_kind(after(watch=evening, minutes=24 * 60)) == {}


def test_a_kind_that_was_paused_begins_anew() -> None:
    paused_at = NOON + timedelta(minutes=5)
    before = after(an_act("push", "sent", kind="offer"), an_act("push", "sent", kind="order"))

    anew = without(before, ["offer"], now=paused_at)
    late = an_act("event.unsubscribe", "unfollowed", at=NOON + timedelta(hours=3), push_kind="offer", push_hours=3)
    own = an_act("push", "sent", at=NOON + timedelta(hours=3), kind="offer")

    assert by_kind(anew) == {"order": Reception(sent=1)}
    assert by_kind(after(late, own, watch=anew, minutes=200))["offer"] == Reception(sent=1)
    assert after(watch=anew, minutes=60 * 25).anew == {}
    assert without(before, [], now=paused_at) is before


def test_an_integration_that_invents_kinds_does_not_burst_the_item() -> None:
    invented = [an_act("push", "sent", kind=f"order-{number}") for number in range(2 * MOST_KINDS)]
    steady = [an_act("push", "sent", kind="steady") for _ in range(2)]

    seen = by_kind(after(*invented, *steady))

    assert len(seen) == MOST_KINDS
    assert seen["steady"] == Reception(sent=2)


signs = st.builds(
    lambda what, kind, minutes, was: an_act(
        what[0], what[1], at=NOON - timedelta(minutes=minutes), kind=kind, was=was, push_kind=kind, push_hours=1
    ),
    st.sampled_from([("push", "sent"), (REPORT, "push.delivered"), ("event.unsubscribe", "unfollowed"), ("text", "x")]),
    st.sampled_from(["offer", "order"]),
    st.integers(0, 170),
    st.sampled_from(["sent", "claimed", "unknown"]),
)


@given(st.lists(signs), st.integers(0, 30))
def test_the_slices_do_not_matter(entries: list[Entry], cut: int) -> None:
    whole = after(*entries)

    first = counted(MORNING, entries[:cut], until=NOON)
    parts = counted(first, entries[cut:], until=NOON + timedelta(minutes=5))

    assert parts == whole
    assert reception.by_kind(parts) == reception.by_kind(whole)
