"""Reactivation: what a tick costs where there are more members, and a whole run, planned and sent."""

import gc
import os
import resource
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from time import monotonic

from chalicelib.clock import shanghai_day
from chalicelib.reactivation.cohort import targets
from chalicelib.sending.traits import TRAITS
from chalicelib.store.attributes import from_dynamo, to_dynamo
from chalicelib.store.member import Member
from chalicelib.store.policy import Limits, Policy, Rung, Step
from chalicelib.store.push import Push
from chalicelib.store.quota import Quota
from infra.local.memory.world import START, MemoryWorld
from infra.local.wechat_simulator.account import generated
from tests.bench.extent import Extent
from tests.bench.growth import member_of
from tests.bench.report import Bar, Result
from tests.bench.shop import ACCOUNT, DATA_KEY, log_unread, openid_of
from tests.bench.timing import cpu, micro

COHORT = 1_000
"""Members whose silence reaches the rung today, whatever the size of the table."""
PER_TICK = 200
FORTNIGHT = 14
AT_MOST = 1.1
"""What the items read per tick of the smallest and the largest table may differ by."""
DAYS = 3
SHARE = 0.8
"""Of the sends that a day needs, so much its quota has: the rest waits for the next day."""
TEMPLATE, API = "points", TRAITS["template"].api
POINTS = Step("template", "service", TEMPLATE, {"thing1": "您的积分即将到期"})
TICK = timedelta(minutes=5)
FLAT = (
    "A policy whose cohort has {cohort:,} members, on tables of different sizes; ticks of {per_tick} until all of them "
    "are planned, {hold_out} % of them into the hold-out. Everything that a tick asks, reads and writes is counted."
)
RUN = (
    "{members:,} members, whose last acts are spread over 90 days; rungs at 14, 30 and 60 days, {days} days of ticks "
    "every five minutes, all that they plan sent by the workers through WeChat's simulator. The day's quota has "
    "{share:.0%} of what a day plans."
)


def run(extent: Extent) -> tuple[Result, ...]:
    with log_unread(), Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        return _flat([size for size in extent.members if size >= 10 * COHORT]), _whole(extent.silent)


def _flat(sizes: list[int]) -> Result:
    found = {size: _ticks(size) for size in sizes}
    rows = tuple(
        (f"{size:,}", f"{one.read:.1f}", f"{one.asked:.1f}", f"{one.written:.1f}", micro(one.seconds), f"{one.idle}")
        for size, one in found.items()
    )
    ratio = max(one.read for one in found.values()) / min(one.read for one in found.values())
    idle = {one.idle for one in found.values()}
    bars = (
        Bar(f"items read per tick differ by at most {AT_MOST} ×", f"{ratio:.3f} ×", ratio <= AT_MOST),
        Bar("a tick with nothing to plan costs the same", f"{', '.join(map(str, sorted(idle)))} items", len(idle) == 1),
        Bar("everybody is planned once", f"{[one.planned for one in found.values()]}",
            all(one.planned == COHORT for one in found.values())),
    )  # fmt: skip
    head = ("members", "items read per tick", "round trips", "items written", "CPU", "items read when idle")
    return Result(FLAT.format(cohort=COHORT, per_tick=PER_TICK, hold_out=_policy().hold_out), head, rows, bars)


@dataclass(frozen=True, slots=True)
class Ticks:
    """Means over the ticks that it took."""

    read: float
    asked: float
    written: float
    seconds: float
    idle: int
    planned: int


def _ticks(size: int) -> Ticks:
    world = _world()
    world.table().write([_one_rung().put()])
    _store(world, _with_a_cohort(size))
    gc.collect()
    counts, seconds, number = world.dynamo.counts, 0.0, COHORT // PER_TICK
    counts.clear()
    for _ in range(number):
        seconds += cpu(world.plan)
    read, asked, written = counts.items_read, counts.round_trips, counts.items_written
    planned = len(world.items("P#"))
    world.plan()
    counts.clear()
    world.plan()
    return Ticks(read / number, asked / number, written / number, seconds / number, counts.items_read, planned)


def _with_a_cohort(size: int) -> Iterator[Member]:
    """As many as a day's cohort has anyway, and all others on other days."""
    random, day = Random(size), shanghai_day(START - timedelta(days=FORTNIGHT))
    for number in range(size):
        member = member_of(ACCOUNT, _scattered(number), random)
        if number < COHORT:
            yield replace(member, active_day=day)
        elif member.active_day == day:
            yield replace(member, active_day=shanghai_day(START))
        else:
            yield member


def _scattered(number: int) -> str:
    """Openids tell nobody's number: what comes first differs from member to member, as with WeChat's."""
    return f"o{Random(number).getrandbits(64):016x}{openid_of(number)[-11:]}"


def _whole(size: int) -> Result:
    began = monotonic()
    world, openids = _populated(size)
    loaded = monotonic() - began
    planning, sending = _played(world, size)
    pushes = [Push.from_item(from_dynamo(item)) for item in world.items("P#")]
    states = Counter(f"{push.state} {push.reason}".strip() for push in pushes)
    shown = [len(world.simulator.inbox(openid)) for openid in openids]
    a_day = Counter(shanghai_day(push.sent_at) for push in pushes if push.sent_at)
    limit, most = _limit(size), max(a_day.values(), default=0)
    treated = len(pushes) - states["held control"]
    rows = (
        ("planned", f"{len(pushes):,}"),
        ("of these in the hold-out", f"{states['held control']:,}"),
        ("outcomes", ", ".join(f"{count:,} {state}" for state, count in states.most_common())),
        ("messages that followers have", f"{sum(shown):,}"),
        ("sent a day, of a quota of", ", ".join(f"{count:,}" for count in a_day.values()) + f" of {limit:,}"),
        ("real time of planning", f"{planning:,.0f} s, {micro(planning / max(1, len(pushes)))} per member"),
        ("real time of sending", f"{sending:,.0f} s, {micro(sending / max(1, treated))} per push"),
        ("real time of writing the members", f"{loaded:,.0f} s"),
        ("memory of the whole process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024:,.1f} GB"),
    )
    bars = (
        Bar("nobody is told twice", f"{sum(count > 1 for count in shown)} were", max(shown, default=0) <= 1),
        Bar("the day's budget is never exceeded", f"{most:,} of {limit:,}", most <= limit),
        Bar("every push has an outcome", f"{sum(push.is_open for push in pushes)} have none",
            not any(push.is_open for push in pushes)),
    )  # fmt: skip
    return Result(RUN.format(members=size, days=DAYS, share=SHARE), ("whole run", ""), rows, bars)


def _played(world: MemoryWorld, size: int) -> tuple[float, float]:
    """Seconds that planning took, and sending. Days of ticks, and then as long as a push may wait."""
    planning = sending = 0.0
    end = START + timedelta(days=DAYS)
    while world.clock.now() < end + timedelta(days=3):
        _tell_quota(world, size)
        if world.clock.now() < end:
            planning += _timed(world.plan)
        sending += _timed(lambda: _sent(world))
        world.clock.advance(TICK.total_seconds())
    return planning, sending


def _sent(world: MemoryWorld) -> None:
    world.tick()
    while world.pump():
        pass


def _timed(work: Callable[[], object]) -> float:
    began = monotonic()
    work()
    return monotonic() - began


def _tell_quota(world: MemoryWorld, size: int) -> None:
    """What `push_watch` would have learned from WeChat."""
    day = shanghai_day(world.clock.now())
    world.table().write([Quota(ACCOUNT, day, API).learn(_limit(size), used=0)])


def _limit(size: int) -> int:
    """Nine of ten are sent to, a third of a day's rung each; service notices may use all of a quota."""
    return int(SHARE * 0.9 * 3 * size / 90)


def _populated(size: int) -> tuple[MemoryWorld, list[str]]:
    """WeChat knows those who may be spoken to; of the others only we know."""
    world, policy, random = _world(), _policy(), Random(11)
    world.table().write([policy.put()])
    days = (shanghai_day(START + timedelta(days=number)) for number in range(DAYS + 1))
    due = {target.active_day for day in days for target in targets(policy, day, first=False)}
    openids: list[str] = []

    def members() -> Iterator[Member]:
        for number in range(size):
            member = member_of(ACCOUNT, _scattered(number), random)
            if member.active_day in due:
                world.simulator.add_follower(ACCOUNT, openid=member.openid)
                world.simulator.world.person(member.openid).following = True
                openids.append(member.openid)
            yield member

    _store(world, members())
    gc.collect()
    gc.freeze()
    return world, openids


def _world() -> MemoryWorld:
    world = MemoryWorld(seed=3, start=START)
    world.add_account(generated(Random(3), account=ACCOUNT, callback_url="http://memory.invalid/"), data_key=DATA_KEY)
    world.simulator.add_template(ACCOUNT, TEMPLATE, "积分", {"thing1": "事项"})
    world.simulator.set_switches(template_finish_events=False)
    return world


def _policy() -> Policy:
    rungs = tuple(Rung((POINTS,), days=days) for days in (FORTNIGHT, 30, 60))
    return Policy(ACCOUNT, "winback", rungs, limits=Limits(5_000, 1_000_000), hold_out=10, enabled=True)


def _one_rung() -> Policy:
    policy = _policy()
    return replace(policy, rungs=policy.rungs[:1], limits=Limits(PER_TICK, COHORT))


def _store(world: MemoryWorld, members: Iterator[Member]) -> None:
    name = world.runtime.settings.table_name
    puts = (member.put() for member in members)
    items = ({"PutRequest": {"Item": to_dynamo({**put.item, "pk": put.key.pk, "sk": put.key.sk})}} for put in puts)
    while batch := list(islice(items, 25)):
        world.dynamo.batch_write_item(RequestItems={name: batch})
