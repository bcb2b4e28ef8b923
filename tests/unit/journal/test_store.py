"""What is kept of figures comes back from the table as it was, in memory and on moto."""

from datetime import timedelta

from chalicelib.journal import roll
from chalicelib.store import figures as stored
from chalicelib.store import journal, keys
from chalicelib.store.figures import Figures, OpenDay, Tally
from tests.builders import ACCOUNT, NOON
from tests.support.tables import OpenTable, on_both_tables
from tests.unit.journal.ledger import TODAY, an_act, beside, shard

HOUR = timedelta(hours=1)


@on_both_tables
def test_figures_tallies_and_the_open_day_come_back_as_they_were(open_table: OpenTable) -> None:
    counts = {"faq": {"answer": 3, "miss": 1}, "channels.in": {"(none)": 1, "门店=海报 #1": 2}}
    figures = Figures(ACCOUNT, TODAY, 7, 3, counts, NOON, final=True, closing=True, progress=tuple(range(16)))
    tally = Tally(ACCOUNT, TODAY, 11, 3, 7, counts, b"\x00\xff" * 9)
    with open_table() as table:
        table.write([figures.put()])
        table.write([tally.put(None, now=NOON)])
        table.write([OpenDay(ACCOUNT, TODAY).put(None)])

        found = stored.find(table, ACCOUNT, TODAY)
        assert found == Figures(ACCOUNT, TODAY, 7, 3, counts, NOON, True, True, tuple(range(16)), version=1)
        assert list(stored.list_tallies(table, ACCOUNT, TODAY)) == [tally]
        assert stored.open_day(table, ACCOUNT) == OpenDay(ACCOUNT, TODAY)
        assert stored.open_day(table, "another") is None


@on_both_tables
def test_only_the_days_that_are_asked_for_are_listed(open_table: OpenTable) -> None:
    with open_table() as table:
        for number in range(1, 6):
            table.write([Figures(ACCOUNT, f"2026-03-0{number}").put()])
        table.write([OpenDay(ACCOUNT, TODAY).put(None)])

        listed = [days.day for days in stored.list_days(table, ACCOUNT, first="2026-03-02", last="2026-03-04")]
        all_since = [days.day for days in stored.list_days(table, ACCOUNT, first="2026-03-04", last="2026-12-31")]

    assert listed == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert all_since == ["2026-03-04", "2026-03-05"]


@on_both_tables
def test_a_shard_is_read_from_a_time_on_in_order(open_table: OpenTable) -> None:
    first = an_act(at=NOON)
    later = [beside(first, at=NOON + number * HOUR) for number in (3, 1, 2)]
    with open_table() as table:
        for act in (first, *later):
            table.write([act.put()])

        found = list(journal.list_shard(table, ACCOUNT, TODAY, shard(first), since=NOON + HOUR))

    assert [entry.at for entry in found] == [NOON + number * HOUR for number in (1, 2, 3)]


@on_both_tables
def test_a_day_is_rolled_on_either_table(open_table: OpenTable) -> None:
    with open_table() as table:
        for number in range(20):
            table.write([an_act(at=NOON - number * HOUR / 4, member=f"m-{number % 3}").put()])
        for now in (NOON, NOON + HOUR, NOON + 14 * HOUR):
            roll.roll(ACCOUNT, table=table, now=now, left=lambda: 100.0)

        figures = stored.find(table, ACCOUNT, TODAY)

    assert figures is not None
    assert (figures.entries, figures.active, figures.final) == (20, 3, True)
    assert figures.progress == (24,) * keys.JOURNAL_SHARDS
