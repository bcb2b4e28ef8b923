"""Random conditions and updates, clear of what moto gets wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.support.items import FIELDS, LOOSE, NOT_NULL, ORDERED, TEXTS, VALUES, Draw


@dataclass(slots=True)
class Words:
    """Placeholders of one request, as they are handed out."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def name(self, attribute: str) -> str:
        self.names[f"#{attribute}"] = attribute
        return f"#{attribute}"

    def value(self, value: Mapping[str, Any]) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    def added_to(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.names:
            request["ExpressionAttributeNames"] = self.names
        if self.values:
            request["ExpressionAttributeValues"] = self.values
        return request


@st.composite
def conditions(draw: Draw, words: Words, depth: int = 2) -> str:
    kinds = ["compare", "equal", "exists", "begins", "between"] + (["both", "either", "not"] if depth else [])
    match draw(st.sampled_from(kinds)):
        case "compare":
            sign = draw(st.sampled_from(("<", "<=", ">", ">=")))
            name = draw(st.sampled_from(sorted(ORDERED)))
            return f"{words.name(name)} {sign} {words.value(draw(ORDERED[name]))}"
        case "equal":
            sign = draw(st.sampled_from(("=", "<>")))
            return f"{words.name(draw(st.sampled_from(FIELDS)))} {sign} {words.value(draw(NOT_NULL))}"
        case "exists":
            function = draw(st.sampled_from(("attribute_exists", "attribute_not_exists")))
            attribute = draw(st.sampled_from(("pk", *FIELDS)))
            return f"{function}({attribute if attribute == 'pk' else words.name(attribute)})"
        case "begins":
            return f"begins_with({words.name('s')}, {words.value({'S': draw(TEXTS)})})"
        case "between":
            low, high = sorted((draw(st.integers(-9, 9)), draw(st.integers(-9, 9))))
            bounds = f"{words.value({'N': str(low)})} AND {words.value({'N': str(high)})}"
            return f"{words.name('n')} BETWEEN {bounds}"
        case "both" | "either" as joined:
            left, right = draw(conditions(words, depth - 1)), draw(conditions(words, depth - 1))
            return f"({left}) {'AND' if joined == 'both' else 'OR'} ({right})"
        case _:
            return f"NOT ({draw(conditions(words, depth - 1))})"


@st.composite
def updates(draw: Draw, words: Words, *, may_fail: bool) -> str:
    """With `may_fail` also with fields that may be missing."""
    free = list(draw(st.permutations(FIELDS)))
    clauses = []
    sets = [_assignment(draw, words, free.pop(), may_fail=may_fail) for _ in range(draw(st.integers(0, 2)))]
    if sets:
        clauses.append("SET " + ", ".join(sets))
    if draw(st.booleans()):
        clauses.append(f"REMOVE {words.name(free.pop())}")
    if "n" in free and (draw(st.booleans()) or not clauses):
        clauses.append(f"ADD {words.name('n')} {words.value(draw(ORDERED['n']))}")
    return " ".join(clauses or [f"REMOVE {words.name(free.pop())}"])


def _assignment(draw: Draw, words: Words, attribute: str, *, may_fail: bool) -> str:
    name = words.name(attribute)
    kinds = ["value"] + ([] if attribute == "s" else ["default"]) + (["path", "sum"] if may_fail else [])
    match draw(st.sampled_from(kinds)):
        case "path" if attribute in LOOSE:
            return f"{name} = {words.name(draw(st.sampled_from(FIELDS)))}"
        case "sum" if attribute != "s":
            sign = draw(st.sampled_from("+-"))
            return f"{name} = {words.name('n')} {sign} {words.value(draw(ORDERED['n']))}"
        case "default":
            default = f"if_not_exists({words.name('n')}, {words.value({'N': '0'})})"
            return f"{name} = {default} + {words.value(draw(ORDERED['n']))}"
        case _:
            return f"{name} = {words.value(draw(ORDERED.get(attribute, VALUES)))}"
