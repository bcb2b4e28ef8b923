"""The whole system in one process without a network: deterministic under a seed, with the real handlers and workers."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any, TypeAlias

from chalicelib.callbacks import edge
from chalicelib.clock import parse_iso
from chalicelib.door import Deadline
from chalicelib.errors import AppError, Unavailable
from chalicelib.runtime import Runtime, use
from chalicelib.settings import Settings
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.keys import BY_DUE, DUE_SHARDS, INDEX_KEYS, due_shard
from chalicelib.store.push import OPEN
from infra.local import lambdas
from infra.local.memory.courier import EdgeCourier
from infra.local.memory.dynamo import MemoryDynamo
from infra.local.memory.faults import Crashed, Faults
from infra.local.memory.queue import Chaos
from infra.local.memory.sqs import MemorySqs
from infra.local.memory.wechat import SimulatorConnection
from infra.local.wechat_simulator import Account, Clock, Courier, Simulator

STAGE = "memory"
START = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""A Wednesday, ten o'clock in Shanghai."""
BATCH = 10

LambdaHandler: TypeAlias = Callable[[Any, Any], object]
"""Takes an event and a context."""


class MemoryParameters:
    """Implements `credentials.Parameters` on a dict."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def list_names(self, path: str) -> tuple[str, ...]:
        return tuple(name for name in self.values if name.startswith(path))


class MemoryRuntime(Runtime):
    """The product's runtime on clients in memory. Pauses take no time, but count against deadlines."""

    table_class = DynamoTable

    def __init__(self, world: "MemoryWorld", *, log_level: str = "INFO") -> None:
        super().__init__(Settings(stage=STAGE, log_level=log_level))
        self._world = world
        self._slept = 0.0

    def now(self) -> datetime:
        return self._world.clock.now() + self._world.skew

    def new_id(self) -> str:
        return f"{self._world.random.getrandbits(128):032x}"

    def table(self, deadline: Deadline) -> DynamoTable:
        jitter = self._world.random.random
        patient = Deadline(round(deadline.left(), 1), monotonic=lambda: self._slept)
        return self.table_class(
            self._dynamodb, self.settings.table_name, deadline=patient, sleep=self.sleep, jitter=jitter
        )

    def refresh_token(self, account: str, refused: str) -> None:
        from chalicelib.access_token import scheduled_event
        from chalicelib.tokens.entry import token_refresh

        event = scheduled_event({"account": account, "refused": refused})
        try:
            token_refresh(event, lambdas.context("token_refresh", seconds=30))
        except (AppError, Crashed):  # an invoked Lambda's failure reaches the caller as a function error
            raise Unavailable("the token could not be refreshed") from None

    @cached_property
    def parameters(self) -> Any:
        return self._world.parameters

    @cached_property
    def wechat_connection(self) -> SimulatorConnection:
        return SimulatorConnection(self._world.simulator, self._world.faults)

    def _client(self, service: Any, *, read_seconds: float = 1) -> Any:  # noqa: ARG002 - nothing to wait for
        return {"dynamodb": self._world.dynamo, "sqs": self._world.sqs}[service]

    def sleep(self, seconds: float) -> None:
        self._slept += seconds


class MemoryWorld:
    """One at a time per process: the runtime is the process's."""

    def __init__(
        self,
        *,
        seed: int = 0,
        start: datetime = START,
        faults: Faults | None = None,
        chaos: Chaos | None = None,
        index_lag: timedelta = timedelta(0),
        ttl_lag: timedelta = timedelta(days=2),
        courier: Courier | None = None,
        process: Callable[["MemoryWorld"], MemoryRuntime] = MemoryRuntime,
    ) -> None:
        self.random = Random(seed)  # noqa: S311 - repeatable on purpose
        self.clock = Clock(start=start, frozen=True)
        self.skew = timedelta(0)
        """How far the Lambda at work believes to be ahead of the world's clock."""
        self.faults = faults or Faults(seed=seed)
        self.parameters = MemoryParameters()
        self.dynamo = MemoryDynamo(f"huiyuan-{STAGE}", INDEX_KEYS, now=self.clock.now, index_lag=index_lag,
                                   ttl_lag=ttl_lag, faults=self.faults)  # fmt: skip
        self.sqs = MemorySqs(now=self.clock.now, chaos=chaos, faults=self.faults)
        self.sqs.create_queue(QueueName=f"huiyuan-{STAGE}-work")
        self.sqs.create_queue(QueueName=f"huiyuan-{STAGE}-push.fifo", Attributes={"FifoQueue": "true"})
        self.simulator = Simulator(
            clock=self.clock,
            courier=courier or EdgeCourier(died=self.restart),
            pause=self.clock.advance,
            seed=seed,
            timer=lambda: 0.0,
            together=lambda tasks: [task() for task in tasks],
        )
        self._process = process
        self.restart()

    def enter(self) -> None:
        """Make this world the process's."""
        use(self.runtime)
        edge.releases.cache_clear()

    def restart(self) -> None:
        """Go on in a new process, which remembers nothing."""
        self.runtime = self._process(self)
        self.enter()

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Meanwhile, in another process."""
        here = self.runtime
        self.restart()
        try:
            yield
        finally:
            self.runtime = here
            self.enter()

    def add_account(self, account: Account, *, data_key: str) -> None:
        self.simulator.add_account(account)
        public = {"appid": account.appid, "token": account.token, "aes_key": account.aes_key,
                  "mode": account.mode, "data_key": data_key}  # fmt: skip
        settings = self.runtime.settings
        self.parameters.values[settings.account_parameter(account.account)] = json.dumps(public)
        self.parameters.values[settings.secret_parameter(account.account)] = json.dumps({"secret": account.secret})

    def table(self) -> DynamoTable:
        """For what an operator does."""
        return self.runtime.table(Deadline(60))

    def pump(self, work: LambdaHandler | None = None, send: LambdaHandler | None = None) -> int:
        """Hand one batch of wake-ups to the worker, and one to the sender of pushes (`work`, `send`, where they are
        others); returns how many. If they or the queue fail, the messages come again when they are visible again."""
        from chalicelib.push.entry import push_send
        from chalicelib.work.entry import work_do

        return self._hand_over("work", work or work_do) + self._hand_over("push.fifo", send or push_send)

    def _hand_over(self, queue: str, work: LambdaHandler) -> int:
        name = f"huiyuan-{STAGE}-{queue}"
        if not self.sqs.waiting(name):
            return 0
        url = self.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        received = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=BATCH, VisibilityTimeout=180)
        messages = received.get("Messages", [])
        if messages:
            work(lambdas.sqs_event(messages, queue=name), lambdas.context(queue, seconds=30))
        for message in messages:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(messages)

    def tick(self) -> None:
        """What EventBridge does every minute."""
        from chalicelib.work.entry import tick

        tick(lambdas.schedule_event("tick", self.clock.now()), lambdas.context("tick", seconds=60))

    def roll(self) -> None:
        """What EventBridge does every quarter of an hour."""
        from chalicelib.journal.entry import journal_roll

        journal_roll(
            lambdas.schedule_event("journal_roll", self.clock.now()), lambdas.context("journal_roll", seconds=120)
        )

    def watch(self) -> None:
        """What EventBridge does every five minutes."""
        from chalicelib.push.entry import push_watch

        push_watch(lambdas.schedule_event("push_watch", self.clock.now()), lambdas.context("push_watch", seconds=120))

    def plan(self) -> None:
        """What EventBridge does every five minutes, too."""
        from chalicelib.reactivation.entry import reactivation_plan

        context = lambdas.context("reactivation_plan", seconds=120)
        reactivation_plan(lambdas.schedule_event("reactivation_plan", self.clock.now()), context)

    def rest(self, *, minutes: int = 60 * 24, until: Callable[[], bool] | None = None) -> None:
        """Let the world run, minute by minute, until `until` holds or no wake-up and no job is left."""
        for _ in range(minutes):
            while self.pump():
                pass
            self.simulator.run_due()
            if (until or self.is_idle)():
                return
            self.clock.advance(60)
            self.tick()

    def next_due(self) -> datetime | None:
        """When the first job or push is due, as the index shows it; no call of the service."""
        shards = (self.dynamo.first(BY_DUE, due_shard(shard)) for shard in range(DUE_SHARDS))
        first = min(filter(None, shards), default=None)
        return parse_iso(first.partition("#")[0]) if first else None

    def is_idle(self) -> bool:
        return not self.jobs(dead=False) and not self.open_pushes()

    def jobs(self, *, dead: bool) -> list[Mapping[str, Any]]:
        return [item for item in self.items("J#") if item["dead"]["BOOL"] == dead]

    def open_pushes(self) -> list[Mapping[str, Any]]:
        return [item for item in self.items("P#") if item["state"]["S"] in OPEN]

    def items(self, prefix: str = "") -> list[Mapping[str, Any]]:
        """Every item whose partition starts so, as DynamoDB writes it."""
        return [item for item in self.dynamo.items() if item["pk"]["S"].startswith(prefix)]
