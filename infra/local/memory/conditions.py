"""Conditions as trees that can be asked whether an item meets them."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from infra.local.memory.values import Typed, Value, Values, comparable, kind_of

ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Condition(Protocol):
    def holds(self, item: Typed, values: Values) -> bool:
        """Whether the item meets it; a missing item is an empty one."""
        ...


@dataclass(frozen=True, slots=True)
class Path:
    """An attribute of the item."""

    name: str

    def of(self, item: Typed, _: Values) -> Value | None:
        return item.get(self.name)


@dataclass(frozen=True, slots=True)
class Given:
    """A value of the request, by its placeholder."""

    placeholder: str

    def of(self, _: Typed, values: Values) -> Value | None:
        return values[self.placeholder]


Operand: TypeAlias = Path | Given


@dataclass(frozen=True, slots=True)
class Equal:
    left: Operand
    right: Operand

    def holds(self, item: Typed, values: Values) -> bool:
        left = self.left.of(item, values)
        return left is not None and left == self.right.of(item, values)


@dataclass(frozen=True, slots=True)
class Ordered:
    """Only values of the same type have an order; anything else does not hold."""

    left: Operand
    sign: str
    right: Operand

    def holds(self, item: Typed, values: Values) -> bool:
        left, right = self.left.of(item, values), self.right.of(item, values)
        if left is None or right is None or left.keys() != right.keys():
            return False
        return kind_of(left) in ("S", "N", "B") and ORDERS[self.sign](comparable(left), comparable(right))


@dataclass(frozen=True, slots=True)
class BeginsWith:
    operand: Operand
    prefix: Operand

    def holds(self, item: Typed, values: Values) -> bool:
        found, prefix = self.operand.of(item, values) or {}, self.prefix.of(item, values) or {}
        return any(kind in found and kind in prefix and found[kind].startswith(prefix[kind]) for kind in ("S", "B"))


@dataclass(frozen=True, slots=True)
class Exists:
    path: Path

    def holds(self, item: Typed, _: Values) -> bool:
        return self.path.name in item


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition

    def holds(self, item: Typed, values: Values) -> bool:
        return not self.condition.holds(item, values)


@dataclass(frozen=True, slots=True)
class Both:
    left: Condition
    right: Condition

    def holds(self, item: Typed, values: Values) -> bool:
        return self.left.holds(item, values) and self.right.holds(item, values)


@dataclass(frozen=True, slots=True)
class Either:
    left: Condition
    right: Condition

    def holds(self, item: Typed, values: Values) -> bool:
        return self.left.holds(item, values) or self.right.holds(item, values)
