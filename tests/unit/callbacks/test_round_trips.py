"""How often a delivery asks AWS: the budget that makes it fast and cheap."""

from functools import cache

import pytest

from tests.bench.round_trips import Trips, deliveries


@cache
def counted() -> dict[str, Trips]:
    return deliveries()


@pytest.mark.parametrize(
    ("delivery", "trips"),
    [
        ("a message of a known follower", Trips(table=2, queue=0)),
        ("WeChat's retry of it", Trips(table=1, queue=0)),
        ("a menu click", Trips(table=2, queue=0)),
        ("a result event", Trips(table=2, queue=0)),
        ("a result event, which ends a push", Trips(table=2, queue=0)),
        ("a result event, which slows the account", Trips(table=2, queue=0)),
        ("a new follower, whose profile is fetched", Trips(table=2, queue=1)),
        ("a message, while someone else moves the member", Trips(table=4, queue=0)),
    ],
)
def test_a_delivery_to_a_warm_function_asks_aws_no_more_often_than_it_must(delivery: str, trips: Trips) -> None:
    assert counted()[delivery] == trips
