"""TTL: what expired is deleted, but late."""

from datetime import timedelta

from chalicelib.clock import epoch
from tests.builders import NOON
from tests.support.dynamo import World, key, number, text

HOUR = 3600


def test_what_expired_goes_two_days_later() -> None:
    world = World()
    world.put(expires_at=number(epoch(NOON) + HOUR))

    world.clock.advance(HOUR + 2 * 86400 - 1)
    assert world.get() is not None

    world.clock.advance(1)
    assert world.get() is None
    assert len(world.client) == 0


def test_a_table_may_delete_at_once() -> None:
    world = World(ttl_lag=timedelta(0))
    world.put(expires_at=number(epoch(NOON) + HOUR), due_pk=text("DUE#1"), due_sk=text("2026"))

    world.clock.advance(HOUR)

    assert list(world.client.items()) == []
    assert world.query("due_pk = :pk", pk=text("DUE#1"), IndexName="by_due")["Items"] == []


def test_an_item_that_was_written_again_lives_as_long_as_it_now_says() -> None:
    world = World(ttl_lag=timedelta(0))
    world.put(expires_at=number(epoch(NOON) + HOUR))
    world.put(expires_at=number(epoch(NOON) + 3 * HOUR))
    world.put("B", expires_at=number(epoch(NOON) + HOUR))
    world.delete("B")

    world.clock.advance(2 * HOUR)
    assert world.get() is not None

    world.clock.advance(HOUR)
    assert world.get() is None


def test_what_is_no_time_or_expired_five_years_ago_stays() -> None:
    world = World()
    world.put("A", expires_at=text("soon"))
    world.put("B", expires_at=number(epoch(NOON - timedelta(days=6 * 365))))

    world.clock.advance(10 * 86400)

    assert world.get("A") == key("A") | {"expires_at": text("soon")}
    assert world.get("B") is not None
