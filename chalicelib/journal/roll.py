"""One account's figures brought up to date, as far as time allows.

Promise: none is needed. What is written is derived from the journal, so rolling again, or two rolling at once, comes to
the same; whoever finds that another has written meanwhile leaves it to them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from chalicelib.clock import SHANGHAI, shanghai_day
from chalicelib.door import count, log
from chalicelib.journal import days, tallies
from chalicelib.store import figures as stored
from chalicelib.store import journal
from chalicelib.store.figures import Figures, OpenDay, Tally
from chalicelib.store.journal import Entry
from chalicelib.store.keys import JOURNAL_SHARDS
from chalicelib.store.table import Lost, Table

LEAST_SECONDS = 15
"""With less time left than this no further hour of a shard is begun."""


def roll(account: str, *, table: Table, now: datetime, left: Callable[[], float]) -> None:
    """Count every day that is not final, the oldest first. Raises Unavailable."""
    try:
        for day in days.days_between(_first_open_day(account, table, now), shanghai_day(now)):
            rolled = _Day(account, day, table=table, now=now, left=left).roll()
            if rolled.as_of != now:
                log.warning("journal.behind", extra={"account": account, "day": day})
                count("JournalBehind", account=account)
                return
    except Lost:
        log.info("journal.raced", extra={"account": account})


def _first_open_day(account: str, table: Table, now: datetime) -> str:
    """An account that was never counted begins with yesterday, which may not be closed yet."""
    known = stored.open_day(table, account)
    if known:
        return known.day
    first = OpenDay(account, shanghai_day(now - timedelta(days=1)))
    table.write([first.put(None)])
    return first.day


@dataclass(slots=True)
class _Day:
    """One day of an account while it is rolled."""

    account: str
    day: str
    table: Table = field(kw_only=True)
    now: datetime = field(kw_only=True)
    left: Callable[[], float] = field(kw_only=True)
    tallies: dict[tuple[int, int], Tally] = field(default_factory=dict)
    """What stands in the table, by hour and shard."""
    read: int = 0

    def roll(self) -> Figures:
        """The figures as they now stand in the table. Raises Lost when another roller was faster."""
        before = self._begun()
        listed = stored.list_tallies(self.table, self.account, self.day)
        self.tallies = {(tally.hour, tally.shard): tally for tally in listed}
        reached = [self._count(shard, before) for shard in range(JOURNAL_SHARDS)]
        after = self._summed(before, reached)
        self._publish(after)
        return after

    def _begun(self) -> Figures:
        """A day that is over begins anew: what came late is in then, and the rules of today hold for all of it."""
        known = stored.find(self.table, self.account, self.day) or Figures(self.account, self.day)
        if known.closing or not days.is_over(self.day, self.now):
            return known
        return replace(known, closing=True, progress=(0,) * JOURNAL_SHARDS)

    def _count(self, shard: int, before: Figures) -> int:
        """The hour that was reached: 24 when nothing is left to read."""
        since = days.hour_start(self.day, before.progress[shard])
        entries = journal.list_shard(self.table, self.account, self.day, shard, since=since)
        for hour, of_hour in groupby(entries, key=_hour):
            if self.left() < LEAST_SECONDS:
                return hour
            self._keep(self._tally(hour, shard, of_hour), anew=before.closing)
        return days.HOURS

    def _tally(self, hour: int, shard: int, entries: Iterator[Entry]) -> Tally:
        found = tallies.of_entries(entries)
        self.read += found.entries
        members = tallies.packed(found.members)
        return Tally(self.account, self.day, hour, shard, found.entries, found.counts, members)

    def _keep(self, tally: Tally, *, anew: bool) -> None:
        """When a day closes everything is written anew, so that nothing is near the end of its life."""
        known = self.tallies.get((tally.hour, tally.shard))
        if anew or tally != known:
            self.table.write([tally.put(known, now=self.now)])
            self.tallies[tally.hour, tally.shard] = tally

    def _summed(self, before: Figures, reached: list[int]) -> Figures:
        total = tallies.of_sums(map(tallies.of_tally, self.tallies.values()))
        goal = days.HOURS if before.closing else days.settled_hours(self.day, self.now)
        is_whole = all(hour == days.HOURS for hour in reached)
        return replace(
            before,
            entries=total.entries,
            active=len(total.members),
            counts=tallies.shortened(total.counts),
            as_of=self.now if is_whole else before.as_of,
            final=before.closing and is_whole,
            progress=tuple(min(hour, goal) for hour in reached),
        )

    def _publish(self, figures: Figures) -> None:
        """A day that is final and the step to the next one are one commit."""
        here, following = OpenDay(self.account, self.day), OpenDay(self.account, days.next_day(self.day))
        self.table.write([figures.put(), *([following.put(here)] if figures.final else [])])
        extra = {"day": self.day, "read": self.read, "entries": figures.entries, "final": figures.final}
        log.info("journal.rolled", extra={"account": self.account, **extra})
        count("JournalEntriesRead", self.read, account=self.account)


def _hour(entry: Entry) -> int:
    return entry.at.astimezone(SHANGHAI).hour
