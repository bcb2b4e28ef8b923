"""The table as the rest of the system knows it, in memory and on moto."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.store import keys
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.keys import BY_ACTIVITY, BY_DUE, Key
from chalicelib.store.table import (
    Absent,
    Add,
    AtMost,
    Change,
    Check,
    Condition,
    Delete,
    Equals,
    Item,
    Lost,
    Patch,
    Put,
    all_items,
)
from tests.support.changes import WRITES, A, B, C
from tests.support.tables import OpenTable, memory_table, on_both_tables


def read(table: DynamoTable, key: Key) -> Item | None:
    """The item without its key."""
    item = table.get(key)
    return item and {name: value for name, value in item.items() if name not in ("pk", "sk")}


@on_both_tables
def test_an_item_comes_back_as_it_was_written(open_table: OpenTable) -> None:
    item = {
        "text": "会员",
        "number": -5,
        "yes": True,
        "nothing": None,
        "data": b"\x00\xff",
        "more": {"list": [1, "", {}]},
    }

    with open_table() as table:
        table.write([Put(A, item)])

        assert read(table, A) == item
        assert table.get(B) is None


@pytest.mark.parametrize("value", [0.5, {"tags": {"vip"}}, object()], ids=["fraction", "set", "object"])
def test_what_the_table_does_not_hold_is_not_written(value: object) -> None:
    with memory_table() as table, pytest.raises(TypeError, match="the table holds no"):
        table.write([Put(A, {"value": value})])


@on_both_tables
def test_many_items_are_read_in_one_go_each_once(open_table: OpenTable) -> None:
    with open_table() as table:
        table.write([Put(A, {"n": 1}), Put(B, {"n": 2})])

        found = table.get_many([A, B, A, C])
        nothing = table.get_many([])

    assert {key: item["n"] for key, item in found.items()} == {A: 1, B: 2}
    assert nothing == {}


@on_both_tables
def test_all_changes_are_made_or_none(open_table: OpenTable) -> None:
    with open_table() as table:
        table.write([Put(B, {"n": 1})])

        with pytest.raises(Lost) as lost:
            table.write([Put(A, {"n": 1}), Put(B, {"n": 2}, (Absent(),)), Check(C, (Equals("n", 1),))])

        assert lost.value.stood == {B: {"pk": "P", "sk": "B", "n": 1}, C: None}
        assert table.get(A) is None

        table.write([Put(A, {"n": 1}), Delete(B, (Equals("n", 1),)), Check(C, (Absent(),))])
        assert read(table, A) == {"n": 1}
        assert table.get(B) is None


@on_both_tables
def test_a_patch_changes_only_what_it_names_and_only_what_exists(open_table: OpenTable) -> None:
    with open_table() as table:
        with pytest.raises(Lost) as lost:
            table.write([Patch(A, {"n": 1}, ())])
        assert lost.value.stood == {A: None}

        table.write([Put(A, {"n": 1, "old": "x", "kept": "y"})])
        table.write([Patch(A, {"n": 2}, (Equals("n", 1),), remove=("old", "gone"))])
        table.write([Patch(A, {}, (Equals("n", 2),), remove=("gone",))])
        assert read(table, A) == {"n": 2, "kept": "y"}

        table.write([Patch(A, {"n": 3}, ()), Delete(B)])
        assert read(table, A) == {"n": 3, "kept": "y"}


@on_both_tables
@pytest.mark.parametrize(("limit", "holds"), [(4, False), (5, True), (6, True)])
def test_at_most_includes_its_bound(open_table: OpenTable, limit: int, holds: bool) -> None:
    with open_table() as table:
        table.write([Put(A, {"n": 5})])

        if holds:
            table.write([Delete(A, (AtMost("n", limit),))])
        else:
            with pytest.raises(Lost):
                table.write([Delete(A, (AtMost("n", limit),))])


def test_a_check_has_to_check_something() -> None:
    with memory_table() as table, pytest.raises(ValueError, match="checks nothing"):
        table.write([Check(A, ()), Put(B, {})])


@on_both_tables
def test_a_partition_is_read_page_by_page(open_table: OpenTable) -> None:
    with open_table() as table:
        table.write([Put(Key("P", f"{kind}#{number}"), {}) for kind in "XY" for number in range(3)])

        first = table.list_partition("P", prefix="X#", limit=2)
        rest = table.list_partition("P", prefix="X#", limit=2, after=first.after)

        assert [item["sk"] for item in (*first.items, *rest.items)] == ["X#0", "X#1", "X#2"]
        assert [item["sk"] for item in all_items(table, "P")] == ["X#0", "X#1", "X#2", "Y#0", "Y#1", "Y#2"]
        assert list(all_items(table, "nobody")) == []


@on_both_tables
def test_a_partition_is_read_from_a_sort_key_on(open_table: OpenTable) -> None:
    with open_table() as table:
        table.write([Put(Key("P", f"2026-03-0{day}"), {}) for day in (1, 2, 3)])

        assert [item["sk"] for item in table.list_partition("P", since="2026-03-02").items] == [
            "2026-03-02",
            "2026-03-03",
        ]


@on_both_tables
def test_an_index_is_read_from_a_sort_key_on_page_by_page(open_table: OpenTable) -> None:
    def silent(number: int) -> Put:
        return Put(Key(f"M#{number}", "PROFILE"), {"activity_pk": "shop#2026-03-04#00", "activity_sk": f"o{number}"})

    with open_table() as table:
        table.write([silent(number) for number in (30, 10, 20)])

        first = table.list_index(BY_ACTIVITY, "shop#2026-03-04#00", since="o2", limit=1)
        rest = table.list_index(BY_ACTIVITY, "shop#2026-03-04#00", since="o2", limit=5, after=first.after)

        assert [item["activity_sk"] for item in (*first.items, *rest.items)] == ["o20", "o30"]
        assert rest.after is None


@on_both_tables
def test_an_index_is_read_up_to_a_bound_page_by_page(open_table: OpenTable) -> None:
    def due(number: int) -> Put:
        return Put(Key(f"J#{number}", "JOB"), {"due_pk": "DUE#0", "due_sk": f"2026-03-0{number}#J#{number}"})

    with open_table() as table:
        table.write([due(number) for number in (3, 1, 2)])

        first = table.list_index(BY_DUE, "DUE#0", until="2026-03-02", limit=1)
        rest = table.list_index(BY_DUE, "DUE#0", until="2026-03-02", limit=5, after=first.after)

        assert [item["pk"] for item in (*first.items, *rest.items)] == ["J#1", "J#2"]
        assert [item["pk"] for item in table.list_index(BY_DUE, "DUE#0").items] == ["J#1", "J#2", "J#3"]
        assert table.list_index(BY_DUE, "DUE#1").items == ()


@on_both_tables
def test_a_number_is_added_to_from_nothing_up_to_its_most(open_table: OpenTable) -> None:
    with open_table() as table:
        for _ in range(3):
            table.write([Add(A, "used", 3, 9, {"day": "2026-03-04"})])
        with pytest.raises(Lost):
            table.write([Add(A, "used", 1, 9)])
        with pytest.raises(Lost):
            table.write([Add(B, "used", 10, 9)])
        table.write([Add(A, "used", -2, None, {"closed": True}), Put(C, {})])

        assert read(table, A) == {"used": 7, "day": "2026-03-04", "closed": True}
        assert table.get(B) is None


@settings(deadline=None)
@given(writes=st.lists(WRITES, max_size=12))
def test_the_table_does_what_its_words_say(writes: list[list[Change]]) -> None:
    """Against the plainest model there is: a dict."""
    model: dict[Key, dict[str, int]] = {}

    with memory_table() as table:
        for changes in writes:
            objecting = {change.key: model.get(change.key) for change in changes if not meant(change, model)}
            if objecting:
                with pytest.raises(Lost) as lost:
                    table.write(changes)
                assert lost.value.stood == {key: plain(key, item) for key, item in objecting.items()}
            else:
                table.write(changes)
                for change in changes:
                    follow(change, model)
            assert {key: read(table, key) for key in (A, B, C)} == {key: model.get(key) for key in (A, B, C)}


def plain(key: Key, item: dict[str, int] | None) -> Item | None:
    return None if item is None else {**item, "pk": key.pk, "sk": key.sk}


def meant(change: Change, model: dict[Key, dict[str, int]]) -> bool:
    item = model.get(change.key)
    if isinstance(change, Patch) and item is None:
        return False
    if isinstance(change, Add):
        return change.most is None or (item or {}).get("n", 0) + change.amount <= change.most
    return all(holds(condition, item) for condition in change.when)


def holds(condition: Condition, item: dict[str, int] | None) -> bool:
    if isinstance(condition, Absent):
        return item is None
    if item is None or condition.field not in item:
        return False
    if isinstance(condition, Equals):
        return item[condition.field] == condition.value
    return item[condition.field] <= int(condition.value)


def follow(change: Change, model: dict[Key, dict[str, int]]) -> None:
    if isinstance(change, Put):
        model[change.key] = dict(change.item)
    if isinstance(change, Delete):
        model.pop(change.key, None)
    if isinstance(change, Patch):
        model[change.key] |= dict(change.values)
    if isinstance(change, Add):
        item = model.setdefault(change.key, {})
        item |= {"n": item.get("n", 0) + change.amount} | dict(change.values)


def test_the_same_text_always_falls_into_the_same_shard() -> None:
    assert keys.shard_of("oFollower", 16) == 2
    assert {keys.shard_of(str(number), 8) for number in range(100)} == set(range(8))
    assert keys.activity("demo", "2026-03-04", "oFollower") == ("demo#2026-03-04#02", "oFollower")
