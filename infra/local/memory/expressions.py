"""The expressions of one request, read and checked against its names and values."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from infra.local.memory.condition_grammar import read_condition
from infra.local.memory.conditions import Condition
from infra.local.memory.errors import Invalid
from infra.local.memory.limits import checked_value
from infra.local.memory.tokens import Demand, Tokens
from infra.local.memory.update_grammar import read_update
from infra.local.memory.updates import Update
from infra.local.memory.values import Typed, Values, kind_of

KEY = ("pk", "sk")
UPSERT = Update(())


@dataclass(frozen=True, slots=True)
class Expressions:
    """What a request says beside its key and item."""

    condition: Condition | None
    key_condition: Condition | None
    update: Update
    values: Values

    def hold(self, item: Typed | None) -> bool:
        """Whether the condition holds for the item that stands there, or for its absence."""
        return self.condition is None or self.condition.holds(item or {}, self.values)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a request, which are few and come again and again, and its names."""

    condition: str | None
    key_condition: str | None
    update: str | None
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Read:
    condition: Condition | None
    key_condition: Condition | None
    update: Update
    placeholders: frozenset[str]
    demands: tuple[Demand, ...]


def expressions(request: Mapping[str, Any]) -> Expressions:
    """Read them. Raises Invalid, also when a name or a value is missing or left over."""
    names: Mapping[str, str] = request.get("ExpressionAttributeNames", {})
    given: Values = request.get("ExpressionAttributeValues", {})
    texts = Texts(
        request.get("ConditionExpression"),
        request.get("KeyConditionExpression"),
        request.get("UpdateExpression"),
        tuple(names.items()),
    )
    read = _read(texts)
    if read.placeholders != names.keys() | given.keys():
        raise _mismatch(read.placeholders, names.keys() | given.keys())
    values = {placeholder: checked_value(value)[0] for placeholder, value in given.items()}
    for operator, placeholder, kinds in read.demands:
        if kind_of(values[placeholder]) not in kinds:
            raise Invalid(
                f"Incorrect operand type for operator or function; operator or function: {operator}, "
                f"operand type: {kind_of(values[placeholder])}"
            )
    return Expressions(read.condition, read.key_condition, read.update, values)


@lru_cache(maxsize=4096)
def _read(texts: Texts) -> Read:
    names = dict(texts.names)
    every: list[Tokens] = []

    def tokens(text: str) -> Tokens:
        every.append(Tokens(text, names))
        return every[-1]

    condition = None if texts.condition is None else read_condition(tokens(texts.condition))
    key_condition = None if texts.key_condition is None else read_condition(tokens(texts.key_condition))
    update = UPSERT if texts.update is None else read_update(tokens(texts.update))
    _check_update(update)
    used = frozenset(placeholder for one in every for placeholder in one.used)
    return Read(condition, key_condition, update, used, tuple(demand for one in every for demand in one.demands))


def _check_update(update: Update) -> None:
    paths = update.paths()
    for name in KEY:
        if name in paths:
            raise Invalid(f"Cannot update attribute {name}. This attribute is part of the key")
    if len(set(paths)) < len(paths):
        raise Invalid("Two document paths overlap with each other; must remove or rewrite one of these paths")


def _mismatch(used: frozenset[str], given: set[str]) -> Invalid:
    undefined, unused = sorted(used - given), sorted(given - used)
    if undefined:
        return Invalid(f"An expression attribute value is not defined; attribute value: {undefined[0]}")
    what = "ExpressionAttributeNames" if unused[0].startswith("#") else "ExpressionAttributeValues"
    return Invalid(f"Value provided in {what} unused in expressions: keys: {{{', '.join(unused)}}}")
