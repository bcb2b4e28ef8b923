"""A journal to count: entries as callbacks and workers write them, on a table in memory."""

from datetime import datetime
from itertools import count

from chalicelib.journal import roll
from chalicelib.journal.recount import recount
from chalicelib.store import figures as stored
from chalicelib.store import journal, keys
from chalicelib.store.figures import Figures
from chalicelib.store.journal import Entry
from chalicelib.store.table import Table
from infra.local.memory.dynamo import MemoryDynamo
from infra.local.memory.faults import Faults
from tests.builders import ACCOUNT, NOON
from tests.support.tables import TABLE, table_on

TODAY = "2026-03-04"
"""The day of NOON."""
YESTERDAY = "2026-03-03"
_ids = count()


def an_act(
    what: str = "text", outcome: str = "faq.answer", *, at: datetime = NOON, member: str = "m-1", **details: str | int
) -> Entry:
    """A follower asked something that was answered, unless told otherwise."""
    return Entry(ACCOUNT, f"entry-{next(_ids)}", at, what, outcome, member, details)


def beside(other: Entry, *, at: datetime) -> Entry:
    """An act of someone else that is in the same shard of the journal."""
    acts = (an_act(at=at, member=f"m-{number}-beside") for number in count())
    return next(act for act in acts if shard(act) == shard(other))


def shard(entry: Entry) -> int:
    return keys.shard_of(entry.entry_id, keys.JOURNAL_SHARDS)


class Ledger:
    """The table, the faults that it can have, and the time."""

    def __init__(self) -> None:
        self.now = NOON
        self.faults = Faults()
        self.dynamo = MemoryDynamo(TABLE, keys.INDEX_KEYS, now=lambda: self.now, faults=self.faults)
        self.table: Table = table_on(self.dynamo)

    def write(self, *entries: Entry) -> None:
        for entry in entries:
            self.table.write([entry.put()])

    def roll(self, *, seconds: float = 100.0, each: float = 0.0) -> None:
        """Roll with so much time; every look at the clock takes `each` of it."""
        looks = count()
        roll.roll(ACCOUNT, table=self.table, now=self.now, left=lambda: seconds - each * next(looks))

    def figures(self, day: str = TODAY) -> Figures:
        found = stored.find(self.table, ACCOUNT, day)
        assert found is not None
        return found

    def entries(self, day: str = TODAY) -> list[Entry]:
        return list(journal.list_day(self.table, ACCOUNT, day))

    def is_right(self, day: str = TODAY) -> bool:
        """Whether the figures are what a count from scratch gives."""
        return counted(self.figures(day)) == counted(recount(self.table, ACCOUNT, day, now=self.now))


def counted(figures: Figures) -> tuple[int, int, object]:
    return figures.entries, figures.active, figures.counts
