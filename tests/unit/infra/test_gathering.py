"""Who is counted in a report, and where."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.journal.tallies import REST
from chalicelib.store.figures import Figures
from chalicelib.store.table import Table
from infra.reactivation import from_figures
from infra.reactivation.counted import Cohort, Counted, Reached, last_observed
from infra.reactivation.gathering import gather, observed_days
from infra.reactivation.report import Asked, Report
from tests.builders import ACCOUNT
from tests.support.tables import memory_table
from tests.unit.infra.trials import FIRST, LATER, POLICY, SECOND, advanced, assigned, at, left, returned, roll, write

WATCHED = tuple(f"2026-03-{day:02d}" for day in range(2, 11))


@pytest.fixture
def table() -> Iterator[Table]:
    with memory_table() as table:
        write(
            table,
            [
                *(assigned(f"t{number}", "treatment") for number in range(4)),
                assigned("c0", "control"),
                assigned("c1", "control", SECOND),
                assigned("other", "treatment", policy="tea"),
                returned("t0", "treatment", hours=5),
                returned("t1", "treatment", hours=167),
                returned("t2", "treatment", hours=168),
                left("t0", "treatment", hours=20),
                left("c1", "control", hours=3, day=SECOND),
                returned("other", "treatment", hours=5, policy="tea"),
            ],
        )
        roll(table, *WATCHED)
        yield table


def report(table: Table, *, by_person: bool = False, last: str = SECOND) -> Report:
    return gather(Asked(POLICY, FIRST, last, by_person), table, now=LATER)


@pytest.mark.parametrize("by_person", [False, True])
def test_each_arm_tells_who_came_back_and_left_within_seven_days(table: Table, by_person: bool) -> None:
    found = report(table, by_person=by_person)

    assert found.treated == Cohort(assigned=4, returned=2, lost=1)
    assert found.control == Cohort(assigned=2, returned=0, lost=1)
    assert found.counted.of_day(SECOND, "control") == Cohort(1, 0, 1)
    assert (found.left_out, found.unclosed) == ((), ())


def test_who_falls_silent_twice_counts_twice_in_the_figures_and_once_in_the_journal() -> None:
    with memory_table() as table:
        write(
            table,
            [
                assigned("t0", "treatment", SECOND),
                assigned("t0", "treatment", FIRST),
                returned("t0", "treatment", hours=1, day=FIRST),
                returned("t0", "treatment", hours=1, day=SECOND),
            ],
        )
        roll(table, *WATCHED)

        assert report(table).treated == Cohort(2, 2, 0)
        assert report(table, by_person=True).treated == Cohort(1, 1, 0)


def test_a_later_rung_tells_who_reached_it_and_the_journal_who_returned_then() -> None:
    with memory_table() as table:
        advance = at(SECOND)
        write(
            table,
            [
                advanced("t0", "treatment", advance),
                advanced("t1", "treatment", advance),
                advanced("c0", "control", advance),
                returned("t0", "treatment", hours=400, day="2026-02-15"),
                returned("t1", "treatment", hours=380, day="2026-02-15"),
                left("c0", "control", hours=400, day="2026-02-15"),
            ],
        )
        roll(table, *WATCHED)

        assert report(table).counted.later == {(1, "treatment"): Reached(2), (1, "control"): Reached(1)}
        assert report(table, by_person=True).counted.later == {
            (1, "treatment"): Reached(2, 1),
            (1, "control"): Reached(1, 0),
        }


def test_days_that_are_not_over_are_left_out_and_those_not_closed_are_named(table: Table) -> None:
    now = at("2026-03-11", 3)

    found = gather(Asked(POLICY, FIRST, "2026-03-05"), table, now=now)

    assert observed_days(FIRST, "2026-03-05", now) == (FIRST, SECOND)
    assert found.left_out == ("2026-03-04", "2026-03-05")
    assert (found.treated.assigned, found.unclosed) == (4, ())
    assert observed_days(FIRST, FIRST, now - timedelta(days=2)) == ()


def test_a_day_that_nobody_has_counted_is_named() -> None:
    with memory_table() as table:
        roll(table, *WATCHED[1:])

        assert report(table, last=FIRST).unclosed == (FIRST,)


def test_before_any_day_is_over_there_is_nothing_to_read(table: Table) -> None:
    for by_person in (False, True):
        found = gather(Asked(POLICY, FIRST, SECOND, by_person), table, now=at(FIRST))

        assert (found.counted.days, found.treated, found.returns) == ((), Cohort(), None)


def test_figures_that_were_cut_short_are_known_to_be() -> None:
    cut = Figures(ACCOUNT, FIRST, counts={"trial.assigned": {"milk/0/control": 1, REST: 7}})

    assert from_figures.count([cut], "milk", (FIRST,)).is_whole is False
    assert from_figures.count([Figures(ACCOUNT, FIRST)], "milk", (FIRST,)) == Counted(
        (FIRST,), {(FIRST, "treatment"): Cohort(), (FIRST, "control"): Cohort()}
    )


def test_a_day_is_watched_for_a_week() -> None:
    assert last_observed("2026-02-26") == "2026-03-05"
