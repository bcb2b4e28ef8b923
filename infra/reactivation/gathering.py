"""What a report is made of, read from the table: the daily figures, or the journal itself."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeAlias

from chalicelib.journal import days as calendar
from chalicelib.journal import tallies
from chalicelib.store import figures as stored
from chalicelib.store import journal
from chalicelib.store.figures import Figures
from chalicelib.store.table import Table
from infra.figures.period import Period
from infra.reactivation import from_figures
from infra.reactivation.counted import Counted, last_observed
from infra.reactivation.from_journal import Ledger
from infra.reactivation.report import Asked, Report, report


def gather(
    asked: Asked,
    table: Table,
    *,
    now: datetime,
    before_day: Callable[[str], None] = lambda _day: None,
) -> Report:
    """By person from the journal, else from the figures. Writes nothing.

    `before_day` is told of each day of the journal before it is read: a busy one takes minutes.
    """
    days = observed_days(asked.first, asked.last, now)
    needed = tuple(calendar.days_between(days[0], last_observed(days[-1]))) if days else ()
    read = _recounted if asked.by_person else _rolled
    counted, figures = read(asked, table, days, needed, before_day)
    final = {of_day.day for of_day in figures if of_day.final}
    period = Period(asked.policy.account, days, tuple(of_day for of_day in figures if of_day.day in days))
    unclosed = tuple(day for day in needed if day not in final)
    return report(asked, counted, period, unclosed=unclosed)


def observed_days(first: str, last: str, now: datetime) -> tuple[str, ...]:
    """Those of the days whose seven days are over."""
    return tuple(day for day in calendar.days_between(first, last) if calendar.is_over(last_observed(day), now))


Read: TypeAlias = tuple[Counted, tuple[Figures, ...]]


def _rolled(
    asked: Asked, table: Table, days: tuple[str, ...], needed: tuple[str, ...], _before_day: Callable[[str], None]
) -> Read:
    account = asked.policy.account
    found = tuple(stored.list_days(table, account, first=needed[0], last=needed[-1])) if needed else ()
    return from_figures.count(found, asked.policy.name, days), found


def _recounted(
    asked: Asked, table: Table, days: tuple[str, ...], needed: tuple[str, ...], before_day: Callable[[str], None]
) -> Read:
    """One passage through the journal for trials and figures both."""
    account, ledger = asked.policy.account, Ledger(asked.policy.name, frozenset(days))

    def figures() -> Iterator[Figures]:
        for day in needed:
            before_day(day)
            found = tallies.of_entries(ledger.watching(journal.list_day(table, account, day)))
            yield Figures(account, day, found.entries, len(found.members), found.counts, final=True)

    counted_days = tuple(figures())
    return ledger.counted(days), counted_days
