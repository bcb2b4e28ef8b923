"""Values as DynamoDB's wire writes them, for the types that an item of this table may hold, and no others.

boto3's own translation goes through Decimal and looks for sets; it took a fifth of a callback's CPU.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib.store.table import Item

Typed: TypeAlias = dict[str, Any]
"""One value with its type: ``{"S": "text"}``."""


def serialize(value: object) -> Typed:
    """Raises TypeError for what the table does not hold: fractions, sets, and classes of one's own."""
    write = _WRITERS.get(type(value))
    if write is None:
        raise TypeError(f"the table holds no {type(value).__name__}")
    return write(value)


def deserialize(typed: Mapping[str, Any]) -> Any:
    """Raises KeyError for a type that the table does not hold, ValueError for a fraction."""
    ((name, value),) = typed.items()
    return _READERS[name](value)


def to_dynamo(item: Item) -> Typed:
    """Raises TypeError like `serialize`."""
    return {name: serialize(value) for name, value in item.items()}


def from_dynamo(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: deserialize(value) for name, value in item.items()}


def _same(value: Any) -> Any:
    return value


def _write_list(values: Any) -> Typed:
    return {"L": [serialize(value) for value in values]}


_WRITERS: dict[type, Callable[[Any], Typed]] = {
    str: lambda text: {"S": text},
    int: lambda number: {"N": str(number)},
    bool: lambda yes: {"BOOL": yes},
    bytes: lambda data: {"B": data},
    type(None): lambda _nothing: {"NULL": True},
    list: _write_list,
    tuple: _write_list,
    dict: lambda values: {"M": to_dynamo(values)},
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "S": _same,
    "N": int,
    "BOOL": _same,
    "B": _same,
    "NULL": lambda _yes: None,
    "L": lambda values: [deserialize(value) for value in values],
    "M": from_dynamo,
}
