"""A mapping that can be walked in the order of its keys; the order is made when someone first asks for it."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", str, tuple[str, str, str])
V = TypeVar("V")


class Ordered(Generic[K, V]):
    """Millions of these are small: most partitions hold one item and are never walked."""

    __slots__ = ("_order", "_values")

    def __init__(self) -> None:
        self._values: dict[K, V] = {}
        self._order: list[K] | None = None

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        return self._values.get(key)

    def values(self) -> tuple[V, ...]:
        """In no order."""
        return tuple(self._values.values())

    def put(self, key: K, value: V) -> None:
        if self._order is not None and key not in self._values:
            insort(self._order, key)
        self._values[key] = value

    def remove(self, key: K) -> None:
        """Remove what is there."""
        del self._values[key]
        if self._order is not None:
            del self._order[bisect_left(self._order, key)]

    def walk(self, bounds: "Bounds[K]", *, forward: bool, after: K | None) -> Iterator[tuple[K, V]]:
        """Entries within the bounds, from either end, after a key that need not exist any more."""
        if self._order is None:
            self._order = sorted(self._values)
        start, stop = bounds(self._order)
        if after is not None and forward:
            start = max(start, bisect_right(self._order, after))
        elif after is not None:
            stop = min(stop, bisect_left(self._order, after))
        places = range(start, stop) if forward else range(stop - 1, start - 1, -1)
        for place in places:
            key = self._order[place]
            yield key, self._values[key]


Bounds = Callable[[list[K]], tuple[int, int]]
"""Where in the sorted keys the wanted ones start and stop."""
