"""The shop that the year is played in: the in-memory world with the demo's account, moved from event to event.

What is compressed, and why that changes nothing: docs/demo.md.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from chalicelib.clock import day_start
from chalicelib.faq import publishing
from chalicelib.sending import templates
from chalicelib.store.policy import Policy
from infra import member_facts
from infra.local.demo import content
from infra.local.demo.seeding import NOTICES
from infra.local.memory.world import MemoryRuntime, MemoryWorld
from infra.local.wechat_simulator.account import generated
from infra.local.wechat_simulator.changes import Listener
from infra.local.wechat_simulator.person import Message
from infra.local.year.behaviour import NEWS

ACCOUNT = "shop"
START = day_start("2026-01-01")
DATA_KEY = "5a" * 32
MINUTE = timedelta(minutes=1)
REPORTS = timedelta(seconds=5)
"""WeChat's reports are delivered together that fall due within so long."""
LINES_KEPT = 40
"""Of each chat."""
ROWS = 50
"""Of the till's, which are imported together."""


class Shop:
    """One at a time per process, like the world that it is in."""

    def __init__(self, *, seed: int) -> None:
        self.world = MemoryWorld(seed=seed, start=START, process=partial(MemoryRuntime, log_level="CRITICAL"))
        self.simulator = self.world.simulator
        self.simulator.set_switches(breaker_failures=0, chat_kept=LINES_KEPT)
        self.account = generated(Random(seed), account=ACCOUNT, callback_url="http://memory.invalid/wechat/shop")  # noqa: S311 - made up, and repeatable
        self.world.add_account(self.account, data_key=DATA_KEY)
        self.calls: Counter[str] = self.world.runtime.wechat_connection.calls
        """How often each path of WeChat's API was called."""
        self._seed = seed
        self._ticked = START
        self._seen = 0
        self._till: dict[str, dict[str, str]] = {}
        self._set_up()

    def _set_up(self) -> None:
        table = self.world.table()
        publishing.publish(table, ACCOUNT, content.shop())
        for template_id, title, keywords, subscribe in (*NOTICES, (NEWS, "门店消息", {"thing1": "消息"}, False)):
            self.simulator.add_template(ACCOUNT, template_id, title, keywords, subscribe=subscribe)
        templates.fetch(table, ACCOUNT, "first", queues=self.world.runtime.queues, now=self.now)
        self.work()
        self.world.watch()

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def enable(self, policy: Policy) -> None:
        self.world.table().write([replace(policy, account=ACCOUNT, enabled=True).put()])

    # What people do

    def newcomer(self, number: int) -> str:
        """The openid of somebody who does not follow yet: theirs in whichever year."""
        return self.simulator.add_follower(ACCOUNT, openid=f"oFollower{number:019d}")

    def act(self, openid: str, act: str, given: Mapping[str, str]) -> None:
        """Somebody does something, and the shop answers. The ids that it draws then depend on nothing else, so the
        same people get the same numbers, and with them the same arms, whatever happened before."""
        self.world.random.seed(f"{self._seed}/{openid}/{self.now.isoformat()}")
        outcome = self.simulator.act(openid, act, given)
        if any(delivery.status != 200 for delivery in outcome.deliveries):
            raise RuntimeError(f"the shop did not answer: {act}")
        self._seen = max(self._seen, self.simulator.last_seq(openid))
        self.work()

    def news(self, bell: Listener) -> Iterator[tuple[str, Message]]:
        """The messages that have come since, but for the answers to what people did."""
        since = self._seen
        for openid in bell.wait(0).get("chat", {}):
            for line in self.simulator.chat(openid, after=since):
                self._seen = max(self._seen, line["seq"])
                if line["from"] == "account":
                    yield openid, line

    def tell(self, openid: str, points: int, until: str) -> None:
        """What the till knows of a member; it is imported in the evening."""
        self._till[openid] = {"openid": openid, "points": str(points), "points_until": until}

    def import_facts(self) -> None:
        """The till's day, as `ops members facts` would read it."""
        rows = list(self._till.values())
        self._till.clear()
        for start in range(0, len(rows), ROWS):
            member_facts.remember(rows[start : start + ROWS], ACCOUNT, self.world.table())

    # What the clock does

    def next_moment(self) -> datetime | None:
        """When the machinery has something to do next."""
        moments = []
        if (due := self.world.next_due()) is not None:
            moments.append(max(_next_minute(due), self._ticked + MINUTE))
        if (report := self.simulator.next_due()) is not None:
            moments.append(max(report + REPORTS, self.now))
        return min(moments, default=None)

    def go_to(self, at: datetime) -> None:
        self.world.clock.advance(max(0.0, (at - self.now).total_seconds()))

    def run(self) -> None:
        """What the machinery does at this moment: reports come in, what is due is waked, workers work."""
        self.simulator.run_due()
        due = self.world.next_due()
        if due is not None and due <= self.now >= self._ticked + MINUTE:
            self._ticked = self.now
            self.world.tick()
        self.work()

    def plan(self) -> bool:
        """One run of the planner; whether it has found anything to write."""
        before = self.world.dynamo.counts.items_written
        self.world.plan()
        self.work()
        return self.world.dynamo.counts.items_written > before

    def work(self) -> None:
        """Workers take whatever lies in the queues."""
        while self.world.pump():
            pass


@contextmanager
def quiet() -> Iterator[None]:
    """Nobody reads what the Lambdas print."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield


def _next_minute(at: datetime) -> datetime:
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE
