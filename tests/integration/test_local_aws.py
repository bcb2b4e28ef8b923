"""The laptop's AWS: moto, with what we have changed about it."""

from collections.abc import Iterator, Mapping
from itertools import islice
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.keys import BY_DUE, Key
from chalicelib.store.table import Absent, Change, Equals, Item, Lost, Put
from infra.local.aws import LocalAws
from tests.support.changes import WRITES, A, B, C
from tests.support.tables import TABLE, create_table, memory_client, table_on


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    aws = LocalAws(0)
    aws.start()
    create_table(aws.client("dynamodb"))
    yield aws
    aws.stop()


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(writes=st.lists(WRITES, max_size=8))
def test_transactions_are_whole_or_nothing_as_in_memory(aws: LocalAws, writes: list[list[Change]]) -> None:
    local, in_memory = table_on(emptied(aws)), table_on(memory_client())

    for changes in writes:
        assert written(local, changes) == written(in_memory, changes), changes
        assert local.get_many((A, B, C)) == in_memory.get_many((A, B, C))
        assert local.list_partition("P") == in_memory.list_partition("P")


def test_a_query_finds_what_is_under_its_key_and_nothing_else(aws: LocalAws) -> None:
    table = table_on(emptied(aws))
    for number, due in enumerate(("3", "1", "2")):
        table.write([Put(Key("P", f"{number}"), {"due_pk": "0", "due_sk": due})])
    table.write([Put(Key("P", "other"), {"due_pk": "1", "due_sk": "1"})])
    table.write([Put(Key("Q", "0"), {})])

    waiting = table.list_index(BY_DUE, "0", until="2")
    below, nothing = table.list_partition("P", since="1"), table.list_partition("X")

    assert [item["sk"] for item in waiting.items] == ["1", "2"]
    assert [item["sk"] for item in below.items] == ["1", "2", "other"]
    assert nothing.items == ()


def test_a_transaction_in_a_large_table_costs_what_it_names(aws: LocalAws) -> None:
    client = emptied(aws)
    table = table_on(client)
    fill(client, 5_000)

    began = process_time()
    for number in range(20):
        table.write([Put(Key(f"Q{number}", side), {"n": number}, (Absent(),)) for side in "AB"])
    with pytest.raises(Lost):
        table.write([Put(Key("P0", "S"), {"text": ""}), Put(Key("P1", "S"), {}, (Equals("text", ""),))])
    seconds = process_time() - began

    assert seconds < 2
    assert table.get(Key("P0", "S")) == {"pk": "P0", "sk": "S", "text": "草莓"}


def emptied(aws: LocalAws) -> Any:
    client = aws.client("dynamodb")
    client.delete_table(TableName=TABLE)
    create_table(client)
    return client


def fill(client: Any, count: int) -> None:
    items = ({"pk": {"S": f"P{number}"}, "sk": {"S": "S"}, "text": {"S": "草莓"}} for number in range(count))
    while puts := [{"PutRequest": {"Item": item}} for item in islice(items, 25)]:
        client.batch_write_item(RequestItems={TABLE: puts})


def written(table: DynamoTable, changes: list[Change]) -> Mapping[Key, Item | None] | None:
    """What objected to a write; None when nothing did."""
    try:
        table.write(changes)
    except Lost as lost:
        return lost.stood
    return None
