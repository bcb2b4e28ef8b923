"""How an account's pushes of the last day were received, by hour and kind: what the watch goes on from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, Self

from chalicelib.clock import iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.table import Absent, Equals, Item, Put, Table

SCHEMA = 1


class Reception(NamedTuple):
    """How pushes were received."""

    sent: int = 0
    reported: int = 0
    """Of how many WeChat has told the end."""
    blocked: int = 0
    """Undelivered because the follower has blocked notices."""
    failed: int = 0
    """Undelivered for another reason."""
    unfollowed: int = 0
    """Followers who left within a day of their last push."""

    def plus(self, other: "Reception") -> "Reception":
        return Reception(*(one + more for one, more in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that the journal holds before `read_until` is in; what is older than a day is out again."""

    account: str
    read_until: datetime
    hours: Mapping[str, Mapping[str, Reception]] = field(default_factory=dict)
    """By hour (UTC, ``2026-03-04T02``) and kind."""
    anew: Mapping[str, datetime] = field(default_factory=dict)
    """Since when a kind is counted that was paused: what followed from earlier pushes is not held against it."""
    canaries_out: Mapping[str, datetime] = field(default_factory=dict)
    """Since when a kind's canary batch of today is known to be out."""
    quotas_at: datetime | None = None
    """When WeChat was last asked for the quotas."""
    version: int = 0

    def put(self) -> Put:
        """Write it, if it is still as it was read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.watch(self.account), replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "read_until": iso(self.read_until),
            "hours": {hour: {kind: list(seen) for kind, seen in kinds.items()} for hour, kinds in self.hours.items()},
            "anew": {kind: iso(at) for kind, at in self.anew.items()},
            "canaries_out": {kind: iso(at) for kind, at in self.canaries_out.items()},
            "quotas_at": iso(self.quotas_at) if self.quotas_at else None,
            "version": self.version,
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            parse_iso(item["read_until"]),
            {hour: {kind: Reception(*seen) for kind, seen in kinds.items()} for hour, kinds in item["hours"].items()},
            {kind: parse_iso(at) for kind, at in item["anew"].items()},
            {kind: parse_iso(at) for kind, at in item["canaries_out"].items()},
            parse_iso(item["quotas_at"]) if item["quotas_at"] else None,
            item["version"],
        )


def find(table: Table, account: str) -> Watch | None:
    """None when the account was never watched."""
    item = table.get(keys.watch(account))
    return Watch.from_item(item) if item else None
