"""Conditions and updates as DynamoDB expressions."""

from dataclasses import dataclass, field

from chalicelib.store.table import Absent, Add, Change, Check, Condition, Equals, Patch


@dataclass(slots=True)
class Expressions:
    """The texts of one request, with their placeholders."""

    condition: str = ""
    update: str = ""
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)

    def name(self, attribute: str) -> str:
        self.names[f"#{attribute}"] = attribute
        return f"#{attribute}"

    def value(self, value: object) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder


def expressions(change: Change) -> Expressions:
    """What the request for this change says beside its key and item."""
    written = Expressions()
    conditions = [_condition(written, condition) for condition in change.when]
    if isinstance(change, Patch):
        conditions.insert(0, "attribute_exists(pk)")
        written.update = _update(written, change)
    written.condition = " AND ".join(conditions)
    if isinstance(change, Add):
        _add(written, change)
    if isinstance(change, Check) and not conditions:
        raise ValueError("a check without a condition checks nothing")
    return written


def _add(written: Expressions, add: Add) -> None:
    """A number that does not exist yet is 0."""
    number = written.name(add.number)
    if add.most is not None and add.amount <= add.most:
        written.condition = f"attribute_not_exists({number}) OR {written.condition}"
    sets = ", ".join(f"{written.name(name)} = {written.value(value)}" for name, value in add.values.items())
    written.update = f"{f'SET {sets} ' if sets else ''}ADD {number} {written.value(add.amount)}"


def _condition(written: Expressions, condition: Condition) -> str:
    if isinstance(condition, Absent):
        return "attribute_not_exists(pk)"
    sign = "=" if isinstance(condition, Equals) else "<="
    return f"{written.name(condition.field)} {sign} {written.value(condition.value)}"


def _update(written: Expressions, patch: Patch) -> str:
    parts = []
    if patch.values:
        sets = (f"{written.name(name)} = {written.value(value)}" for name, value in patch.values.items())
        parts.append("SET " + ", ".join(sets))
    if patch.remove:
        parts.append("REMOVE " + ", ".join(written.name(name) for name in patch.remove))
    return " ".join(parts)
