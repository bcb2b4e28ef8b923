"""Figures that are right whenever, however often and by how many they are rolled."""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import pytest

from chalicelib.store import figures as stored
from chalicelib.store import keys
from chalicelib.store.figures import OpenDay
from infra.local.memory.faults import Crashed, Fault
from tests.builders import ACCOUNT, NOON
from tests.support.logs import logged
from tests.unit.journal.ledger import TODAY, YESTERDAY, Ledger, an_act, beside, counted

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CLOSED = NOON + 14 * HOUR
"""Two o'clock of the next morning."""
FIRST = an_act(at=NOON - HOUR)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def busy(ledger: Ledger, *, hours: int = 12, members: int = 20) -> None:
    """A morning in which every member asked something every hour."""
    for hour in range(hours):
        ledger.write(*(an_act(at=NOON - hour * HOUR, member=f"m-{n}", entry="e") for n in range(members)))


def test_a_day_is_counted_while_it_lasts(ledger: Ledger) -> None:
    ledger.write(an_act("event.subscribe", "followed", channel="store-01", returned=0), an_act("text", "faq.miss"))

    ledger.roll()

    figures = ledger.figures()
    assert (figures.entries, figures.active, figures.as_of, figures.final) == (2, 1, NOON, False)
    assert figures.counts == {
        "follows": {"new": 1},
        "channels.in": {"store-01": 1},
        "messages": {"text": 1},
        "faq": {"miss": 1},
        "hours": {"12": 2},
    }


def test_rolling_again_changes_nothing_but_the_time(ledger: Ledger) -> None:
    busy(ledger)
    ledger.roll()
    first = ledger.figures()

    ledger.now += 15 * MINUTE
    ledger.roll()

    assert counted(ledger.figures()) == counted(first)
    assert ledger.figures().as_of == NOON + 15 * MINUTE


def test_what_settled_is_not_read_again(ledger: Ledger) -> None:
    busy(ledger)
    ledger.now = NOON + 15 * MINUTE
    ledger.roll()
    ledger.write(an_act(at=NOON, member="late"))

    with logged() as said:
        ledger.roll()

    assert [line["read"] for line in said.lines if line.get("day") == TODAY] == [21]
    assert ledger.is_right()


def test_an_entry_that_is_late_is_in_before_its_hour_settles(ledger: Ledger) -> None:
    ledger.roll()
    ledger.write(an_act(at=NOON - 5 * MINUTE))

    ledger.roll()

    assert ledger.figures().entries == 1


def test_an_entry_that_is_very_late_is_in_when_the_day_closes(ledger: Ledger) -> None:
    ledger.roll()
    ledger.now = CLOSED - MINUTE
    ledger.write(an_act(at=NOON - 5 * HOUR))
    ledger.roll()
    assert ledger.figures().entries == 0

    ledger.now = CLOSED
    ledger.roll()

    assert ledger.figures().entries == 1
    assert ledger.figures().final
    assert ledger.is_right()


def test_a_closed_day_is_final(ledger: Ledger) -> None:
    busy(ledger)
    ledger.now = CLOSED
    ledger.roll()
    closed = ledger.figures()

    ledger.write(an_act(at=NOON))
    ledger.now += DAY
    ledger.roll()

    assert closed.final
    assert ledger.figures() == closed


def test_yesterday_stays_open_until_two_in_the_morning(ledger: Ledger) -> None:
    ledger.now = NOON + 13 * HOUR
    ledger.write(an_act(at=NOON), an_act(at=ledger.now))
    ledger.roll()

    assert [(ledger.figures(day).entries, ledger.figures(day).final) for day in (TODAY, "2026-03-05")] == [
        (1, False),
        (1, False),
    ]


def test_days_without_a_roll_are_caught_up_with(ledger: Ledger) -> None:
    ledger.roll()
    for number in range(1, 6):
        ledger.write(an_act(at=NOON + number * DAY))

    ledger.now = NOON + 5 * DAY
    ledger.roll()

    listed = list(stored.list_days(ledger.table, ACCOUNT, first=YESTERDAY, last="2026-03-09"))
    assert [(figures.day[-2:], figures.entries, figures.final) for figures in listed] == [
        ("03", 0, True),
        ("04", 0, True),
        ("05", 1, True),
        ("06", 1, True),
        ("07", 1, True),
        ("08", 1, True),
        ("09", 1, False),
    ]
    assert stored.open_day(ledger.table, ACCOUNT) == OpenDay(ACCOUNT, "2026-03-09")


def test_a_roll_without_time_for_all_goes_on_next_time(ledger: Ledger) -> None:
    busy(ledger)
    ledger.now = CLOSED
    rolls = 0

    while not (rolls and ledger.figures().final):
        with logged() as said:
            ledger.roll(seconds=20.0, each=0.2)
        rolls += 1
        assert rolls < 100

    assert rolls > 5
    assert ledger.is_right()
    assert not [line for line in said.lines if line["message"] == "journal.behind"]


def test_a_roll_that_is_behind_says_so_and_tells_until_when_it_counted(ledger: Ledger) -> None:
    busy(ledger)
    ledger.roll()
    ledger.write(an_act(at=NOON + MINUTE))

    ledger.now += 15 * MINUTE
    with logged() as said:
        ledger.roll(seconds=1)

    assert ledger.figures().as_of == NOON
    assert [(line["level"], line["day"]) for line in said.lines if line["message"] == "journal.behind"] == [
        ("WARNING", TODAY)
    ]


def test_no_log_line_names_a_member(ledger: Ledger) -> None:
    ledger.write(an_act(member="m-secret", entry="refund"))

    with logged() as said:
        ledger.roll()

    assert {line["message"] for line in said.lines} == {"journal.rolled"}
    assert "m-secret" not in said.text


@pytest.mark.parametrize("now", [NOON, CLOSED], ids=["while the day lasts", "when it closes"])
def test_two_who_roll_at_once_do_no_harm_at_any_moment(now: datetime) -> None:
    for moment in range(calls_of_a_roll(now)):
        ledger = half_counted(now)

        ledger.faults.interrupt(ledger.roll, skip=moment)
        ledger.roll()

        assert ledger.is_right()
        assert ledger.figures().final is (now == CLOSED)


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.TIMEOUT_AFTER, Fault.ERROR_BEFORE])
@pytest.mark.parametrize("now", [NOON, CLOSED], ids=["while the day lasts", "when it closes"])
def test_a_roll_that_dies_anywhere_is_made_good_by_the_next(fault: Fault, now: datetime) -> None:
    for moment in range(calls_of_a_roll(now)):
        ledger = half_counted(now)

        ledger.faults.plan(fault, skip=moment)
        with suppress(Crashed):
            ledger.roll()
        ledger.roll()

        assert ledger.is_right()
        assert ledger.figures().final is (now == CLOSED)


def half_counted(now: datetime) -> Ledger:
    """Three entries that were rolled, and one that was written since, in an hour and shard of theirs."""
    ledger = Ledger()
    ledger.write(an_act(member="m-1"), an_act(member="m-2"), FIRST)
    ledger.roll()
    ledger.write(beside(FIRST, at=NOON - MINUTE))
    ledger.now = now
    return ledger


def calls_of_a_roll(now: datetime) -> int:
    ledger = half_counted(now)
    before = ledger.faults.calls
    ledger.roll()
    return ledger.faults.calls - before


@pytest.mark.parametrize("later", [NOON + 20 * MINUTE, CLOSED], ids=["the hour has settled", "the day has closed"])
def test_a_roller_that_was_held_up_does_not_undo_what_a_later_one_did(later: datetime) -> None:
    start = NOON + 10 * MINUTE
    for moment in range(calls_of_a_roll(start)):
        ledger = half_counted(start)

        ledger.faults.interrupt(partial(overtake, ledger, later), skip=moment)
        ledger.roll()

        assert ledger.figures().final is (later == CLOSED)
        ledger.roll()
        assert ledger.is_right()


def overtake(ledger: Ledger, later: datetime) -> None:
    """Something late is written, and someone rolls when it is later."""
    ledger.write(beside(FIRST, at=NOON - 30 * MINUTE))
    ledger.now = later
    ledger.roll()


def test_tallies_go_and_figures_stay(ledger: Ledger) -> None:
    busy(ledger)
    ledger.now = CLOSED
    ledger.roll()

    ledger.now += 40 * DAY

    assert not [item for item in ledger.dynamo.items() if item["pk"]["S"] == keys.tally_partition(ACCOUNT, TODAY)]
    assert ledger.figures().entries == 240


def test_a_day_closes_rightly_though_its_tallies_are_gone(ledger: Ledger) -> None:
    """Nobody rolled for longer than tallies live."""
    busy(ledger)
    ledger.roll()

    ledger.now += 40 * DAY
    ledger.roll()

    assert ledger.figures().final
    assert ledger.is_right()


def test_a_day_closes_rightly_though_tallies_expire_before_it_is_done(ledger: Ledger) -> None:
    busy(ledger)
    ledger.roll()

    ledger.now = NOON + stored.TALLY_LIFE - HOUR
    while not ledger.figures().closing:
        ledger.roll(seconds=20.0, each=0.2)
    assert not ledger.figures().final
    ledger.now += 4 * DAY
    ledger.roll()

    assert ledger.figures().final
    assert ledger.is_right()
