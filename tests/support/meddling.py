"""A table on which others are faster, exactly when a test wants it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chalicelib.store.keys import Key
from chalicelib.store.table import Change, Item, Page, Table


class MeddledTable:
    """Implements `Table`. Before each write one of the `meddlers` has its turn, while there are any."""

    def __init__(self, table: Table, *meddlers: Callable[[], object]) -> None:
        self._table = table
        self.meddlers = list(meddlers)

    def get(self, key: Key) -> Item | None:
        return self._table.get(key)

    def get_many(self, keys: Iterable[Key]) -> Mapping[Key, Item]:
        return self._table.get_many(keys)

    def write(self, changes: Sequence[Change]) -> None:
        if self.meddlers:
            self.meddlers.pop(0)()
        self._table.write(changes)

    def write_at_most_once(self, change: Change) -> None:
        self._table.write_at_most_once(change)

    def list_partition(
        self,
        pk: str,
        *,
        prefix: str = "",
        since: str = "",
        limit: int = 1000,
        after: Mapping[str, Any] | None = None,
    ) -> Page:
        return self._table.list_partition(pk, prefix=prefix, since=since, limit=limit, after=after)

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
        return self._table.list_index(index, pk, until=until, since=since, limit=limit, after=after)
