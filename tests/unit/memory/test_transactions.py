"""Transactions: all or nothing, and a reason for each action."""

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from tests.support.dynamo import World, cancelled, key, number, put, refused, text

ABSENT = {"ConditionExpression": "attribute_not_exists(pk)"}
PRESENT = {"ConditionExpression": "attribute_exists(pk)"}


def test_all_actions_are_done_together() -> None:
    world = World()
    world.put("B", n=number(1))
    world.put("C")
    world.put("D", n=number(7))

    world.transact(
        put("A", n=number(1)),
        {
            "Update": {
                "Key": key("B"),
                "UpdateExpression": "ADD n :one",
                "ExpressionAttributeValues": {":one": number(1)},
            }
        },
        {"Delete": {"Key": key("C")}},
        {"ConditionCheck": {"Key": key("D"), **PRESENT}},
    )

    assert [world.get(sk) for sk in "ABCD"] == [
        key("A") | {"n": number(1)},
        key("B") | {"n": number(2)},
        None,
        key("D") | {"n": number(7)},
    ]


def test_one_failed_condition_stops_all_and_shows_what_stood_there() -> None:
    world = World()
    world.put("B", n=number(1))
    action = put("B")
    action["Put"] |= ABSENT | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

    with cancelled("None", "ConditionalCheckFailed") as reasons:
        world.transact(put("A"), action)

    assert reasons[1]["Item"] == key("B") | {"n": number(1)}
    assert world.get("A") is None


def test_a_failed_condition_shows_nothing_unless_asked() -> None:
    world = World()
    world.put("B")

    with cancelled("ConditionalCheckFailed", "ConditionalCheckFailed") as reasons:
        world.transact(
            {"ConditionCheck": {"Key": key("B"), **ABSENT}}, {"ConditionCheck": {"Key": key("C"), **PRESENT}}
        )

    assert all("Item" not in reason for reason in reasons)


def test_what_the_item_makes_impossible_is_a_reason_too() -> None:
    world = World()
    world.put("A", s=text("x" * 400_000))
    grow = {"UpdateExpression": "SET t = :t", "ExpressionAttributeValues": {":t": text("x" * 20_000)}}

    with cancelled("ValidationError", "None"):
        world.transact({"Update": {"Key": key("A"), **grow}}, put("B"))

    assert world.get("B") is None


@pytest.mark.parametrize(
    ("actions", "saying"),
    [
        ([put(str(sk)) for sk in range(101)], "less than or equal to 100"),
        ([put("A"), {"Delete": {"Key": key("A")}}], "multiple operations on one item"),
        ([put("A") | {"Delete": {"Key": key("B")}}], "only contain one of"),
        ([put("A", due_pk=number(1))], "Type mismatch"),
        ([put(str(sk), s=text("x" * 400_000)) for sk in range(11)], "4 MB"),
    ],
    ids=["101", "one item twice", "two in one", "index key", "too large"],
)
def test_a_transaction_that_is_wrong_in_itself_is_refused(actions: list[Any], saying: str) -> None:
    world = World()

    with refused("ValidationException", saying):
        world.transact(*actions)

    assert len(world.client) == 0


def test_a_transaction_of_nothing_is_not_even_sent() -> None:
    with pytest.raises(ParamValidationError):
        World().transact()


def test_a_hundred_actions_are_allowed() -> None:
    world = World()

    world.transact(*(put(str(sk)) for sk in range(100)))

    assert len(world.client) == 100


def test_a_repeated_token_changes_nothing_for_ten_minutes() -> None:
    world = World()
    world.put(n=number(0))
    update = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": number(1)}}
    action = {"Update": {"Key": key(), **update}}

    world.transact(action, ClientRequestToken="once")
    world.transact(action, ClientRequestToken="once")
    assert world.get() == key() | {"n": number(1)}

    world.clock.advance(600)
    world.transact(action, ClientRequestToken="once")
    assert world.get() == key() | {"n": number(2)}


def test_a_token_stands_for_one_request_only() -> None:
    world = World()
    world.transact(put("A"), ClientRequestToken="once")

    with refused("IdempotentParameterMismatchException"):
        world.transact(put("B"), ClientRequestToken="once")
