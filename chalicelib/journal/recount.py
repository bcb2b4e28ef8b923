"""The figures of a day from the journal alone: what the rolled ones must be equal to."""

from datetime import datetime

from chalicelib.journal import days, tallies
from chalicelib.store import journal
from chalicelib.store.figures import Figures
from chalicelib.store.table import Table


def recount(table: Table, account: str, day: str, *, now: datetime) -> Figures:
    """Reads every entry of the day and writes nothing."""
    found = tallies.of_entries(journal.list_day(table, account, day))
    return Figures(
        account,
        day,
        found.entries,
        len(found.members),
        tallies.shortened(found.counts),
        as_of=now,
        final=days.is_over(day, now),
    )
