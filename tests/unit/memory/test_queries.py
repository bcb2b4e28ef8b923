"""Queries: order, bounds and pages."""

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests.support.dynamo import World, key, number, refused, text

SORTS = ("A#1", "A#2", "A#3", "B", "会员")


@pytest.fixture
def world() -> World:
    world = World()
    for sk in reversed(SORTS):
        world.put(sk)
    world.put("A#1", pk="other")
    return world


def found(world: World, condition: str, **request: Any) -> list[str]:
    answer = world.query(f"pk = :pk{condition}", pk=text("P"), **request)
    assert answer["Count"] == answer["ScannedCount"] == len(answer["Items"])
    return [item["sk"]["S"] for item in answer["Items"]]


def test_a_partition_comes_in_the_order_of_its_sort_keys(world: World) -> None:
    assert found(world, "") == list(SORTS)
    assert found(world, "", ScanIndexForward=False) == list(reversed(SORTS))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("= :v", ["A#2"]),
        ("< :v", ["A#1"]),
        ("<= :v", ["A#1", "A#2"]),
        ("> :v", ["A#3", "B", "会员"]),
        (">= :v", ["A#2", "A#3", "B", "会员"]),
        ("BETWEEN :v AND :w", ["A#2", "A#3", "B"]),
    ],
)
def test_the_sort_key_can_be_bounded(world: World, condition: str, expected: list[str]) -> None:
    values = {"v": text("A#2")} | ({"w": text("B")} if ":w" in condition else {})

    assert found(world, f" AND sk {condition}", **values) == expected


def test_a_prefix_finds_what_begins_with_it(world: World) -> None:
    assert found(world, " AND begins_with(sk, :v)", v=text("A#")) == ["A#1", "A#2", "A#3"]
    assert found(world, " AND begins_with(sk, :v)", v=text("会")) == ["会员"]
    assert found(world, " AND begins_with(sk, :v)", v=text("C")) == []


def test_the_conditions_may_stand_in_any_order(world: World) -> None:
    answer = world.query("sk > :v AND pk = :pk", pk=text("P"), v=text("B"))

    assert [item["sk"]["S"] for item in answer["Items"]] == ["会员"]


def test_a_page_continues_where_the_last_one_ended(world: World) -> None:
    first = world.query("pk = :pk", pk=text("P"), Limit=2)
    assert first["LastEvaluatedKey"] == key("A#2")

    world.delete("A#2")

    assert found(world, "", ExclusiveStartKey=first["LastEvaluatedKey"]) == ["A#3", "B", "会员"]
    assert found(world, "", ExclusiveStartKey=first["LastEvaluatedKey"], ScanIndexForward=False) == ["A#1"]


def test_a_page_that_is_just_full_names_a_last_key_although_nothing_follows(world: World) -> None:
    page = world.query("pk = :pk", pk=text("P"), Limit=5)

    assert page["LastEvaluatedKey"] == key("会员")
    assert world.query("pk = :pk", pk=text("P"), Limit=5, ExclusiveStartKey=key("会员"))["Items"] == []


def test_a_page_holds_at_most_a_megabyte() -> None:
    world = World()
    for sk in "ABCD":
        world.put(sk, s=text("x" * 300_000))

    page = world.query("pk = :pk", pk=text("P"))

    assert [item["sk"]["S"] for item in page["Items"]] == ["A", "B", "C"]
    assert page["LastEvaluatedKey"] == key("C")


def test_a_partition_without_items_is_empty(world: World) -> None:
    answer = world.query("pk = :pk", pk=text("nobody"))

    assert answer == {"Items": [], "Count": 0, "ScannedCount": 0}


def test_an_item_that_is_written_again_keeps_its_place(world: World) -> None:
    assert found(world, "") == list(SORTS)

    world.put("B", n=number(1))
    world.delete("gone")

    assert found(world, "") == list(SORTS)


@given(sorts=st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=12), data=st.data())
def test_the_order_is_right_whatever_is_put_and_deleted_between_queries(sorts: list[str], data: st.DataObject) -> None:
    world = World()
    sorts = [sk for sk in sorts if sk.isprintable()]
    there: set[str] = set()

    for sk in sorts:
        world.put(sk)
        there.add(sk)
        if data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(sorted(there)))
            world.delete(gone)
            there.remove(gone)
        if data.draw(st.booleans()):
            assert found(world, "") == sorted(there, key=lambda text: text.encode())


@pytest.mark.parametrize(
    ("condition", "saying"),
    [
        ("sk = :v", "not supported"),
        ("pk > :v", "not supported"),
        ("pk = :v OR sk = :v", "not supported"),
        ("pk = :v AND NOT sk = :v", "not supported"),
        ("pk = :v AND sk = pk", "not supported"),
        ("pk = :v AND sk > :v AND sk < :v", "not supported"),
        ("pk = :v AND tag = :v", "missed key schema element"),
        ("pk = :v AND attribute_exists(sk)", "not supported"),
    ],
)
def test_only_conditions_on_the_key_are_taken(world: World, condition: str, saying: str) -> None:
    with refused("ValidationException", saying):
        world.query(condition, v=text("P"))


def test_values_must_suit_the_key(world: World) -> None:
    with refused("ValidationException", "does not match schema type"):
        world.query("pk = :v", v=number(1))
    with refused("ValidationException", "empty string"):
        world.query("pk = :v", v=text(""))
    with refused("ValidationException", "lower bound"):
        world.query("pk = :v AND sk BETWEEN :b AND :a", v=text("P"), a=text("a"), b=text("b"))
    with refused("ValidationException", "does not match schema type"):
        world.query("pk = :v AND sk > :n", v=text("P"), n=number(1))


def test_the_start_of_a_page_must_lie_in_the_partition(world: World) -> None:
    with refused("ValidationException", "outside query boundaries"):
        world.query("pk = :pk", pk=text("P"), ExclusiveStartKey=key("A", pk="other"))
    with refused("ValidationException", "starting key is invalid"):
        world.query("pk = :pk", pk=text("P"), ExclusiveStartKey={"pk": text("P")})


def test_a_query_needs_a_condition_and_a_sensible_limit(world: World) -> None:
    with refused("ValidationException", "must be specified"):
        world.client.query(TableName="huiyuan-test")
    with pytest.raises(ParamValidationError, match="valid min value: 1"):
        world.query("pk = :pk", pk=text("P"), Limit=0)
