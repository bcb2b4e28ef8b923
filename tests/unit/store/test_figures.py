"""Figures, tallies and the open day: they come back as they were, and are written only over what was read."""

from dataclasses import replace

import pytest

from chalicelib.store import figures
from chalicelib.store.figures import Figures, OpenDay, Tally
from chalicelib.store.table import Lost
from tests.builders import ACCOUNT, NOON
from tests.support.tables import OpenTable, memory_table, on_both_tables

TALLY = Tally(ACCOUNT, "2026-03-04", 9, 3, 12, {"faq": {"answer": 11, "miss": 1}}, b"\x00\x01")
DAY = Figures(ACCOUNT, "2026-03-04", entries=12, active=4, counts={"faq": {"answer": 11}}, as_of=NOON, closing=True)


@on_both_tables
def test_a_tally_is_counted_again_only_over_the_one_that_was_read(open_table: OpenTable) -> None:
    more = replace(TALLY, entries=13)

    with open_table() as table:
        table.write([TALLY.put(None, now=NOON)])
        with pytest.raises(Lost):
            table.write([more.put(None, now=NOON)])
        table.write([more.put(TALLY, now=NOON)])

        assert list(figures.list_tallies(table, ACCOUNT, "2026-03-04")) == [more]


@on_both_tables
def test_days_are_listed_from_first_to_last_and_the_open_day_is_none_of_them(open_table: OpenTable) -> None:
    days = [replace(DAY, day=f"2026-03-0{day}") for day in (1, 2, 3, 4)]

    with open_table() as table:
        table.write([*(day.put() for day in days), OpenDay(ACCOUNT, "2026-03-01").put(None)])

        listed = list(figures.list_days(table, ACCOUNT, first="2026-03-02", last="2026-03-03"))
        rest = list(figures.list_days(table, ACCOUNT, first="2026-03-04", last="2026-03-31"))

    assert listed == [replace(day, version=1) for day in days[1:3]]
    assert rest == [replace(days[3], version=1)]


def test_a_day_that_was_never_counted_is_none() -> None:
    with memory_table() as table:
        assert figures.find(table, ACCOUNT, "2026-03-04") is None
        assert figures.open_day(table, ACCOUNT) is None
        assert list(figures.list_days(table, ACCOUNT, first="2026-03-01", last="2026-03-31")) == []


def test_a_day_is_written_once_per_version() -> None:
    empty = Figures(ACCOUNT, "2026-03-04")

    with memory_table() as table:
        table.write([empty.put()])
        found = figures.find(table, ACCOUNT, "2026-03-04")
        with pytest.raises(Lost):
            table.write([empty.put()])
        assert found == replace(empty, version=1)
        table.write([found.put()])


def test_the_open_day_moves_on_from_the_one_that_was_read() -> None:
    first, second = OpenDay(ACCOUNT, "2026-03-04"), OpenDay(ACCOUNT, "2026-03-05")

    with memory_table() as table:
        table.write([first.put(None)])
        table.write([second.put(first)])
        with pytest.raises(Lost):
            table.write([second.put(first)])

        assert figures.open_day(table, ACCOUNT) == second
