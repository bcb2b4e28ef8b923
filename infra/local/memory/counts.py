"""How often the table was asked, and what AWS would have charged."""

import math
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """Grows with every call; `clear` starts anew."""

    calls: Counter[str] = field(default_factory=Counter)
    """Round trips, by operation."""
    items_read: int = 0
    items_written: int = 0
    read_units: float = 0.0
    write_units: float = 0.0

    @property
    def round_trips(self) -> int:
        return self.calls.total()

    def read(self, size: int, *, consistent: bool, items: int = 1) -> None:
        """Bytes that one item has, or that a query read."""
        self.items_read += items
        self.read_units += max(1, math.ceil(size / 4096)) * (1.0 if consistent else 0.5)

    def wrote(self, size: int, *, index_entries: int = 0, transactional: bool = False, items: int = 1) -> None:
        """The larger of the item before and after; an entry of a keys-only index is a unit. A refused write costs
        as much, so it counts with no items."""
        self.items_written += items
        self.write_units += max(1, math.ceil(size / 1024)) * (2 if transactional else 1) + index_entries

    def clear(self) -> None:
        self.calls.clear()
        self.items_read = self.items_written = 0
        self.read_units = self.write_units = 0.0
