"""Where callbacks are fuzzed: the whole product on the in-memory world, with an account in each mode."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from logging import StreamHandler

from chalicelib.callbacks import edge
from chalicelib.clock import iso, shanghai_day
from chalicelib.door import log
from chalicelib.faq import publishing
from chalicelib.store import keys
from chalicelib.store import release as stored
from chalicelib.store.account import AccountState
from chalicelib.store.release import Release
from chalicelib.store.table import Item
from chalicelib.web import Answer, Request
from infra.local.demo import content
from infra.local.memory.world import START, MemoryWorld
from tests.support.tables import memory_table
from tests.unit.wechat import platform

PREVIOUS_AES_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"
MODES = {"safe": "safe", "compatible": "compatible", "plain": "plain"}
"""Account by account, which mode it is in: they are called after it."""
NOW = int(START.timestamp())

Serve = Callable[[Request], Answer]


@dataclass(frozen=True)
class Doors:
    """What answers; other ones prove that the oracles can object."""

    receive: Serve = edge.receive
    verify: Serve = edge.verify


@dataclass
class Arena:
    """A fresh world. One at a time per process; use it within `listening`."""

    doors: Doors = field(default_factory=Doors)
    world: MemoryWorld = field(default_factory=lambda: MemoryWorld(seed=7))
    said: StringIO = field(default_factory=StringIO)
    """What was logged and counted since it was last heard."""

    def __post_init__(self) -> None:
        for account in MODES:
            parameter = self.world.runtime.settings.account_parameter(account)
            self.world.parameters.values[parameter] = json.dumps(_credentials(account))
            self._let_answer(account)

    @property
    def calls(self) -> int:
        """How often the table or a queue was asked for anything, so far."""
        return self.world.faults.calls

    def _let_answer(self, account: str) -> None:
        """Give it the release as it stands in a table after publishing."""
        table = self.world.table()
        for part in stored.parts(account, _published()):
            table.write([part])
        table.write([AccountState(account, release=_published().version).put()])

    def enter(self, *, level: str) -> None:
        """Make this world the process's again, after another one was."""
        self.world.enter()
        log.setLevel(level)

    def forget(self) -> None:
        """Nobody has ever written; what is published stays."""
        for item in list(self.world.dynamo.items()):
            if not item["pk"]["S"].startswith(("A#", "F#")):
                key = {"pk": item["pk"], "sk": item["sk"]}
                self.world.dynamo.delete_item(TableName=self.world.runtime.settings.table_name, Key=key)

    def journalled(self, account: str, receipt_id: str) -> Item | None:
        """What the journal has of a delivery."""
        now = self.world.clock.now()
        return self.world.table().get(keys.journal_entry(account, shanghai_day(now), iso(now), receipt_id))

    def heard(self) -> str:
        """What was logged and counted since the last time."""
        heard = self.said.getvalue()
        self.said.seek(0)
        self.said.truncate()
        return heard


def appid(account: str) -> str:
    return f"wx00112233445566{list(MODES).index(account):02d}"


def _credentials(account: str) -> dict[str, str]:
    return {
        "appid": appid(account),
        "token": platform.TOKEN,
        "aes_key": platform.ENCODING_AES_KEY,
        "previous_aes_key": PREVIOUS_AES_KEY,
        "data_key": "5a" * 32,
        "mode": MODES[account],
    }


@cache
def shop() -> Release:
    """What the demo account's followers read, parsed once."""
    return content.shop()


@cache
def _published() -> Release:
    """The same, checked and calibrated, which takes a while."""
    with memory_table() as table:
        version = publishing.publish(table, "safe", shop())
        release = stored.find(table, "safe", version)
    if release is None:
        raise LookupError("what was published is not there")
    return release


@contextmanager
def listening(said: StringIO, *, level: str) -> Iterator[None]:
    """Meanwhile whatever is logged at this level, or printed as a metric, goes there."""
    (handler,) = (handler for handler in log.handlers if isinstance(handler, StreamHandler))
    stream, before = handler.stream, log.log_level
    handler.setStream(said)
    log.setLevel(level)
    try:
        with redirect_stdout(said):
            yield
    finally:
        handler.setStream(stream)
        log.setLevel(before)
