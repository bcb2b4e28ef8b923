"""What may still be called today, by account, day and API. Its counter is the only one that is incremented."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from chalicelib.clock import day_start, epoch, iso, parse_iso, shanghai_day
from chalicelib.store import keys
from chalicelib.store.keys import Key
from chalicelib.store.table import Add, Item, Table, all_items

SCHEMA = 1
LIFE = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Quota:
    """`limit` is what WeChat told by `quota/get`, 0 while it has not: then the published default holds."""

    account: str
    day: str
    """In Asia/Shanghai."""
    api: str
    used: int = 0
    limit: int = 0
    closed: bool = False
    """WeChat said that the day's quota is spent (45009)."""
    slow_until: datetime | None = None
    """WeChat said too many in a minute (45011, or a notice undelivered by a limit of frequency)."""

    @property
    def key(self) -> Key:
        return keys.quota(self.account, self.day, self.api)

    def take(self, amount: int, *, most: int) -> Add:
        """Use some of it, if no more than `most` are used by then."""
        return Add(self.key, "used", amount, most, self._base())

    def give_back(self, amount: int) -> Add:
        return Add(self.key, "used", -amount, None, self._base())

    def close(self) -> Add:
        return Add(self.key, "used", 0, None, self._base() | {"closed": True})

    def slow(self, until: datetime) -> Add:
        return Add(self.key, "used", 0, None, self._base() | {"slow_until": iso(until)})

    def learn(self, limit: int, *, used: int) -> Add:
        """What WeChat tells of the day so far. Ours is never lowered: it counts the calls that are under way too."""
        told = {"limit": limit, "closed": used >= limit}
        return Add(self.key, "used", max(0, used - self.used), None, self._base() | told)

    def _base(self) -> dict[str, Any]:
        life = epoch(day_start(self.day) + LIFE)
        return {"v": SCHEMA, "account": self.account, "day": self.day, "api": self.api, "expires_at": life}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        slow = item.get("slow_until")
        return cls(
            item["account"],
            item["day"],
            item["api"],
            item["used"],
            item.get("limit", 0),
            item.get("closed", False),
            parse_iso(slow) if slow else None,
        )


def find(table: Table, account: str, api: str, *, now: datetime) -> Quota:
    """Today's; one that nobody has used yet is whole."""
    day = shanghai_day(now)
    item = table.get(keys.quota(account, day, api))
    return Quota.from_item(item) if item else Quota(account, day, api)


def list_day(table: Table, account: str, *, now: datetime) -> Iterator[Quota]:
    """What was used today, of each API."""
    return map(Quota.from_item, all_items(table, keys.quota_partition(account, shanghai_day(now))))
