"""Random keys, values and items, as DynamoDB writes them, for the in-memory table and moto alike."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Typed = dict[str, dict[str, Any]]
Draw = st.DrawFn

PARTITIONS = ("P#1", "P#2")
SORTS = ("A", "A#1", "A#2", "B", "会员", "é")
TEXTS = st.sampled_from(("", "a", "ab", "b", "é", "会员", "\U0001f600", "\uffff", "10", "9"))
NUMBERS = st.one_of(st.integers(-20, 20), st.integers(-(10**15), 10**15)).map(str)
SCALARS = st.one_of(
    TEXTS.map(lambda text: {"S": text}),
    NUMBERS.map(lambda number: {"N": number}),
    st.booleans().map(lambda yes: {"BOOL": yes}),
    st.just({"NULL": True}),
    st.binary(max_size=3).map(lambda data: {"B": data}),
)
VALUES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda listed: {"L": listed}),
        st.dictionaries(st.sampled_from(("x", "y")), inner, max_size=2).map(lambda mapped: {"M": mapped}),
    ),
    max_leaves=5,
)
NOT_NULL = VALUES.filter(lambda value: "NULL" not in value)
ORDERED: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "n": NUMBERS.map(lambda number: {"N": number}),
    "s": TEXTS.map(lambda text: {"S": text}),
}
"""Fields that always hold the same type, so that they can be ordered and added to."""
LOOSE = ("anything", "status")
"""Fields that hold what comes."""
FIELDS = (*ORDERED, *LOOSE)
INDEX = "by_due"
INDEX_PARTITIONS = ("DUE#1", "DUE#2")
INDEX_SORTS = ("2026#a", "2026#b", "2027#a")

PLACES = {"pk": PARTITIONS, "sk": SORTS, "due_pk": INDEX_PARTITIONS, "due_sk": INDEX_SORTS}


@st.composite
def keys(draw: Draw) -> Typed:
    return {"pk": {"S": draw(st.sampled_from(PARTITIONS))}, "sk": {"S": draw(st.sampled_from(SORTS))}}


@st.composite
def items(draw: Draw) -> Typed:
    item = draw(keys())
    for name in draw(st.lists(st.sampled_from(FIELDS), unique=True)):
        item[name] = draw(ORDERED.get(name, VALUES))
    if draw(st.booleans()):
        item["due_pk"] = {"S": draw(st.sampled_from(INDEX_PARTITIONS))}
        item["due_sk"] = {"S": draw(st.sampled_from(INDEX_SORTS))}
    return item
