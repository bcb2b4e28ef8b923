"""Pushes to many followers: how fast, at what cost, and whether anyone is told twice while things go wrong."""

import heapq
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from time import monotonic, process_time
from typing import TypeVar

from chalicelib.clock import shanghai_day
from chalicelib.door import Deadline
from chalicelib.sending import intents
from chalicelib.sending.channels import deliver
from chalicelib.sending.intents import Intent
from chalicelib.sending.traits import TRAITS
from chalicelib.store.attributes import to_dynamo
from chalicelib.store.push import Content
from chalicelib.store.quota import Quota
from chalicelib.store.quota import find as stored_quota
from chalicelib.store.table import Add
from chalicelib.wechat.errors import UnknownOutcome, WechatError
from infra.local import lambdas
from infra.local.memory.faults import Crashed, Fault, Faults
from infra.local.memory.wechat import SimulatorConnection
from infra.local.memory.world import START, MemoryRuntime, MemoryWorld
from infra.local.wechat_simulator import Simulator
from infra.local.wechat_simulator.account import generated
from tests.bench.extent import Extent
from tests.bench.growth import member_of
from tests.bench.report import Bar, Result
from tests.bench.shop import ACCOUNT, DATA_KEY, log_unread
from tests.bench.timing import micro

T = TypeVar("T")
WORKERS = 30
"""The concurrency that `push_send` is given."""
WECHAT_SECONDS, TRANSACTION_SECONDS, CALL_SECONDS = 0.100, 0.010, 0.005
"""How long each takes on the virtual clock."""
DOUBLED, CRASHED, AMBIGUOUS = 0.05, 0.05, 0.02
BATCH = 10
CHECKPOINT = 100
"""After so many a naive loop notes how far it is."""
TEMPLATE = "order"
PER_MINUTE = 10_000
MOST = 0.9
SAYS = (
    "{followers:,} template messages on the in-memory world: {workers} workers on a virtual clock, 100 ms per call to "
    "WeChat, 10 ms per transaction, 5 ms per other call. 5 % of the deliveries come twice, in 5 % of the batches the "
    "process dies at a random call, 2 % of the sends go unanswered, half of them accepted. Beside it a loop in one "
    "process under the same faults, as the platforms do it: it goes on from its last note after a crash, and tries "
    "once more what went unanswered. CPU is the product's own: without table, queue and WeChat."
)


class Meter(Faults):
    """Faults, and how much CPU the outside took."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed=seed)
        self.outside = 0.0
        self.operations: Counter[str] = Counter()

    def around(self, operation: str, work: Callable[[], T]) -> T:
        self.operations[operation] += 1
        began = process_time()
        try:
            return super().around(operation, work)
        finally:
            self.outside += process_time() - began


class ForgetfulWechat(SimulatorConnection):
    """Leaves some sends unanswered: half of them are accepted all the same."""

    def __init__(self, simulator: Simulator, faults: Faults, random: Random) -> None:
        super().__init__(simulator, faults)
        self._random = random

    def _exchange(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> bytes:
        if path != TRAITS["template"].api or self._random.random() >= AMBIGUOUS:
            return super()._exchange(method, path, query, body)
        if self._random.random() < 0.5:
            super()._exchange(method, path, query, body)
        else:
            self.calls[path] += 1
        raise UnknownOutcome("timeout")


class Process(MemoryRuntime):
    """A Lambda whose WeChat is forgetful."""

    def __init__(self, world: MemoryWorld) -> None:
        super().__init__(world, log_level="CRITICAL")
        random: Random = world.random
        self.__dict__["wechat_connection"] = ForgetfulWechat(world.simulator, world.faults, random)


@dataclass(slots=True)
class Fleet:
    """Workers on a virtual clock, and what was counted of them."""

    world: MemoryWorld
    meter: Meter
    random: Random
    cpu: float = 0.0
    invocations: int = 0
    sends: int = 0
    most_after: timedelta = timedelta(0)
    """How long it took until nine of ten were sent: what is left waits for the minutes that a crash costs it."""
    free: list[tuple[datetime, int]] = field(default_factory=list)

    def run(self, followers: int) -> timedelta:
        """Until every push has its outcome; how long that took."""
        began = self.world.clock.now()
        self.free = [(began, number) for number in range(WORKERS)]
        last = began
        while True:
            at, number = heapq.heappop(self.free)
            self._move_to(at)
            taken = self._batch()
            if taken is None:
                if not self.world.open_pushes():
                    return last - began
                taken = self._idle()
            else:
                last = max(last, self.world.clock.now() + taken)
                if not self.most_after and self.sends >= MOST * followers:
                    self.most_after = last - began
            heapq.heappush(self.free, (max(at, self.world.clock.now()) + taken, number))

    def _move_to(self, at: datetime) -> None:
        ahead = (at - self.world.clock.now()).total_seconds()
        if ahead > 0:
            self.world.clock.advance(ahead)

    def _idle(self) -> timedelta:
        """Nothing in the queue: the next minute's tick wakes what is due."""
        self.world.clock.advance(60)
        self.world.tick()
        return timedelta(0)

    def _batch(self) -> timedelta | None:
        """One delivery of up to ten wake-ups; how long its worker is busy with it."""
        sqs, name = self.world.sqs, self.world.runtime.settings.push_queue
        if not sqs.waiting(name):
            return None
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=BATCH, VisibilityTimeout=180).get("Messages")
        if not messages:
            return None
        event = lambdas.sqs_event(messages, queue=name)
        times = 2 if self.random.random() < DOUBLED else 1
        taken, died = timedelta(0), False
        for _ in range(times):
            spent, died = self._invoke(event, may_die=self.random.random() < CRASHED)
            taken += spent
        for message in () if died else messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def _invoke(self, event: dict[str, object], *, may_die: bool) -> tuple[timedelta, bool]:
        from chalicelib.push.entry import push_send

        if may_die:
            kind = self.random.choice((Fault.CRASH_BEFORE, Fault.CRASH_AFTER))
            self.meter.plan(kind, skip=self.random.randrange(6 * BATCH))
        before, outside, began = Counter(self.meter.operations), self.meter.outside, process_time()
        died = False
        try:
            push_send(event, lambdas.context("push_send", seconds=30))
        except Crashed:
            died = True
            self.world.restart()
        self.meter.stop()
        self.cpu += process_time() - began - (self.meter.outside - outside)
        self.invocations += 1
        return self._busy(Counter(self.meter.operations) - before), died

    def _busy(self, calls: Counter[str]) -> timedelta:
        self.sends += calls["WeChat"]
        others = calls.total() - calls["WeChat"] - calls["TransactWriteItems"]
        return timedelta(
            seconds=calls["WeChat"] * WECHAT_SECONDS
            + calls["TransactWriteItems"] * TRANSACTION_SECONDS
            + others * CALL_SECONDS
        )


def run(extent: Extent) -> tuple[Result, ...]:
    with log_unread(), Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        return (_measured(extent.pushes),)


def _measured(followers: int) -> Result:
    world, meter, openids = _world_of(followers)
    planned = _planned(world, openids)
    world.dynamo.counts.clear()
    meter.operations.clear()
    fleet = Fleet(world, meter, Random(7))
    began = monotonic()
    took = fleet.run(followers)
    elapsed = monotonic() - began
    table_calls = sum(count for name, count in meter.operations.items() if name not in ("WeChat", *QUEUE))
    items = world.items("P#")
    states = Counter(item["state"]["S"] for item in items)
    shown = [len(world.simulator.inbox(openid)) for openid in openids]
    doubled, lost = sum(count > 1 for count in shown), planned - states.total()
    naive = _naive(followers)
    rate = MOST * followers / (fleet.most_after.total_seconds() / 60)
    rows = (
        ("sent in", _time(took), _time(naive.took)),
        ("a minute, the first nine of ten", f"{rate:,.0f}", f"{followers / (naive.took.total_seconds() / 60):,.0f}"),
        ("followers told twice or more", f"{doubled:,}", f"{naive.doubled:,}"),
        ("followers told nothing, and nobody knows", f"{_unknown_losses(states, shown):,}", f"{naive.unknown:,}"),
        ("outcomes", ", ".join(f"{count:,} {state}" for state, count in states.most_common()), "none is kept"),
        ("calls of the table per push", f"{table_calls / followers:.2f}", "0"),
        ("read and write units per push", _units(world, followers), "0"),
        ("CPU per push", micro(fleet.cpu / followers), micro(naive.cpu / followers)),
        ("ratio of CPU", f"{fleet.cpu / naive.cpu:.1f}", "1"),
        ("real time", f"{elapsed:,.0f} s", ""),
    )
    bars = (
        Bar("nobody is told twice", f"{doubled} were", doubled == 0),
        Bar("every push has an outcome", f"{lost} have none, {states['claimed']} are still claimed",
            lost == 0 and not set(states) & {"planned", "deferred", "claimed"}),
        Bar(f"{PER_MINUTE:,} a minute", f"{rate:,.0f} with {WORKERS} workers", rate >= PER_MINUTE),
        Bar("the day's budget is never behind", *_budget(world, sum(shown))),
    )  # fmt: skip
    says = SAYS.format(followers=followers, workers=WORKERS)
    return Result(says, ("pushes", "ledger and workers", "naive loop"), rows, bars)


QUEUE = frozenset({"SendMessageBatch", "ReceiveMessage", "DeleteMessage", "GetQueueUrl"})


@dataclass(frozen=True, slots=True)
class Naive:
    took: timedelta
    doubled: int
    unknown: int
    cpu: float


def _naive(followers: int) -> Naive:
    """A loop over the followers, in one process."""
    world, meter, openids = _world_of(followers)
    credentials = world.runtime.accounts.find(ACCOUNT)
    random, now = Random(7), world.clock.now()
    position = noted = tries = 0
    cpu, outside = process_time(), meter.outside
    wechat = world.runtime.wechat(ACCOUNT, world.table())
    failed: set[str] = set()
    while position < followers:
        openid = openids[position]
        push = intents.as_push(_intent(openid, f"{position}-{tries}"), credentials, now=now)
        tries += 1
        if random.random() < CRASHED / BATCH:
            position = noted
            continue
        try:
            deliver(push, wechat)
            failed.discard(openid)
        except WechatError:
            if openid not in failed:
                failed.add(openid)
                continue
        position += 1
        if position % CHECKPOINT == 0:
            noted = position
    spent = process_time() - cpu - (meter.outside - outside)
    shown = [len(world.simulator.inbox(openid)) for openid in openids]
    sends = world.runtime.wechat_connection.calls[TRAITS["template"].api]
    return Naive(timedelta(seconds=sends * WECHAT_SECONDS), sum(count > 1 for count in shown), len(failed), spent)


def _world_of(followers: int) -> tuple[MemoryWorld, Meter, Sequence[str]]:
    """Followers who are members, and whom WeChat knows to follow."""
    meter = Meter(3)
    world = MemoryWorld(seed=3, faults=meter, process=Process, start=START)
    world.add_account(generated(Random(3), account=ACCOUNT, callback_url="http://memory.invalid/"), data_key=DATA_KEY)
    world.simulator.add_template(ACCOUNT, TEMPLATE, "订单通知", {"thing1": "事项"})
    world.simulator.set_switches(template_finish_events=False, daily_limits={TRAITS["template"].api: 10 * followers})
    openids = [world.simulator.add_follower(ACCOUNT) for _ in range(followers)]
    for openid in openids:
        world.simulator.world.person(openid).following = True
    _store(world, openids)
    limit = world.table()
    limit.write([_quota(world, 10 * followers)])
    return world, meter, openids


def _store(world: MemoryWorld, openids: Sequence[str]) -> None:
    random, name = Random(5), world.runtime.settings.table_name
    puts = (member_of(ACCOUNT, openid, random).put() for openid in openids)
    items = ({"PutRequest": {"Item": to_dynamo({**put.item, "pk": put.key.pk, "sk": put.key.sk})}} for put in puts)
    while batch := list(islice(items, 25)):
        world.dynamo.batch_write_item(RequestItems={name: batch})


def _planned(world: MemoryWorld, openids: Sequence[str]) -> int:
    r = world.runtime
    credentials = r.accounts.find(ACCOUNT)
    wanted = iter(openids)
    planned = 0
    while some := list(islice(wanted, 100)):
        asked = [_intent(openid, "1") for openid in some]
        planned += len(intents.plan(asked, credentials, table=r.table(Deadline(60)), queues=r.queues, now=r.now()))
    return planned


def _intent(openid: str, key: str) -> Intent:
    content = Content(template=TEMPLATE, data={"thing1": "您的订单已发货"})
    return Intent(openid, "order.shipped", key, "template", "service", content, expires_at=START + timedelta(hours=9))


def _quota(world: MemoryWorld, limit: int) -> Add:
    """WeChat has told the day's quota: more than is needed here, so that time is what is measured."""
    return Quota(ACCOUNT, shanghai_day(world.clock.now()), TRAITS["template"].api).learn(limit, used=0)


def _budget(world: MemoryWorld, accepted: int) -> tuple[str, bool]:
    quota = stored_quota(world.table(), ACCOUNT, TRAITS["template"].api, now=world.clock.now())
    return f"{quota.used:,} counted, {accepted:,} accepted", accepted <= quota.used <= quota.limit


def _unknown_losses(states: Counter[str], shown: Sequence[int]) -> int:
    """Who saw nothing, less those of whom the ledger says that they may not have."""
    unseen = sum(count == 0 for count in shown)
    return max(0, unseen - sum(states[state] for state in ("unknown", "failed", "held", "expired", "dead")))


def _units(world: MemoryWorld, followers: int) -> str:
    counts = world.dynamo.counts
    return f"{counts.read_units / followers:.1f} and {counts.write_units / followers:.1f}"


def _time(took: timedelta) -> str:
    return f"{took.total_seconds() / 60:,.1f} virtual minutes"
