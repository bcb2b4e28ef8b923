"""Updates: what they do, and what is refused."""

import pytest

from tests.support.dynamo import World, key, number, refused, text


def test_an_update_of_nothing_creates_the_item() -> None:
    world = World()

    world.update("SET s = :s", s=text("new"))

    assert world.get() == key() | {"s": text("new")}


def test_all_actions_see_the_item_as_it_was() -> None:
    world = World()
    world.put(a=number(1), b=number(2))

    world.update("SET a = b, b = a REMOVE c")

    assert world.get() == key() | {"a": number(2), "b": number(1)}


def test_numbers_are_added_and_subtracted_exactly() -> None:
    world = World()
    world.put(n=number("0.1"))

    world.update("SET n = n + :more, m = :more - n", more=number("0.2"))

    assert world.get() == key() | {"n": number("0.3"), "m": number("0.1")}


def test_a_counter_may_begin_at_nothing() -> None:
    world = World()

    world.update("ADD used :one", one=number(1))
    world.update("ADD used :one", one=number(1))
    world.update("SET seen = if_not_exists(seen, :zero) + :one", zero=number(0), one=number(1))

    assert world.get() == key() | {"used": number(2), "seen": number(1)}


def test_what_is_removed_may_be_missing() -> None:
    world = World()
    world.put(s=text("here"))

    world.update("REMOVE s, gone")

    assert world.get() == key()


def test_an_update_without_an_expression_only_makes_sure_that_the_item_exists() -> None:
    world = World()

    world.client.update_item(TableName="huiyuan-test", Key=key())

    assert world.get() == key()


@pytest.mark.parametrize(
    ("update", "saying"),
    [
        ("", "<EOF>"),
        ("SET", "<EOF>"),
        ("SET n :v", "Syntax error"),
        ("PUT n = :v", "Syntax error"),
        ("SET n = :v SET m = :v", "only be used once"),
        ("SET n = :v, n = :v", "overlap"),
        ("SET n = :v REMOVE n", "overlap"),
        ("SET pk = :v", "part of the key"),
        ("SET n = :v REMOVE sk", "part of the key"),
        ("SET n = other_function(n, :v)", "Invalid function name"),
        ("SET n = :v - ", "<EOF>"),
        ("ADD n m", "Syntax error"),
        ("SET n = gone REMOVE m ADD k :v", "does not exist"),
        ("SET n = gone + :v", "does not exist"),
        ("SET n = s + :v", "incorrect data type"),
        ("ADD s :v", "incorrect data type"),
    ],
)
def test_an_update_that_makes_no_sense_is_refused(update: str, saying: str) -> None:
    world = World()
    world.put(s=text("text"))

    with refused("ValidationException", saying):
        world.update(update, v=number(1))

    assert world.get() == key() | {"s": text("text")}


@pytest.mark.parametrize("update", ["ADD n :v", "SET n = n + :v", "SET n = if_not_exists(n, :v) - m"])
def test_only_numbers_can_be_added(update: str) -> None:
    with refused("ValidationException", "Incorrect operand type"):
        World().update(update, v=text("one"))


@pytest.mark.parametrize("update", ["DELETE tags :v", "SET tags = list_append(tags, :v)", "SET tags[0] = :v"])
def test_what_only_dynamodb_knows_fails_loudly(update: str) -> None:
    with pytest.raises(NotImplementedError):
        World().update(update, v=number(1))


def test_a_sum_of_too_many_digits_is_refused() -> None:
    world = World()
    world.put(n=number("9" * 38))

    with refused("ValidationException", "38 significant digits"):
        world.update("ADD n :v", v=number("0.1"))
