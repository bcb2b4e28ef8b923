"""Queries on moto: it sorts the whole table for each; here only what is under the key that is asked for."""

from collections import defaultdict
from copy import copy
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

INDEX_NAME = 6
"""Its place among the arguments below the key."""


def look_below_the_key() -> None:
    """Have a query cost what it finds; in an index, a look at each item. Safe to call again. For tables with a sort
    key."""
    whole = Table.query
    if getattr(whole, "looks_below_the_key", False):
        return

    def query(table: Table, key: DynamoType | None, *others: Any, **named: Any) -> Any:
        return whole(_narrowed(table, key, others[INDEX_NAME]), key, *others, **named)

    setattr(query, "looks_below_the_key", True)  # noqa: B010 - a mark on a function
    setattr(Table, "query", query)  # noqa: B010 - moto is typed, its methods are not to be assigned


def _narrowed(table: Table, key: DynamoType | None, index_name: str | None) -> Table:
    """The table as if nothing else were in it."""
    found = _found(table, key, index_name) if key is not None and table.range_key_attr else None
    if found is None:
        return table
    narrow = copy(table)
    narrow.items = defaultdict(dict)
    for item in found:
        narrow.items[item.hash_key][item.range_key] = item
    return narrow


def _found(table: Table, key: DynamoType, index_name: str | None) -> list[Item] | None:
    """None where moto has something to say about the index."""
    if index_name is None:
        return list(table.items.get(key, {}).values())
    attribute = next(
        (index.schema[0]["AttributeName"] for index in table.all_indexes() if index.name == index_name), ""
    )
    if not attribute:
        return None
    items = (item for below in table.items.values() for item in below.values())
    return [item for item in items if attribute in item.attrs and item.attrs[attribute].value == key.value]
