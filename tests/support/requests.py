"""Random requests to DynamoDB, as boto3 takes them: for the in-memory table and moto alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.support.tables import TABLE

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


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the client."""

    method: str
    request: Mapping[str, Any]


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
            return f"{function}({draw(st.sampled_from(('pk', words.name(draw(st.sampled_from(FIELDS))))))})"
        case "begins":
            return f"begins_with({words.name('s')}, {words.value({'S': draw(TEXTS)})})"
        case "between":
            low, high = sorted((draw(st.integers(-9, 9)), draw(st.integers(-9, 9))))
            return f"#n BETWEEN {words.value({'N': str(low)})} AND {words.value({'N': str(high)})}" + _named(words, "n")
        case "both" | "either" as joined:
            left, right = draw(conditions(words, depth - 1)), draw(conditions(words, depth - 1))
            return f"({left}) {'AND' if joined == 'both' else 'OR'} ({right})"
        case _:
            return f"NOT ({draw(conditions(words, depth - 1))})"


def _named(words: Words, attribute: str) -> str:
    words.name(attribute)
    return ""


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


@st.composite
def writes(draw: Draw, *, may_fail: bool = False) -> tuple[str, dict[str, Any]]:
    """A Put, Update, Delete or ConditionCheck as a transaction takes it; the first three also stand alone."""
    kind = draw(st.sampled_from(("Put", "Update", "Delete", "ConditionCheck")))
    words = Words()
    request: dict[str, Any] = {"TableName": TABLE}
    request |= {"Item": draw(items())} if kind == "Put" else {"Key": draw(keys())}
    if kind == "Update":
        request["UpdateExpression"] = draw(updates(words, may_fail=may_fail))
    if kind == "ConditionCheck" or draw(st.booleans()):
        request["ConditionExpression"] = draw(conditions(words))
        if draw(st.booleans()):
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return kind, words.added_to(request)


@st.composite
def single_writes(draw: Draw) -> Call:
    kind, request = draw(writes(may_fail=True).filter(lambda write: write[0] != "ConditionCheck"))
    shown = ("NONE", "ALL_OLD", "ALL_NEW") if kind == "Update" else ("NONE", "ALL_OLD")
    method = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
    return Call(method, request | {"ReturnValues": draw(st.sampled_from(shown))})


def _target(write: tuple[str, Mapping[str, Any]]) -> tuple[str, str]:
    key = write[1].get("Item") or write[1]["Key"]
    return key["pk"]["S"], key["sk"]["S"]


@st.composite
def transactions(draw: Draw) -> Call:
    """Now and then with two actions on one item, which is refused."""
    distinct = draw(st.integers(0, 9)) > 0
    changes = draw(st.lists(writes(), min_size=1, max_size=4, unique_by=_target if distinct else lambda _: object()))
    return Call("transact_write_items", {"TransactItems": [{kind: request} for kind, request in changes]})


@st.composite
def reads(draw: Draw) -> Call:
    if draw(st.booleans()):
        return Call("get_item", {"TableName": TABLE, "Key": draw(keys()), "ConsistentRead": draw(st.booleans())})
    wanted = draw(st.lists(keys(), min_size=1, max_size=6, unique_by=lambda key: _target(("", {"Key": key}))))
    return Call("batch_get_item", {"RequestItems": {TABLE: {"Keys": wanted, "ConsistentRead": True}}})


@st.composite
def batch_writes(draw: Draw) -> Call:
    put = items().map(lambda item: {"PutRequest": {"Item": item}})
    delete = keys().map(lambda key: {"DeleteRequest": {"Key": key}})
    changes = draw(st.lists(st.one_of(put, delete), min_size=1, max_size=5, unique_by=_batched))
    return Call("batch_write_item", {"RequestItems": {TABLE: changes}})


def _batched(change: Mapping[str, Any]) -> tuple[str, str]:
    [request] = change.values()
    return _target(("", request))


@st.composite
def queries(draw: Draw) -> Call:
    """Of the table or of an index, perhaps from the middle on."""
    words = Words()
    request: dict[str, Any] = {"TableName": TABLE, "ScanIndexForward": draw(st.booleans())}
    if draw(st.booleans()):
        request["IndexName"] = INDEX
        partition, sort, start = "due_pk", "due_sk", draw(index_places())
    else:
        partition, sort, start = "pk", "sk", draw(keys())
    place = draw(st.sampled_from(PLACES[partition]))
    request["KeyConditionExpression"] = f"{partition} = {words.value({'S': place})}" + _sort_condition(
        draw, words, sort
    )
    if draw(st.booleans()):
        request["Limit"] = draw(st.integers(1, 4))
    if draw(st.integers(0, 3)) == 0:
        request["ExclusiveStartKey"] = start | {partition: {"S": place}}
    return Call("query", words.added_to(request))


@st.composite
def index_places(draw: Draw) -> Typed:
    return draw(keys()) | {"due_sk": {"S": draw(st.sampled_from(INDEX_SORTS))}}


def _sort_condition(draw: Draw, words: Words, sort: str) -> str:
    sorts = PLACES[sort]
    texts = st.sampled_from((*sorts, sorts[0][:1], sorts[-1][:1])).map(lambda text: {"S": text})
    match draw(st.sampled_from(("", "=", "<", "<=", ">", ">=", "begins", "between"))):
        case "":
            return ""
        case "begins":
            return f" AND begins_with({sort}, {words.value(draw(texts))})"
        case "between":
            low, high = sorted((draw(texts)["S"], draw(texts)["S"]))
            return f" AND {sort} BETWEEN {words.value({'S': low})} AND {words.value({'S': high})}"
        case sign:
            return f" AND {sort} {sign} {words.value(draw(texts))}"


CALLS = st.one_of(single_writes(), single_writes(), transactions(), reads(), batch_writes(), queries(), queries())
