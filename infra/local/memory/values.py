"""Items and values as DynamoDB writes them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]
"""One attribute value: ``{"S": "text"}``."""
Typed: TypeAlias = dict[str, Value]
"""An item or a key: ``{"pk": {"S": "M#demo"}, "version": {"N": "1"}}``."""
Values: TypeAlias = Mapping[str, Value]
"""The values of a request, by placeholder: ``{":v0": {"S": "text"}}``."""


def kind_of(value: Value) -> str:
    """The type's letters: S, N, B, BOOL, NULL, L, M."""
    return next(iter(value))


def comparable(value: Value) -> Any:
    """Numbers by value, bytes as they are, text by code points: the order of its UTF-8 bytes too."""
    [(kind, content)] = value.items()
    return Decimal(content) if kind == "N" else content
