"""Updates as lists of assignments that make a new item of the old one."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context
from typing import TypeAlias

from infra.local.memory.conditions import Given, Path
from infra.local.memory.errors import Invalid
from infra.local.memory.limits import DIGITS, plain_number
from infra.local.memory.values import Typed, Value, Values

NUMBERS = Context(prec=DIGITS + 2)
"""Wide enough that a sum of too many digits is noticed, not rounded."""


@dataclass(frozen=True, slots=True)
class IfNotExists:
    path: Path
    otherwise: Path | Given

    def of(self, item: Typed, values: Values) -> Value | None:
        return self.path.of(item, values) or self.otherwise.of(item, values)


Term: TypeAlias = Path | Given | IfNotExists


@dataclass(frozen=True, slots=True)
class Sum:
    """Two numbers, added or subtracted."""

    left: Term
    sign: str
    right: Term

    def of(self, item: Typed, values: Values) -> Value | None:
        left, right = self.left.of(item, values), self.right.of(item, values)
        return None if left is None or right is None else added(left, right, self.sign)


@dataclass(frozen=True, slots=True)
class Set:
    path: Path
    source: Term | Sum

    def apply(self, old: Typed, new: Typed, values: Values) -> None:
        value = self.source.of(old, values)
        if value is None:
            raise Invalid("The provided expression refers to an attribute that does not exist in the item")
        new[self.path.name] = value


@dataclass(frozen=True, slots=True)
class Remove:
    path: Path

    def apply(self, _: Typed, new: Typed, __: Values) -> None:
        new.pop(self.path.name, None)


@dataclass(frozen=True, slots=True)
class Add:
    """Add a number to an attribute that may be missing."""

    path: Path
    amount: Given

    def apply(self, old: Typed, new: Typed, values: Values) -> None:
        before = self.path.of(old, values) or {"N": "0"}
        new[self.path.name] = added(before, values[self.amount.placeholder], "+")


Action: TypeAlias = Set | Remove | Add


@dataclass(frozen=True, slots=True)
class Update:
    """All actions see the item as it was."""

    actions: tuple[Action, ...]

    def apply(self, old: Typed, values: Values) -> Typed:
        new = dict(old)
        for action in self.actions:
            action.apply(old, new, values)
        return new

    def paths(self) -> tuple[str, ...]:
        return tuple(action.path.name for action in self.actions)


def added(left: Value, right: Value, sign: str) -> Value:
    """Raises Invalid unless both are numbers."""
    if "N" not in left or "N" not in right:
        raise Invalid("An operand in the update expression has an incorrect data type")
    combine: Callable[..., object] = NUMBERS.add if sign == "+" else NUMBERS.subtract
    return {"N": plain_number(str(combine(NUMBERS.create_decimal(left["N"]), NUMBERS.create_decimal(right["N"]))))}
