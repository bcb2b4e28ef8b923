"""Where the items lie: packed, so that a million fit, and read out as fresh copies that no caller shares."""

import marshal
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from infra.local.memory.expiry import Expiry, expires_at
from infra.local.memory.indexes import Index, indexes
from infra.local.memory.ordered import Ordered
from infra.local.memory.values import Typed

Stored = tuple[Typed, int]
"""An item and its bytes as DynamoDB counts them."""


class Storage:
    """The table's items and indexes. Knows no rules; its callers hold the lock."""

    def __init__(
        self,
        index_keys: Mapping[str, tuple[str, str]],
        *,
        now: Callable[[], datetime],
        index_lag: timedelta,
        ttl_lag: timedelta,
    ) -> None:
        self.indexes: dict[str, Index] = indexes(index_keys, now=now, lag=index_lag)
        self._expiry = Expiry(lag=ttl_lag)
        self._now = now
        self._partitions: dict[str, Ordered[str, bytes]] = {}
        self.count = 0

    def get(self, pk: str, sk: str) -> Stored | None:
        partition = self._partitions.get(pk)
        packed = partition.get(sk) if partition else None
        return unpacked(packed) if packed else None

    def put(self, old: Typed | None, new: Typed, size: int) -> int:
        """Write an item. Returns how many index entries that changed."""
        pk, sk = new["pk"]["S"], new["sk"]["S"]
        self.count += old is None
        self._partitions.setdefault(pk, Ordered()).put(sk, marshal.dumps((new, size)))
        self._expiry.watch(new)
        return self._follow(old, new)

    def remove(self, old: Typed) -> int:
        """Remove an item that stands there. Returns how many index entries that changed."""
        pk, sk = old["pk"]["S"], old["sk"]["S"]
        self.count -= 1
        partition = self._partitions[pk]
        partition.remove(sk)
        if not partition:
            del self._partitions[pk]
        return self._follow(old, None)

    def partition(self, pk: str) -> Ordered[str, bytes]:
        return self._partitions.get(pk) or Ordered()

    def items(self) -> Iterator[Typed]:
        """All of them, in no order."""
        for partition in tuple(self._partitions.values()):
            for packed in partition.values():
                yield unpacked(packed)[0]

    def expire(self) -> None:
        """Delete what is due."""
        for pk, sk, at in self._expiry.due(self._now()):
            stood = self.get(pk, sk)
            if stood and expires_at(stood[0]) == at:
                self.remove(stood[0])

    def _follow(self, old: Typed | None, new: Typed | None) -> int:
        return sum(index.change(old, new) for index in self.indexes.values())


def unpacked(packed: bytes) -> Stored:
    stored: Stored = marshal.loads(packed)  # noqa: S302  what this process packed itself
    return stored
