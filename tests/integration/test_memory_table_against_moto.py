"""The in-memory table and moto give the same answers, so the one that everything else is tested on cannot lie."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.keys import INDEX_KEYS, Key
from chalicelib.store.table import Change, Item, Lost
from infra.local.memory.dynamo import MemoryDynamo
from tests.support.changes import WRITES, A, B, C
from tests.support.moto_gaps import GAPS, Gap
from tests.support.requests import CALLS, Call
from tests.support.tables import TABLE, create_table, memory_client, moto_client, table_on

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

sequences = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

COMPARED = ("Item", "Attributes", "UnprocessedItems")


@pytest.fixture(scope="module")
def moto() -> Iterator["DynamoDBClient"]:
    with moto_client() as client:
        yield client


@sequences
@given(calls=st.lists(CALLS, min_size=1, max_size=15))
def test_any_calls_in_any_order_are_answered_alike(moto: "DynamoDBClient", calls: list[Call]) -> None:
    create_anew(moto)
    memory = MemoryDynamo(TABLE, INDEX_KEYS)

    for call in calls:
        assert answer(memory, call) == answer(moto, call), call

    assert sorted(map(repr, memory.items())) == sorted(map(repr, moto.scan(TableName=TABLE)["Items"]))


@sequences
@given(writes=st.lists(WRITES, max_size=8))
def test_the_table_makes_the_same_of_both(moto: "DynamoDBClient", writes: list[list[Change]]) -> None:
    create_anew(moto)
    in_memory, on_moto = table_on(memory_client()), table_on(moto)

    for changes in writes:
        assert written(in_memory, changes) == written(on_moto, changes), changes
        assert in_memory.get_many((A, B, C)) == on_moto.get_many((A, B, C))

    assert in_memory.list_partition("P").items == on_moto.list_partition("P").items


def written(table: DynamoTable, changes: list[Change]) -> Mapping[Key, Item | None] | None:
    """What objected to a write; None when nothing did."""
    try:
        table.write(changes)
    except Lost as lost:
        return lost.stood
    return None


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap.why)
def test_where_moto_is_known_to_differ_it_still_does_and_the_memory_does_not(moto: "DynamoDBClient", gap: Gap) -> None:
    create_anew(moto)
    memory = MemoryDynamo(TABLE, INDEX_KEYS)

    assert [outcome(memory, call) for call in gap.calls][-1] == gap.dynamodb
    assert [outcome(moto, call) for call in gap.calls][-1] == gap.moto


def create_anew(moto: "DynamoDBClient") -> None:
    moto.delete_table(TableName=TABLE)
    create_table(moto)


def answer(client: "MemoryDynamo | DynamoDBClient", call: Call) -> Mapping[str, Any]:
    """What a call gives, or how it is refused, in a form that can be compared."""
    try:
        if call.method == "query":
            return {"pages": tuple(pages(client, call.request))}
        given = getattr(client, call.method)(**call.request)
    except ClientError as error:
        return {
            "refused": error.response["Error"]["Code"],
            "reasons": _reasons(error),
            "stood": error.response.get("Item"),
        }
    if call.method == "batch_get_item":
        return {"found": sorted(map(repr, given["Responses"][TABLE])), "left": given["UnprocessedKeys"]}
    return {name: given[name] for name in COMPARED if name in given}


def pages(client: "MemoryDynamo | DynamoDBClient", request: Mapping[str, Any]) -> Iterator[Any]:
    """All items of a query, page by page: where AWS and moto end a walk differently, they still agree on the items."""
    asked = dict(request)
    while True:
        page: Any = client.query(**asked)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _reasons(error: ClientError) -> list[tuple[Any, Any]]:
    reasons: Any = error.response.get("CancellationReasons", ())
    return [(reason["Code"], reason.get("Item")) for reason in reasons]


def outcome(client: "MemoryDynamo | DynamoDBClient", call: Call) -> str:
    """What became of a call, in a word: moto's crashes included."""
    try:
        given = getattr(client, call.method)(**call.request)
    except ClientError as error:
        reasons = "".join(f" [{code}]" for code, _ in _reasons(error))
        return error.response["Error"]["Code"] + reasons
    except (TypeError, KeyError, ValueError, AttributeError, AssertionError) as crash:
        return type(crash).__name__
    if "Items" in given:
        return "more" if "LastEvaluatedKey" in given else "end"
    return f"n = {given['Item']['n']['N']}" if "Item" in given else "done"
