"""Counts: round trips and units, as AWS would charge them."""

from tests.support.dynamo import World, key, put, refused, text
from tests.support.tables import TABLE


def test_every_call_is_a_round_trip() -> None:
    world = World()
    world.put()
    world.get()
    world.get("gone")

    assert world.client.counts.round_trips == 3
    assert world.client.counts.calls["GetItem"] == 2

    world.client.counts.clear()
    assert world.client.counts.round_trips == 0


def test_reads_cost_a_unit_per_4_kilobytes_and_half_where_they_may_be_stale() -> None:
    world = World()
    world.put(s=text("x" * 5000))
    counts = world.client.counts

    world.client.get_item(TableName=TABLE, Key=key(), ConsistentRead=True)
    assert counts.read_units == 2

    world.client.get_item(TableName=TABLE, Key=key())
    assert counts.read_units == 3

    world.client.query(
        TableName=TABLE, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": text("nobody")}
    )
    assert counts.read_units == 3.5
    assert counts.items_read == 2


def test_writes_cost_a_unit_per_kilobyte_and_twice_in_a_transaction() -> None:
    world = World()
    counts = world.client.counts

    world.put("A", s=text("x" * 1500))
    assert counts.write_units == 2

    world.delete("A")
    assert counts.write_units == 4

    world.transact(put("B"), put("C"))
    assert counts.write_units == 8
    assert counts.items_written == 4


def test_every_index_entry_costs_a_unit() -> None:
    world = World()
    counts = world.client.counts

    world.put(due_pk=text("DUE#1"), due_sk=text("2026"))
    assert counts.write_units == 2

    world.update("SET due_sk = :later", later=text("2027"))
    assert counts.write_units == 5

    world.update("SET s = :s", s=text("no index entry changes"))
    assert counts.write_units == 6


def test_a_refused_write_costs_as_much_but_writes_nothing() -> None:
    world = World()
    world.put()
    counts = world.client.counts
    counts.clear()

    with refused("ConditionalCheckFailedException"):
        world.put(ConditionExpression="attribute_not_exists(pk)")
    with refused("TransactionCanceledException"):
        world.transact(put("B"), {"ConditionCheck": {"Key": key(), "ConditionExpression": "attribute_not_exists(pk)"}})

    assert (counts.write_units, counts.items_written) == (5, 0)
