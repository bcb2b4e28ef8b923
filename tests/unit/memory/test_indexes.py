"""Indexes: sparse, keys only, and late."""

from datetime import timedelta
from typing import Any

from tests.support.dynamo import Typed, World, key, refused, text


def due(partition: str, sort: str) -> dict[str, Any]:
    return {"due_pk": text(partition), "due_sk": text(sort)}


def found(world: World, partition: str = "DUE#1", **request: Any) -> list[Typed]:
    items: list[Typed] = world.query("due_pk = :pk", pk=text(partition), IndexName="by_due", **request)["Items"]
    return items


def test_an_index_holds_the_keys_of_items_that_have_both_its_attributes() -> None:
    world = World()
    world.put("A", **due("DUE#1", "2026"), s=text("not in the index"))
    world.put("B", due_pk=text("DUE#1"))
    world.put("C", **due("DUE#2", "2026"))

    assert found(world) == [key("A") | due("DUE#1", "2026")]


def test_an_index_follows_its_items() -> None:
    world = World()
    world.put("A", **due("DUE#1", "2026"))
    world.put("B", **due("DUE#1", "2025"))

    world.update("SET due_sk = :later", later=text("2027"))
    assert [item["sk"] for item in found(world)] == [text("B"), text("A")]

    world.put("B", **due("DUE#2", "2025"))
    world.update("REMOVE due_pk", sk="A")
    assert found(world) == []

    world.delete("B")
    assert found(world, "DUE#2") == []


def test_entries_of_the_same_time_are_told_apart_by_their_keys() -> None:
    world = World()
    for sk in "CAB":
        world.put(sk, **due("DUE#1", "2026"))

    first = world.query("due_pk = :pk", pk=text("DUE#1"), IndexName="by_due", Limit=2)
    rest = found(world, ExclusiveStartKey=first["LastEvaluatedKey"])

    assert first["LastEvaluatedKey"] == key("B") | due("DUE#1", "2026")
    assert [item["sk"]["S"] for item in (*first["Items"], *rest)] == ["A", "B", "C"]
    assert [item["sk"]["S"] for item in found(world, ScanIndexForward=False)] == ["C", "B", "A"]


def test_whoever_drives_the_clock_may_look_at_what_comes_first() -> None:
    world = World()
    world.put("A", **due("DUE#1", "2027"))
    world.put("B", **due("DUE#1", "2026"))
    calls = world.client.counts.round_trips

    assert world.client.first("by_due", "DUE#1") == "2026"
    assert world.client.first("by_due", "DUE#2") is None
    assert world.client.counts.round_trips == calls


def test_an_index_can_be_bounded_by_its_sort_key() -> None:
    world = World()
    for year in ("2025", "2026", "2027"):
        world.put(year, **due("DUE#1", year))

    page = world.query("due_pk = :pk AND due_sk <= :now", pk=text("DUE#1"), now=text("2026"), IndexName="by_due")

    assert [item["sk"]["S"] for item in page["Items"]] == ["2025", "2026"]


def test_an_index_shows_what_was_true_a_while_ago() -> None:
    world = World(index_lag=timedelta(seconds=60))
    world.put("A", **due("DUE#1", "2026"))
    assert found(world) == []

    world.clock.advance(60)
    world.delete("A")
    assert [item["sk"] for item in found(world)] == [text("A")]

    world.clock.advance(60)
    assert found(world) == []


def test_a_lag_that_ends_lets_no_old_change_overtake_a_new_one() -> None:
    world = World(index_lag=timedelta(seconds=60))
    world.put("A", **due("DUE#1", "2026"))

    world.client.set_index_lag(timedelta(0))
    world.delete("A")

    assert found(world) == []
    world.clock.advance(120)
    assert found(world) == []


def test_an_index_is_never_read_consistently_and_must_exist() -> None:
    world = World()

    with refused("ValidationException", "Consistent reads"):
        world.query("due_pk = :pk", pk=text("DUE#1"), IndexName="by_due", ConsistentRead=True)
    with refused("ValidationException", "does not have the specified index"):
        world.query("due_pk = :pk", pk=text("DUE#1"), IndexName="by_name")
