"""Single reads and writes, batches, and the table's description."""

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from infra.local.memory.faults import Faults
from tests.support.dynamo import World, key, number, refused, text
from tests.support.tables import TABLE


def test_a_failed_condition_shows_the_item_only_where_asked() -> None:
    world = World()
    world.put(n=number(1))

    with pytest.raises(Exception, match="conditional request failed") as silent:
        world.put(ConditionExpression="attribute_not_exists(pk)")
    with pytest.raises(Exception, match="conditional request failed") as shown:
        world.put(ConditionExpression="attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_OLD")

    assert "Item" not in vars(silent.value)["response"]
    assert vars(shown.value)["response"]["Item"] == key() | {"n": number(1)}


def test_a_failed_condition_on_nothing_shows_nothing() -> None:
    with pytest.raises(Exception, match="conditional request failed") as shown:
        World().delete(ConditionExpression="attribute_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_OLD")

    assert "Item" not in vars(shown.value)["response"]


def test_a_write_gives_back_what_is_asked_for() -> None:
    world = World()

    assert world.put(n=number(1), ReturnValues="ALL_OLD") == {}
    assert world.put(n=number(2)) == {}
    assert world.update("ADD n :one", one=number(1), ReturnValues="ALL_NEW") == {"Attributes": key() | {"n": number(3)}}
    assert world.update("ADD n :one", one=number(1), ReturnValues="ALL_OLD") == {"Attributes": key() | {"n": number(3)}}
    assert world.delete(ReturnValues="ALL_OLD") == {"Attributes": key() | {"n": number(4)}}
    assert world.delete(ReturnValues="ALL_OLD") == {}


def test_a_put_cannot_give_back_what_it_wrote_and_then_writes_nothing() -> None:
    world = World()

    with refused("ValidationException", "Return values"):
        world.put(ReturnValues="ALL_NEW")

    assert world.get() is None


def test_a_batch_gives_what_exists() -> None:
    world = World()
    world.put("A", n=number(1))

    answer = world.client.batch_get_item(RequestItems={TABLE: {"Keys": [key("A"), key("B")], "ConsistentRead": True}})

    assert answer == {"Responses": {TABLE: [key("A") | {"n": number(1)}]}, "UnprocessedKeys": {}}


def test_a_batch_may_leave_keys_out() -> None:
    world = World(faults=Faults(unprocessed=1.0))

    answer = world.client.batch_get_item(RequestItems={TABLE: {"Keys": [key()], "ConsistentRead": True}})

    assert answer["UnprocessedKeys"] == {TABLE: {"Keys": [key()], "ConsistentRead": True}}


def test_a_batch_answers_at_most_16_megabytes() -> None:
    world = World()
    for sk in range(50):
        world.put(str(sk), s=text("x" * 390_000))

    answer = world.client.batch_get_item(RequestItems={TABLE: {"Keys": [key(str(sk)) for sk in range(50)]}})

    found, left = answer["Responses"][TABLE], answer["UnprocessedKeys"][TABLE]["Keys"]
    assert len(found) + len(left) == 50
    assert len(left) > 0


@pytest.mark.parametrize(
    "keys", [[key(str(sk)) for sk in range(101)], [key("A"), key("A")]], ids=["101", "the same twice"]
)
def test_a_batch_read_has_at_most_100_different_keys(keys: list[Any]) -> None:
    with refused("ValidationException"):
        World().client.batch_get_item(RequestItems={TABLE: {"Keys": keys}})


def test_a_batch_of_nothing_is_not_even_sent() -> None:
    client = World().client

    for call, nothing in (
        (client.batch_get_item, {}),
        (client.batch_get_item, {TABLE: {"Keys": []}}),
        (client.batch_write_item, {}),
        (client.batch_write_item, {TABLE: []}),
    ):
        with pytest.raises(ParamValidationError):
            call(RequestItems=nothing)


def test_a_batch_writes_and_deletes() -> None:
    world = World()
    world.put("A")

    answer = world.client.batch_write_item(
        RequestItems={TABLE: [{"DeleteRequest": {"Key": key("A")}}, {"PutRequest": {"Item": key("B")}}]}
    )

    assert answer == {"UnprocessedItems": {}}
    assert list(world.client.items()) == [key("B")]


def test_a_batch_write_may_leave_items_out() -> None:
    world = World(faults=Faults(unprocessed=1.0))
    request = {"PutRequest": {"Item": key("B")}}

    answer = world.client.batch_write_item(RequestItems={TABLE: [request]})

    assert answer == {"UnprocessedItems": {TABLE: [request]}}
    assert len(world.client) == 0


@pytest.mark.parametrize(
    "changes",
    [
        [{"PutRequest": {"Item": key(str(sk))}} for sk in range(26)],
        [{"PutRequest": {"Item": key("A")}}, {"DeleteRequest": {"Key": key("A")}}],
        [{"PutRequest": {"Item": key("A")}, "DeleteRequest": {"Key": key("B")}}],
    ],
    ids=["26", "the same twice", "two in one"],
)
def test_a_batch_write_has_at_most_25_changes_of_different_items(changes: list[Any]) -> None:
    with refused("ValidationException"):
        World().client.batch_write_item(RequestItems={TABLE: changes})


def test_the_table_describes_itself() -> None:
    world = World()
    world.put()

    table = world.client.describe_table(TableName=TABLE)["Table"]

    assert (table["TableStatus"], table["ItemCount"]) == ("ACTIVE", 1)
    assert [attribute["AttributeName"] for attribute in table["KeySchema"]] == ["pk", "sk"]
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {"by_activity", "by_due", "by_identity"}
