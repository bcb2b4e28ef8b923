"""Transactions on moto: it copies the whole table once for each item of one; here only what it names is kept."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

Asked = Sequence[Mapping[str, Mapping[str, Any]]]
"""As TransactWriteItems takes them: the kind of a write, and the write."""


class _Kept(NamedTuple):
    """An item as it stood before; None when there was none."""

    table: Table
    pk: DynamoType
    sk: DynamoType
    item: Item | None

    def put_back(self) -> None:
        if self.item is None:
            self.table.items[self.pk].pop(self.sk, None)
        else:
            self.table.items[self.pk][self.sk] = self.item


def keep_what_is_named() -> None:
    """Have a transaction cost what it names, however large the table (one with a sort key). Safe to call again."""
    whole = DynamoDBBackend.transact_write_items
    if getattr(whole, "keeps_what_is_named", False):
        return

    def transact_write_items(backend: DynamoDBBackend, transact_items: Asked) -> None:
        kept = list(_kept(backend, transact_items))
        try:
            whole(backend, transact_items)  # type: ignore[arg-type] # moto changes none of them
        except Exception:
            for one in kept:
                one.put_back()
            raise

    setattr(transact_write_items, "keeps_what_is_named", True)  # noqa: B010 - a mark on a function
    setattr(DynamoDBBackend, "transact_write_items", transact_write_items)  # noqa: B010
    setattr(Table, "__deepcopy__", lambda table, _memo: table)  # noqa: B010 - the copy that moto puts back


def _kept(backend: DynamoDBBackend, asked: Asked) -> Iterator[_Kept]:
    for write in (write for one in asked for write in one.values()):
        table, key = backend.tables.get(write["TableName"]), write.get("Key") or write["Item"]
        if table is not None and table.range_key_attr is not None:
            pk, sk = DynamoType(key[table.hash_key_attr]), DynamoType(key[table.range_key_attr])
            yield _Kept(table, pk, sk, deepcopy(table.get_item(pk, sk)))
