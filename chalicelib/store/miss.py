"""A miss: what followers asked and the FAQ could not answer, grouped by what they wrote. It names nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from chalicelib.clock import epoch, shanghai_day
from chalicelib.store import keys
from chalicelib.store.table import Add, Equals, Item, Patch, Table, all_items

SCHEMA = 1
LIFE = timedelta(days=90)
"""Since it was asked last."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A question without answer. `nearest` has the entries that came closest when it was asked last."""

    account: str
    key: str
    text: str = field(repr=False)
    """As it was compared: normalised, shortened, without numbers and names that could be somebody's."""
    count: int
    first_day: str
    last_day: str
    confidence: int
    """Of the nearest entry, in percent."""
    nearest: tuple[str, ...] = ()
    learned: str = ""
    """The entry that an operator has given it to."""
    learned_day: str = ""

    @property
    def is_settled(self) -> bool:
        """An operator has taken care of it, and nobody has asked in vain since."""
        return bool(self.learned) and self.last_day <= self.learned_day

    def once_more(self, at: datetime) -> Add:
        """Counted once more; where it is new, this is how it begins."""
        values = {
            "v": SCHEMA,
            "account": self.account,
            "key": self.key,
            "text": self.text,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "confidence": self.confidence,
            "nearest": list(self.nearest),
            "expires_at": epoch(at + LIFE),
        }
        return Add(keys.miss(self.account, self.key), "count", 1, values=values)

    def learnt(self, entry_id: str, at: datetime) -> Patch:
        return Patch(
            keys.miss(self.account, self.key),
            {"learned": entry_id, "learned_day": shanghai_day(at)},
            (Equals("key", self.key),),
        )

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            item["key"],
            item["text"],
            item["count"],
            item["first_day"],
            item["last_day"],
            item["confidence"],
            tuple(item["nearest"]),
            item.get("learned", ""),
            item.get("learned_day", ""),
        )


def find(table: Table, account: str, key: str) -> Miss | None:
    item = table.get(keys.miss(account, key))
    return Miss.from_item(item) if item else None


def list_misses(table: Table, account: str) -> Iterator[Miss]:
    """All of the account, in no order that means anything."""
    return map(Miss.from_item, all_items(table, keys.release_partition(account), prefix=keys.MISS))
