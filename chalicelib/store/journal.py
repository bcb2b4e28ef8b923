"""The journal: one entry per commit. Reports and daily figures are derived from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Self

from chalicelib.clock import day_start, epoch, iso, parse_iso, shanghai_day
from chalicelib.store import keys
from chalicelib.store.table import Item, Put, Table, all_items

SCHEMA = 1
LIFE = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened, to which member number, with which outcome. Never an openid, never a text."""

    account: str
    entry_id: str
    """The receipt's or the job attempt's id: one commit, one entry."""
    at: datetime
    what: str
    """The kind of event or job, as in the routes table."""
    outcome: str
    member_no: str = ""
    details: Mapping[str, str | int] = field(default_factory=dict)

    def put(self) -> Put:
        return Put(keys.journal_entry(self.account, shanghai_day(self.at), iso(self.at), self.entry_id), self.to_item())

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "entry_id": self.entry_id,
            "at": iso(self.at),
            "what": self.what,
            "outcome": self.outcome,
            "member_no": self.member_no,
            "details": dict(self.details),
            "expires_at": epoch(self.at + LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            item["entry_id"],
            parse_iso(item["at"]),
            item["what"],
            item["outcome"],
            item["member_no"],
            item["details"],
        )


def list_shard(table: Table, account: str, day: str, shard: int, *, since: datetime) -> Iterator[Entry]:
    """The entries of one shard of a day from a time on, oldest first. Reads as far as it is followed."""
    items = all_items(table, keys.journal_partition(account, day, shard), since=iso(since))
    return map(Entry.from_item, items)


def list_day(table: Table, account: str, day: str) -> Iterator[Entry]:
    """Every entry of a day, shard by shard."""
    start = day_start(day)
    return chain.from_iterable(
        list_shard(table, account, day, shard, since=start) for shard in range(keys.JOURNAL_SHARDS)
    )
