"""Global secondary indexes: sparse, keys only, and late."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.local.memory.limits import KEY_BYTES, check_key_value
from infra.local.memory.ordered import Ordered
from infra.local.memory.values import Typed

Place = tuple[str, str, str]
"""Sort key in the index, then the item's own key: unique, and the order in which a query gives them."""
Entries = Ordered[Place, None]


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an item stands in an index."""

    partition: str
    place: Place


class Index:
    """Shows what was true `lag` ago."""

    def __init__(self, names: tuple[str, str], *, now: Callable[[], datetime], lag: timedelta) -> None:
        self.names = names
        """The attributes that hold its partition and its sort key."""
        self.lag = lag
        self._now = now
        self._partitions: dict[str, Entries] = {}
        self._coming: deque[tuple[datetime, Entry | None, Entry | None]] = deque()

    def check(self, item: Typed) -> None:
        """Raises Invalid for an index key that is no text, empty, or too long."""
        for name, most_bytes in zip(self.names, KEY_BYTES.values(), strict=True):
            if name in item:
                check_key_value(name, item[name], most_bytes)

    def entry(self, item: Typed | None) -> Entry | None:
        """None for an item that lacks one of the index's attributes."""
        partition, sort = self.names
        if item is None or partition not in item or sort not in item:
            return None
        return Entry(item[partition]["S"], (item[sort]["S"], item["pk"]["S"], item["sk"]["S"]))

    def change(self, old: Typed | None, new: Typed | None) -> int:
        """Follow a write of the table. Returns how many entries had to be written."""
        before, after = self.entry(old), self.entry(new)
        if before == after:
            return 0
        self._catch_up()
        if self.lag or self._coming:
            self._coming.append((self._visible_at(), before, after))
        else:
            self._apply(before, after)
        return (before is not None) + (after is not None)

    def partition(self, partition: str) -> Entries:
        """What the index shows now."""
        self._catch_up()
        return self._partitions.get(partition) or Ordered()

    def first(self, partition: str) -> str | None:
        """The lowest sort key of a partition."""
        entries = self.partition(partition).walk(lambda order: (0, len(order)), forward=True, after=None)
        return next((place[0] for place, _ in entries), None)

    def item(self, partition: str, place: Place) -> Typed:
        """An entry as a query shows it: keys only."""
        sort, pk, sk = place
        return {
            "pk": {"S": pk},
            "sk": {"S": sk},
            self.names[0]: {"S": partition},
            self.names[1]: {"S": sort},
        }

    def _visible_at(self) -> datetime:
        """When a change of now shows: never before an earlier one."""
        at = self._now() + self.lag
        return max(at, self._coming[-1][0]) if self._coming else at

    def _catch_up(self) -> None:
        while self._coming and self._coming[0][0] <= self._now():
            _, before, after = self._coming.popleft()
            self._apply(before, after)

    def _apply(self, before: Entry | None, after: Entry | None) -> None:
        if before:
            entries = self._partitions[before.partition]
            entries.remove(before.place)
            if not entries:
                del self._partitions[before.partition]
        if after:
            self._partitions.setdefault(after.partition, Ordered()).put(after.place, None)


def indexes(names: Mapping[str, tuple[str, str]], *, now: Callable[[], datetime], lag: timedelta) -> dict[str, Index]:
    return {index: Index(attributes, now=now, lag=lag) for index, attributes in names.items()}
