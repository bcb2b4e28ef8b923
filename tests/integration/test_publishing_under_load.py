"""Publishing while followers write: everybody is answered, and by a whole release."""

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from random import Random
from threading import Event
from time import monotonic, sleep

from chalicelib.faq import publishing
from chalicelib.store.release import Answer, Channel, FaqEntry, Keyword, Release
from infra.local.memory.world import MemoryRuntime, MemoryWorld
from tests.support.memory import MemoryShop
from tests.support.shop import DATA_KEY, an_account

THREADS = 4
PER_SECOND = 50
ENTRIES = 150
VERSIONS = (1, 2, 3, 4)
BETWEEN = 1.5
"""Seconds between one publish and the next."""


def a_release(version: int) -> Release:
    """Its answers name the version. What it says to those who came by the poster makes it so long that it takes
    several items."""
    random = Random(version)
    entries = tuple(_entry(number, version, random) for number in range(ENTRIES))
    return publishing.prepared(Release(version=0, entries=entries, channels=(Channel("poster", "海报"),)))


def _entry(number: int, version: int, random: Random) -> FaqEntry:
    long = tuple(Answer(text=_letters(random), channel="poster") for _ in range(4))
    keyword = Keyword("exact", f"办{number}")
    return FaqEntry(f"e{number}", f"第{number}件事怎么办理", f"{version} 版", keywords=(keyword,), answers=long)


def _letters(random: Random) -> str:
    return "".join(chr(random.randrange(0x4E00, 0x9FA5)) for _ in range(600))


@dataclass
class Log:
    """By which version each message was answered, and which was published before it was sent."""

    answered: list[tuple[int, int]] = field(default_factory=list)
    unanswered: int = 0


@dataclass
class Town:
    """A shop, its operator, and followers who ask all the time."""

    shop: MemoryShop
    openids: list[str]
    newest: int = 0
    over: Event = field(default_factory=Event)

    def ask(self, worker: int) -> Log:
        log, number = Log(), worker
        while not self.over.is_set():
            before, begun = self.newest, monotonic()
            said = self.shop.answer(self.openids[worker], f"办{number % ENTRIES}")
            version = said.split(" ")[0]
            if version.isdecimal():
                log.answered.append((before, int(version)))
            else:
                log.unanswered += 1
            number += THREADS
            sleep(max(0.0, THREADS / PER_SECOND - (monotonic() - begun)))
        return log

    def publish(self, releases: list[Release]) -> None:
        """One after the other. From the moment a publish returns, the next message is its release's."""
        for release in releases:
            self.newest = publishing.store(self.shop.world.table(), self.shop.account, release)
            sleep(BETWEEN)
        self.over.set()


def test_while_four_versions_are_published_fifty_messages_a_second_are_all_answered_by_a_whole_one() -> None:
    world = MemoryWorld(process=lambda world: MemoryRuntime(world, log_level="CRITICAL"))
    world.add_account(an_account(callback_url="http://memory.invalid/wechat/shop"), data_key=DATA_KEY)
    shop = MemoryShop(world)
    first, *others = [a_release(version) for version in VERSIONS]
    publishing.store(world.table(), shop.account, first)
    town = Town(shop, [shop.follower() for _ in range(THREADS)], newest=1)

    began = monotonic()
    with redirect_stdout(io.StringIO()), ThreadPoolExecutor(THREADS + 1) as pool:
        publisher = pool.submit(town.publish, others)
        logs = [log.result() for log in [pool.submit(town.ask, worker) for worker in range(THREADS)]]
    publisher.result()
    seconds = monotonic() - began

    answered = [one for log in logs for one in log.answered]
    parts = [item for item in world.items("F#") if item["sk"]["S"].startswith("RELEASE#000002")]
    assert sum(log.unanswered for log in logs) == 0
    assert all(before <= version for before, version in answered)
    assert {version for _, version in answered} == set(VERSIONS)
    assert len(parts) > 1
    assert len(answered) > PER_SECOND * seconds / 2
