"""Which release answers while releases are published, lost, broken or slow."""

import json
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from chalicelib.decision import Faq
from chalicelib.door import Deadline
from chalicelib.errors import Unavailable
from chalicelib.faq.releases import NOTHING, Releases
from chalicelib.store import keys
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.release import parts
from chalicelib.store.table import Absent, Page, Put
from tests.builders import ACCOUNT, NOON, a_release, an_entry
from tests.support.tables import TABLE, moto_client


class Shelf(DynamoTable):
    """The table, which counts how often a release is read; it can be away, or slow until it is let go."""

    away = False
    slow = False
    reads = 0

    def prepare(self) -> None:
        self.asked, self.let_go = Event(), Event()

    def list_partition(self, pk: str, **options: object) -> Page:
        self.reads += 1
        if self.away:
            raise Unavailable("the table did not answer in time")
        if self.slow:
            self.asked.set()
            self.let_go.wait(10)
        return super().list_partition(pk, prefix=str(options["prefix"]))


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with moto_client() as client:
        shelf = Shelf(client, TABLE, deadline=Deadline(60))
        shelf.prepare()
        yield shelf


def store(shelf: Shelf, version: int) -> None:
    entry = an_entry("hours", answer=f"第 {version} 版的回答")
    for part in parts(ACCOUNT, replace(a_release(entry), version=version)):
        shelf.write([part])


def store_broken(shelf: Shelf, version: int, data: bytes, *, parts: int = 1) -> None:
    item = {"v": 1, "parts": parts, "data": data}
    shelf.write([Put(keys.release_part(ACCOUNT, version, 0), item, (Absent(),))])


def current(releases: Releases, shelf: Shelf, version: int, *, left: float = 4.0, seconds: float = 0) -> Faq:
    now = NOON + timedelta(seconds=seconds)
    return releases.current(ACCOUNT, version, table=shelf, now=now, time_left=lambda: left)


def test_a_published_release_answers_and_is_read_once(shelf: Shelf) -> None:
    store(shelf, 1)
    releases = Releases()

    first, second = current(releases, shelf, 1), current(releases, shelf, 1)

    assert first is second is releases.latest(ACCOUNT)
    assert first.release.version == 1
    assert shelf.reads == 1


def test_an_account_that_published_nothing_has_an_empty_release(shelf: Shelf) -> None:
    releases = Releases()

    assert current(releases, shelf, 0) is NOTHING
    assert shelf.reads == 0
    assert releases.latest(ACCOUNT) is None


def test_a_new_release_answers_the_next_message(shelf: Shelf) -> None:
    store(shelf, 1)
    store(shelf, 2)
    releases = Releases()
    current(releases, shelf, 1)

    assert current(releases, shelf, 2).release.version == 2


def test_a_roll_back_needs_no_second_read(shelf: Shelf) -> None:
    store(shelf, 1)
    store(shelf, 2)
    releases = Releases()
    for version in (1, 2):
        current(releases, shelf, version)

    assert current(releases, shelf, 1).release.version == 1
    assert releases.latest(ACCOUNT) is current(releases, shelf, 1)
    assert shelf.reads == 2


def test_only_the_last_releases_are_kept_in_memory(shelf: Shelf) -> None:
    releases = Releases()
    for version in (1, 2, 3, 4):
        store(shelf, version)
        current(releases, shelf, version)

    current(releases, shelf, 2)
    current(releases, shelf, 1)

    assert shelf.reads == 5


def test_the_previous_release_answers_when_time_is_short(shelf: Shelf) -> None:
    store(shelf, 1)
    store(shelf, 2)
    releases = Releases()
    current(releases, shelf, 1)

    answering = current(releases, shelf, 2, left=1.9)

    assert answering.release.version == 1
    assert current(releases, shelf, 2).release.version == 2


@pytest.mark.parametrize(
    "data",
    [b"no zlib", b"", parts(ACCOUNT, a_release())[0].item["data"][:-20]],
    ids=["other bytes", "nothing", "cut off"],
)
def test_the_previous_release_answers_when_the_new_one_is_broken(shelf: Shelf, data: bytes) -> None:
    store(shelf, 1)
    store_broken(shelf, 2, data)
    releases = Releases()
    current(releases, shelf, 1)

    assert current(releases, shelf, 2).release.version == 1


@pytest.mark.parametrize("content", [{}, [], {"version": 2, "entries": [1]}, None, {"version": 2, "entries": None}])
def test_the_previous_release_answers_when_the_new_one_is_something_else(shelf: Shelf, content: object) -> None:
    store(shelf, 1)
    store_broken(shelf, 2, zlib.compress(json.dumps(content).encode()))
    releases = Releases()
    current(releases, shelf, 1)

    assert current(releases, shelf, 2).release.version == 1


def test_the_previous_release_answers_when_a_part_is_missing(shelf: Shelf) -> None:
    store(shelf, 1)
    store_broken(shelf, 2, b"half", parts=2)
    releases = Releases()
    current(releases, shelf, 1)

    assert current(releases, shelf, 2).release.version == 1


def test_without_a_previous_release_nothing_is_known(shelf: Shelf) -> None:
    releases = Releases()

    assert current(releases, shelf, 7) is NOTHING
    assert releases.latest(ACCOUNT) is None


def test_a_broken_release_is_told_once_and_tried_again_after_half_a_minute(
    shelf: Shelf, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    releases = Releases()

    for seconds in (0, 10, 29):
        current(releases, shelf, 7, seconds=seconds)
    tries = shelf.reads
    store(shelf, 7)
    healed = current(releases, shelf, 7, seconds=30)

    broken = [record for record in caplog.records if record.getMessage() == "faq.release_broken"]
    assert (tries, len(broken)) == (1, 1)
    assert capsys.readouterr().out.count('"ReleaseBroken":') == 1
    assert healed.release.version == 7


def test_the_previous_release_answers_while_the_table_is_away(shelf: Shelf) -> None:
    store(shelf, 1)
    store(shelf, 2)
    releases = Releases()
    current(releases, shelf, 1)

    shelf.away = True
    during = current(releases, shelf, 2)
    shelf.away = False
    after = current(releases, shelf, 2, seconds=31)

    assert (during.release.version, after.release.version) == (1, 2)


def test_a_cold_process_whose_table_is_away_does_not_say_that_nothing_is_known(shelf: Shelf) -> None:
    store(shelf, 1)
    releases = Releases()

    shelf.away = True
    with pytest.raises(Unavailable, match="no release"):
        current(releases, shelf, 1)
    shelf.away = False

    assert current(releases, shelf, 1, seconds=5).release.version == 1


def test_a_cold_process_without_time_leaves_the_answer_to_the_next_delivery(shelf: Shelf) -> None:
    store(shelf, 1)

    with pytest.raises(Unavailable, match="no release"):
        current(Releases(), shelf, 1, left=1.9)


def test_many_threads_load_a_release_once(shelf: Shelf) -> None:
    store(shelf, 1)
    releases = Releases()

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: current(releases, shelf, 1, left=10), range(16)))

    assert shelf.reads == 1
    assert {faq.release.version for faq in found} == {1}


def test_many_threads_meet_a_broken_release_once(shelf: Shelf) -> None:
    store_broken(shelf, 1, b"no zlib")
    releases = Releases()

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: current(releases, shelf, 1, left=10), range(16)))

    assert shelf.reads == 1
    assert set(map(id, found)) == {id(NOTHING)}


def test_who_cannot_wait_for_another_thread_gets_the_previous_release(shelf: Shelf) -> None:
    store(shelf, 1)
    store(shelf, 2)
    releases = Releases()
    current(releases, shelf, 1)
    shelf.slow = True

    with ThreadPoolExecutor(1) as threads:
        loading = threads.submit(current, releases, shelf, 2)
        shelf.asked.wait(10)
        meanwhile = current(releases, shelf, 2, left=2.05)
        shelf.let_go.set()
        loaded = loading.result()

    assert (meanwhile.release.version, loaded.release.version) == (1, 2)


def test_a_release_that_another_thread_found_broken_is_not_read_again(shelf: Shelf) -> None:
    store_broken(shelf, 1, b"no zlib")
    releases = Releases()
    shelf.slow = True

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(current, releases, shelf, 1, left=10)
        shelf.asked.wait(10)
        second = threads.submit(current, releases, shelf, 1, left=10)
        shelf.let_go.set()

        assert first.result() is second.result() is NOTHING
    assert shelf.reads == 1


def test_accounts_do_not_share_releases(shelf: Shelf) -> None:
    store(shelf, 1)
    releases = Releases()
    current(releases, shelf, 1)

    other = releases.current("other", 1, table=shelf, now=NOON, time_left=lambda: 4.0)

    assert other is NOTHING
    assert releases.latest("other") is None
