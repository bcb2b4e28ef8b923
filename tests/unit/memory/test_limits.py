"""What DynamoDB refuses about values, items and keys."""

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from tests.support.dynamo import World, key, number, refused, text
from tests.support.tables import TABLE

FULL = 400 * 1024


def test_an_item_may_have_400_kilobytes_and_no_byte_more() -> None:
    world = World()
    room = FULL - len("pkPskA" + "s")

    world.put(s=text("x" * room))

    with refused("ValidationException", "Item size"):
        world.put(s=text("x" * (room + 1)))
    with refused("ValidationException", "Item size"):
        world.put(s=text("会" * (room // 3 + 1)))


def test_an_item_cannot_grow_too_large() -> None:
    world = World()
    world.put(s=text("x" * (FULL - 100)))

    with refused("ValidationException", "Item size"):
        world.update("SET more = :more", more=text("x" * 100))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("007", "7"),
        ("+5", "5"),
        ("1.50", "1.5"),
        ("1e3", "1000"),
        ("100", "100"),
        ("-2.5E-2", "-0.025"),
        ("9" * 38, "9" * 38),
        ("1" + "0" * 125, "1" + "0" * 125),
    ],
)
def test_numbers_are_kept_in_plain_form(given: str, kept: str) -> None:
    world = World()

    world.put(n=number(given))

    assert world.get() == key() | {"n": number(kept)}


@pytest.mark.parametrize("given", ["", "ten", "9" * 39, "1e126", "1e-131", "NaN", "Infinity", "1_000"])
def test_numbers_that_dynamodb_cannot_hold_are_refused(given: str) -> None:
    with refused("ValidationException"):
        World().put(n=number(given))


def test_whole_items_come_back_as_they_were_written() -> None:
    world = World()
    item: dict[str, Any] = {
        "nothing": {"NULL": True},
        "no": {"BOOL": False},
        "picture": {"B": b"\x00\xff"},
        "empty": text(""),
        "nested": {"M": {"list": {"L": [number(1), {"M": {}}, {"L": []}]}, "数": text("字")}},
    }

    world.put(**item)

    assert world.get() == key() | item


def test_what_was_read_can_be_changed_without_changing_the_table() -> None:
    world = World()
    world.put(tags={"L": [text("vip")]})

    read = world.get()
    assert read
    read["tags"]["L"].append(text("stolen"))

    assert world.get() == key() | {"tags": {"L": [text("vip")]}}


def test_lists_and_maps_nest_32_deep_and_no_deeper() -> None:
    world = World()
    deep: dict[str, Any] = text("core")
    for _ in range(32):
        deep = {"L": [deep]}

    world.put(deep=deep)

    with refused("ValidationException", "Nesting"):
        world.put(deep={"M": {"deeper": deep}})


def test_a_value_has_exactly_one_type() -> None:
    with refused("ValidationException", "exactly one"):
        World().put(s={"S": "text", "N": "1"})


def test_sets_are_not_built_and_say_so() -> None:
    with pytest.raises(NotImplementedError, match="SS"):
        World().put(tags={"SS": ["vip"]})


@pytest.mark.parametrize(
    ("item", "saying"),
    [
        ({"sk": text("A")}, "Missing the key pk"),
        ({"pk": text("P")}, "Missing the key sk"),
        ({"pk": number(1), "sk": text("A")}, "Type mismatch for key pk"),
        ({"pk": text("P"), "sk": {"B": b"A"}}, "Type mismatch for key sk"),
        ({"pk": text(""), "sk": text("A")}, "empty string"),
        ({"pk": text("P"), "sk": text("")}, "empty string"),
        ({"pk": text("x" * 2049), "sk": text("A")}, "2048"),
        ({"pk": text("P"), "sk": text("会" * 342)}, "1024"),
    ],
)
def test_an_item_needs_its_whole_key(item: dict[str, Any], saying: str) -> None:
    with refused("ValidationException", saying):
        World().client.put_item(TableName=TABLE, Item=item)


def test_keys_may_be_as_long_as_dynamodb_takes_them() -> None:
    world = World()

    world.put("会" * 341, pk="x" * 2048)

    assert len(world.client) == 1


def test_a_key_has_no_other_attributes() -> None:
    with refused("ValidationException", "does not match the schema"):
        World().client.get_item(TableName=TABLE, Key=key() | {"n": number(1)})
    with refused("ValidationException", "does not match the schema"):
        World().client.delete_item(TableName=TABLE, Key=key() | {"n": number(1)})


@pytest.mark.parametrize("wrong", [number(1), {"NULL": True}, text(""), text("x" * 2049)])
def test_an_index_key_must_be_a_text(wrong: dict[str, Any]) -> None:
    world = World()

    with refused("ValidationException"):
        world.put(due_pk=wrong)
    with refused("ValidationException"):
        world.update("SET due_pk = :wrong", wrong=wrong)


def test_parameters_that_boto3_does_not_know_never_leave_the_process() -> None:
    world = World()

    with pytest.raises(ParamValidationError, match="Unknown parameter in input"):
        world.put(Condition="attribute_not_exists(pk)")
    with pytest.raises(ParamValidationError, match="Missing required parameter"):
        world.client.put_item(TableName=TABLE)
    with pytest.raises(ParamValidationError, match=r"Unknown parameter in TransactItems\.Put"):
        world.transact({"Put": {"Item": key(), "ReturnValues": "NONE"}})


def test_another_table_is_not_found() -> None:
    with refused("ResourceNotFoundException"):
        World().client.get_item(TableName="other", Key=key())
