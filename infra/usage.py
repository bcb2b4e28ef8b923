"""What one act of a follower, or one notice to them, asks of AWS: counted in the in-memory world, never estimated."""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from logging import StreamHandler
from random import Random
from typing import TypeVar

from chalicelib.door import log
from chalicelib.faq import publishing
from chalicelib.sending import intents
from chalicelib.sending.intents import Intent
from chalicelib.store.push import Content
from infra.local.demo import content
from infra.local.memory.faults import Faults
from infra.local.memory.limits import checked
from infra.local.memory.world import MemoryWorld
from infra.local.wechat_simulator.account import generated

T = TypeVar("T")
ACCOUNT = "shop"
MESSAGE = "a message that the FAQ answers"
NOTICE = "a notice, from the event that asks for it to WeChat's report on it"
BATCH = 10
LINE_BYTES = 26
"""CloudWatch counts so much for each line besides its text (its pricing page)."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one function did: how often it ran, what it asked of AWS and of WeChat."""

    invocations: float = 0
    trips: float = 0
    wechat: float = 0


@dataclass(frozen=True, slots=True)
class Use:
    """What something asks of AWS, all in all."""

    reads: float
    writes: float
    sends: float
    """Requests that put messages into a queue."""
    receives: float
    """Batches that Lambda's poller takes out, each with one more request that deletes them."""
    log_bytes: float
    stored_bytes: float
    """How much larger the table is afterwards."""
    runs: dict[str, Run] = field(default_factory=dict)


class Tally(Faults):
    """Lets everything through, and counts it."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: Counter[str] = Counter()

    def around(self, operation: str, work: Callable[[], T]) -> T:
        self.operations[operation] += 1
        return super().around(operation, work)


class CountedShop:
    """A shop with the demo's FAQ and one follower, and everything that it asks for."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.world = MemoryWorld(seed=1, faults=self.tally)
        account = generated(Random(1), account=ACCOUNT, callback_url=f"http://memory.invalid/wechat/{ACCOUNT}")  # noqa: S311
        self.world.add_account(account, data_key="5a" * 32)
        self.simulator = self.world.simulator
        self.simulator.add_template(ACCOUNT, "order", "订单", {"thing1": "事项"})
        publishing.publish(self.world.table(), ACCOUNT, content.shop())
        self.openid = self.simulator.add_follower(ACCOUNT)
        self.simulator.follow(self.openid)
        self.world.rest()
        self.simulator.say(self.openid, "几点开门")  # the release is loaded and the token fetched: all is warm

    def counted(self, act: Callable[[], object], *, requests: int = 0, units: int = 1) -> Use:
        """What one of so many `units` asks for, with all that follows. Of the requests to the API, callbacks are
        counted; `requests` are others that the act stands for."""
        counts, before = self.world.dynamo.counts, self._bytes()
        counts.clear()
        self.tally.operations.clear()
        runs: dict[str, Run] = {}
        with _logged() as text:
            runs["api_handler"] = self._run(act)
            while any(self._waiting(queue) for queue in ("work", "push.fifo")):
                function = "work_do" if self._waiting("work") else "push_send"
                runs[function] = _sum(runs.get(function, Run()), self._run(self._pump))
            runs["api_handler"] = _sum(runs["api_handler"], self._run(self._settle))
        calls, lines = self.tally.operations, text.getvalue()
        answered = requests + lines.count('"callback.settled"')
        runs["api_handler"] = replace(runs["api_handler"], invocations=answered)
        return Use(
            reads=counts.read_units / units,
            writes=counts.write_units / units,
            sends=(calls["SendMessage"] + calls["SendMessageBatch"]) / units,
            receives=calls["ReceiveMessage"] / units,
            log_bytes=(len(lines.encode()) + LINE_BYTES * lines.count("\n")) / units,
            stored_bytes=(self._bytes() - before) / units,
            runs={
                name: Run(run.invocations / units, run.trips / units, run.wechat / units) for name, run in runs.items()
            },
        )

    def notices(self) -> None:
        """Plan a batch of template notices: the callbacks that follow are WeChat's reports on them."""
        r = self.world.runtime
        credentials = r.accounts.find(ACCOUNT)
        told = tuple(
            Intent(self.openid, "order.shipped", str(n), "template", "service", Content("order", {"thing1": "草莓"}),
                   urgent=True)
            for n in range(BATCH)
        )  # fmt: skip
        intents.plan(told, credentials, table=self.world.table(), queues=r.queues, now=r.now())

    def _pump(self) -> None:
        self.world.pump()

    def _settle(self) -> None:
        self.world.clock.advance(30)
        self.simulator.run_due()

    def _run(self, act: Callable[[], object]) -> Run:
        before = self.tally.operations.copy()
        act()
        made = self.tally.operations - before
        aws = made.total() - made["WeChat"] - made["ReceiveMessage"] - made["DeleteMessage"]
        return Run(1, aws, made["WeChat"])

    def _waiting(self, queue: str) -> int:
        return self.world.sqs.waiting(f"huiyuan-{self.world.runtime.settings.stage}-{queue}")

    def _bytes(self) -> int:
        return sum(checked(item)[1] for item in self.world.dynamo.items())


def uses() -> Mapping[str, Use]:
    """Every act whose price an operator wants to know."""
    with _logged():
        shop = CountedShop()
    simulator, openid = shop.simulator, shop.openid
    newcomer = simulator.add_follower(ACCOUNT)
    return {
        MESSAGE: shop.counted(lambda: simulator.say(openid, "几点开门")),
        "a menu click": shop.counted(lambda: simulator.click(openid, "faq:hours")),
        "a new follower, whose profile is fetched": shop.counted(lambda: simulator.follow(newcomer, "store-01")),
        "a follower who leaves, and is erased": shop.counted(lambda: simulator.unfollow(newcomer)),
        NOTICE: shop.counted(shop.notices, requests=BATCH, units=BATCH),
    }


def _sum(one: Run, other: Run) -> Run:
    return Run(one.invocations + other.invocations, one.trips + other.trips, one.wechat + other.wechat)


@contextmanager
def _logged() -> Iterator[io.StringIO]:
    """What functions write meanwhile: lines of the log, and metrics among them."""
    text = io.StringIO()
    streams = [(each, each.setStream(text)) for each in log.handlers if isinstance(each, StreamHandler)]
    try:
        with redirect_stdout(text):
            yield text
    finally:
        for handler, stream in streams:
            handler.setStream(stream)
