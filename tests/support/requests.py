"""Random requests to DynamoDB, as boto3 takes them: for the in-memory table and moto alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.support.expressions import Words, conditions, updates
from tests.support.items import INDEX, INDEX_SORTS, PLACES, Draw, Typed, items, keys
from tests.support.tables import TABLE


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the client."""

    method: str
    request: Mapping[str, Any]


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
