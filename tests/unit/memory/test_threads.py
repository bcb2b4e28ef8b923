"""The table under threads: what AWS promises, without moto's race."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError

from tests.support.dynamo import World, key, number, put

THREADS = 8


def won(write: Callable[[], object]) -> bool:
    try:
        write()
    except ClientError:
        return False
    return True


def test_of_many_who_write_first_one_wins() -> None:
    world = World()

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(
            pool.map(
                lambda sk: won(lambda: world.put(str(sk % 50), ConditionExpression="attribute_not_exists(pk)")),
                range(50 * THREADS),
            )
        )

    assert sum(outcomes) == 50


def test_of_many_transactions_on_the_same_items_one_wins_whole() -> None:
    world = World()
    absent = {"ConditionExpression": "attribute_not_exists(pk)"}

    def write(turn: int) -> bool:
        first, second = put(f"{turn % 50}a", by=number(turn)), put(f"{turn % 50}b", by=number(turn))
        for action in (first, second):
            action["Put"] |= absent
        return won(lambda: world.transact(first, second))

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(write, range(50 * THREADS)))

    assert sum(outcomes) == 50
    for place in range(50):
        first, second = world.get(f"{place}a"), world.get(f"{place}b")
        assert first
        assert second
        assert first["by"] == second["by"]


def test_no_addition_is_lost() -> None:
    world = World()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: world.update("ADD n :one", one=number(1)), range(400)))

    assert world.get() == key() | {"n": number(400)}
