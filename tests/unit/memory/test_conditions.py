"""Conditions: what they mean, and what is refused."""

from typing import Any

import pytest

from tests.support.dynamo import World, number, refused, text


@pytest.fixture
def world() -> World:
    world = World()
    world.put(n=number(5), s=text("member"), picture={"B": b"\x01\x02"}, tags={"L": [text("vip")]}, yes={"BOOL": True})
    return world


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ("n = :v", number(5), True),
        ("n = :v", number("5.0"), True),
        ("n = :v", text("5"), False),
        ("n <> :v", number(6), True),
        ("n <> :v", number(5), False),
        ("gone <> :v", number(5), True),
        ("gone = :v", number(5), False),
        ("n < :v", number(10), True),
        ("n < :v", number(5), False),
        ("n <= :v", number(5), True),
        ("n > :v", number(-10), True),
        ("n >= :v", number(6), False),
        ("n < :v", text("9"), False),
        ("gone < :v", number(9), False),
        (":v < n", number(4), True),
        ("s > :v", text("mem"), True),
        ("s < :v", text("会员"), True),
        ("picture < :v", {"B": b"\x02"}, True),
        ("tags = :v", {"L": [text("vip")]}, True),
        ("yes = :v", {"BOOL": True}, True),
        ("yes < :v", number(1), False),
        ("begins_with(s, :v)", text("mem"), True),
        ("begins_with(s, :v)", text("ember"), False),
        ("begins_with(s, :v)", {"B": b"m"}, False),
        ("begins_with(picture, :v)", {"B": b"\x01"}, True),
        ("begins_with(gone, :v)", text("m"), False),
        ("begins_with(gone, :v)", text(""), False),
    ],
)
def test_a_comparison_holds_only_between_values_of_one_type(
    world: World, condition: str, value: dict[str, Any], expected: bool
) -> None:
    assert world.meets(condition, v=value) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("attribute_exists(n)", True),
        ("attribute_exists(gone)", False),
        ("attribute_not_exists(gone)", True),
        ("NOT attribute_exists(n)", False),
        ("not attribute_exists(gone)", True),
        ("attribute_exists(gone) OR attribute_exists(n)", True),
        ("attribute_exists(gone) AND attribute_exists(n)", False),
        ("attribute_exists(n) OR attribute_exists(n) AND attribute_exists(gone)", True),
        ("(attribute_exists(n) OR attribute_exists(n)) AND attribute_exists(gone)", False),
        ("NOT attribute_exists(gone) AND attribute_exists(n)", True),
        ("n = n", True),
    ],
)
def test_and_binds_tighter_than_or_and_not_tighter_than_both(world: World, condition: str, expected: bool) -> None:
    assert world.meets(condition) is expected


def test_between_includes_both_bounds(world: World) -> None:
    assert world.meets("n BETWEEN :low AND :high", low=number(5), high=number(5))
    assert world.meets("n BETWEEN :low AND :high AND attribute_exists(s)", low=number(1), high=number(5))
    assert not world.meets("n BETWEEN :low AND :high", low=number(6), high=number(9))


@pytest.mark.parametrize(
    ("condition", "saying"),
    [
        ("", "<EOF>"),
        ("n =", "<EOF>"),
        ("n = :v :v", "Syntax error"),
        ("n LIKE :v", "Syntax error"),
        ("(n = :v", "<EOF>"),
        ("n = :v)", "Syntax error"),
        ("n = :v AND", "<EOF>"),
        ("= :v", "Syntax error"),
        ("SET = :v", "Syntax error"),
        ("exists(n) AND n = :v", "Invalid function name"),
        ("status = :v", "reserved keyword"),
        ("#n = :v", "not defined"),
        ("n = :w AND s = :v", "not defined"),
        ("n BETWEEN :v OR :v", "Syntax error"),
        ("attribute_exists(:v)", "Syntax error"),
    ],
)
def test_what_dynamodb_would_not_understand_is_refused(world: World, condition: str, saying: str) -> None:
    with refused("ValidationException", saying):
        world.meets(condition, v=number(1))


@pytest.mark.parametrize("condition", ["n < :v", "begins_with(s, :v)", "n BETWEEN :v AND :v"])
def test_a_value_that_has_no_order_is_refused_whatever_the_item_holds(world: World, condition: str) -> None:
    with refused("ValidationException", "Incorrect operand type"):
        world.meets(condition, v={"BOOL": True})


@pytest.mark.parametrize(
    "condition", ["size(s) > :v", "contains(s, :v)", "n IN (:v)", "profile.name = :v", "tags[0] = :v"]
)
def test_what_only_dynamodb_knows_fails_loudly(world: World, condition: str) -> None:
    with pytest.raises(NotImplementedError):
        world.meets(condition, v=number(1))


def test_a_name_or_a_value_that_no_expression_uses_is_refused(world: World) -> None:
    with refused("ValidationException", "ExpressionAttributeValues unused"):
        world.meets("attribute_exists(n)", v=number(1))

    with refused("ValidationException", "ExpressionAttributeNames unused"):
        world.put(ExpressionAttributeNames={"#n": "n"})
