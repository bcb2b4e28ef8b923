"""What the rest of the system may ask of the table, in words of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from chalicelib.errors import Conflict
from chalicelib.store.keys import Key

Item: TypeAlias = Mapping[str, Any]
"""One item as JSON-like values: str, int, bool, None, bytes, lists and maps of them."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Only if no item has the key."""


@dataclass(frozen=True, slots=True)
class Equals:
    """Only if the item exists and its field has the value."""

    field: str
    value: str | int


@dataclass(frozen=True, slots=True)
class AtMost:
    """Only if the item exists and its field is at most the value (text or number)."""

    field: str
    value: str | int


Condition: TypeAlias = Absent | Equals | AtMost


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole item. All conditions in `when` must hold."""

    key: Key
    item: Item
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the item. Without `when` a missing item is fine."""

    key: Key
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """Set some fields of an existing item and remove others."""

    key: Key
    values: Item
    when: tuple[Condition, ...]
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but let the others be written only if this holds."""

    key: Key
    when: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Add:
    """Add to a number of an item, both from nothing if need be, only if it is at most `most` afterwards.

    Whose answer was lost adds again: the number may be too high then, never too low.
    """

    key: Key
    number: str
    amount: int
    most: int | None = None
    values: Item = field(default_factory=dict)
    """Other fields that are set with it."""

    @property
    def when(self) -> tuple[Condition, ...]:
        """What must hold before, where the field exists."""
        return () if self.most is None else (AtMost(self.number, self.most - self.amount),)


Change: TypeAlias = Put | Delete | Patch | Check | Add


class Lost(Conflict):
    """A condition did not hold; nothing was written. `stood` has what stands at each key that objected."""

    def __init__(self, stood: Mapping[Key, Item | None]) -> None:
        super().__init__("a condition did not hold")
        self.stood = stood


@dataclass(frozen=True, slots=True)
class Page:
    """Some items of a query; `after` continues it, None at the end."""

    items: tuple[Item, ...] = field(default=())
    after: Mapping[str, Any] | None = None


class Table(Protocol):
    """Strongly consistent but for `list_index`. Every method raises Unavailable when time runs out."""

    def get(self, key: Key) -> Item | None:
        """The item, or None when there is none."""
        ...

    def get_many(self, keys: Iterable[Key]) -> Mapping[Key, Item]:
        """The items that exist, in one round trip (at most 100 keys)."""
        ...

    def write(self, changes: Sequence[Change]) -> None:
        """All or nothing, at most 100 changes. Raises Lost when a condition did not hold."""
        ...

    def write_at_most_once(self, change: Change) -> None:
        """Without a second try: for what must not be done twice. Raises Lost, and Unavailable when it is not known
        whether it was done."""
        ...

    def list_partition(
        self,
        pk: str,
        *,
        prefix: str = "",
        since: str = "",
        limit: int = 1000,
        after: Mapping[str, Any] | None = None,
    ) -> Page:
        """Items of a partition in the order of their sort keys: all, those with a prefix, or those from `since` on."""
        ...

    def list_index(
        self,
        index: str,
        pk: str,
        *,
        until: str | None = None,
        since: str = "",
        limit: int = 1000,
        after: Mapping[str, Any] | None = None,
    ) -> Page:
        """Keys of a sparse index: all, those up to and including sort keys that start with `until`, or those from
        `since` on. Eventually consistent: read the item again before acting."""
        ...


def all_keys(table: Table, index: str, pk: str) -> Iterator[Item]:
    """Every key of a partition of an index, page by page. Eventually consistent."""
    after: Mapping[str, Any] | None = None
    while True:
        page = table.list_index(index, pk, after=after)
        yield from page.items
        after = page.after
        if after is None:
            return


def all_items(table: Table, pk: str, *, prefix: str = "", since: str = "") -> Iterator[Item]:
    """Every item of a partition, or those with the prefix or from `since` on, page by page."""
    after: Mapping[str, Any] | None = None
    while True:
        page = table.list_partition(pk, prefix=prefix, since=since, after=after)
        yield from page.items
        after = page.after
        if after is None:
            return
