"""What waits in the index of due items, whole."""

from collections.abc import Iterator
from typing import Any

from chalicelib.store import keys
from chalicelib.store.table import Table


def names_in(table: Table, shard: str) -> Iterator[str]:
    """Names in one shard, or those of the dead, oldest first."""
    after: Any = None
    while True:
        page = table.list_index(keys.BY_DUE, shard, after=after)
        yield from (keys.due_name(item["due_sk"]) for item in page.items)
        after = page.after
        if after is None:
            return


def dead_names(table: Table, account: str) -> list[str]:
    """What was given up for an account, oldest first: pushes (``P#…``) and jobs (``J#…``)."""
    return [name for name in names_in(table, keys.DEAD) if name.split("#")[1] == account]
