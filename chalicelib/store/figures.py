"""Daily figures: what the journal of a day comes to, and the hourly tallies that they are added up from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self, TypeAlias

from chalicelib.clock import epoch, iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.table import Absent, Equals, Item, Put, Table, all_items

SCHEMA = 1
TALLY_LIFE = timedelta(days=30)
"""A day closes two hours after its end; after that only its figures are needed."""

Counts: TypeAlias = Mapping[str, Mapping[str, int]]
"""How many, by group and name: ``{"faq": {"answer": 12, "miss": 3}}``."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one shard of the journal holds of one hour (Asia/Shanghai). Derived: counting again gives the same."""

    account: str
    day: str
    hour: int
    shard: int
    entries: int
    counts: Counts
    members: bytes = b""
    """A fingerprint of each member who acted, in order: see `journal/tallies.py`."""

    def put(self, before: "Tally | None", *, now: datetime) -> Put:
        """Write it, if what stands there is still what was read."""
        unchanged = Equals("entries", before.entries) if before else Absent()
        return Put(keys.tally(self.account, self.day, self.hour, self.shard), self.to_item(now=now), (unchanged,))

    def to_item(self, *, now: datetime) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "day": self.day,
            "hour": self.hour,
            "shard": self.shard,
            "entries": self.entries,
            "counts": _plain(self.counts),
            "members": self.members,
            "expires_at": epoch(now + TALLY_LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            item["day"],
            item["hour"],
            item["shard"],
            item["entries"],
            item["counts"],
            item["members"],
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened on a day (Asia/Shanghai). Final ones never change again."""

    account: str
    day: str
    entries: int = 0
    """How many journal entries they were counted from."""
    active: int = 0
    """Members who did something."""
    counts: Counts = field(default_factory=dict)
    as_of: datetime | None = None
    """Everything that was written before is in; None while the day was never counted to the end."""
    final: bool = False
    closing: bool = False
    """The day is over and counted once more from the start."""
    progress: tuple[int, ...] = (0,) * keys.JOURNAL_SHARDS
    """By shard, the hour from which on it is still to be counted."""
    version: int = 0

    def put(self) -> Put:
        """Write them, if they are still as they were read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.figures(self.account, self.day), replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "day": self.day,
            "entries": self.entries,
            "active": self.active,
            "counts": _plain(self.counts),
            "as_of": iso(self.as_of) if self.as_of else "",
            "final": self.final,
            "closing": self.closing,
            "progress": list(self.progress),
            "version": self.version,
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            item["day"],
            item["entries"],
            item["active"],
            item["counts"],
            parse_iso(item["as_of"]) if item["as_of"] else None,
            item["final"],
            item["closing"],
            tuple(item["progress"]),
            item["version"],
        )


@dataclass(frozen=True, slots=True)
class OpenDay:
    """The first day of an account whose figures are not final."""

    account: str
    day: str

    def put(self, before: "OpenDay | None") -> Put:
        """Write it, if the day before is still the one that was read."""
        unchanged = Equals("day", before.day) if before else Absent()
        return Put(keys.open_day(self.account), {"v": SCHEMA, "account": self.account, "day": self.day}, (unchanged,))


def open_day(table: Table, account: str) -> OpenDay | None:
    """None when nothing of the account was ever counted."""
    item = table.get(keys.open_day(account))
    return OpenDay(account, item["day"]) if item else None


def first_day(table: Table, account: str) -> str:
    """The first day that was counted; empty when none was."""
    prefix = keys.figures(account, "").sk
    page = table.list_partition(keys.figures_partition(account), prefix=prefix, limit=1)
    return str(page.items[0]["day"]) if page.items else ""


def find(table: Table, account: str, day: str) -> Figures | None:
    item = table.get(keys.figures(account, day))
    return Figures.from_item(item) if item else None


def list_days(table: Table, account: str, *, first: str, last: str) -> Iterator[Figures]:
    """The days that were counted, from first to last."""
    for item in all_items(table, keys.figures_partition(account), since=keys.figures(account, first).sk):
        if item["sk"] > keys.figures(account, last).sk:
            return
        yield Figures.from_item(item)


def list_tallies(table: Table, account: str, day: str) -> Iterator[Tally]:
    return map(Tally.from_item, all_items(table, keys.tally_partition(account, day)))


def _plain(counts: Counts) -> dict[str, dict[str, int]]:
    """Dicts, as the table writes them."""
    return {group: dict(names) for group, names in counts.items()}
