"""Releases: in as many parts as they need, whole or not at all."""

import random

import pytest

from chalicelib.store import keys, release
from chalicelib.store.release import Channel, Keyword, Release
from chalicelib.store.table import Delete, Lost
from tests.builders import ACCOUNT, a_release, an_entry
from tests.support.tables import OpenTable, memory_table, on_both_tables


def a_large_release() -> Release:
    """More than a megabyte, however well it is compressed."""
    chance = random.Random(1)
    entries = (an_entry(str(number), answer=chance.randbytes(2000).hex()) for number in range(700))
    return a_release(*entries)


@on_both_tables
def test_a_large_release_comes_back_from_all_its_parts(open_table: OpenTable) -> None:
    large = a_large_release()
    parts = release.parts(ACCOUNT, large)

    with open_table() as table:
        for part in reversed(parts):
            table.write([part])
        found = release.find(table, ACCOUNT, 1)

    assert len(parts) > 4
    assert found == large


@on_both_tables
def test_a_release_of_which_a_part_is_missing_is_not_there(open_table: OpenTable) -> None:
    parts = release.parts(ACCOUNT, a_large_release())

    with open_table() as table:
        for part in parts:
            table.write([part])
        table.write([Delete(parts[-1].key)])

        assert release.find(table, ACCOUNT, 1) is None
        assert release.find(table, ACCOUNT, 2) is None
        assert release.list_versions(table, ACCOUNT) == (1,)


def test_a_published_version_is_never_overwritten() -> None:
    with memory_table() as table:
        table.write(release.parts(ACCOUNT, a_release()))
        with pytest.raises(Lost):
            table.write(release.parts(ACCOUNT, a_release(welcome="other")))

        assert release.find(table, ACCOUNT, 1) == a_release()


@on_both_tables
def test_versions_are_listed_oldest_first(open_table: OpenTable) -> None:
    with open_table() as table:
        for version in (10, 2, 1):
            table.write(release.parts(ACCOUNT, a_release(version=version)))

        assert release.list_versions(table, ACCOUNT) == (1, 2, 10)
        assert release.list_versions(table, "other") == ()


def test_everything_that_an_operator_wrote_comes_back() -> None:
    whole = a_release(
        an_entry(
            "hours",
            questions=("几点开门", "几点关门"),
            keywords=(Keyword("exact", "营业"), Keyword("contains", "时间")),
            priority=5,
            human=True,
            add_tags=("asked",),
            remove_tags=("new",),
        ),
        channels=(Channel("poster-3", "海报", "欢迎扫码！"), Channel("shop", "门店")),
        service_from="22:00",
        service_until="06:00",
    )

    with memory_table() as table:
        table.write(release.parts(ACCOUNT, whole))
        found = release.find(table, ACCOUNT, 1)

    assert found is not None
    assert found == whole
    assert found.find("hours") == whole.entries[0]
    assert found.find("gone") is None
    assert found.channel("shop") == whole.channels[1]
    assert found.channel("gone") is None
    assert keys.release_version(keys.release_part(ACCOUNT, 7, 3).sk) == 7
