"""How an account's followers are taken over: time, memory, calls and the table's units for each."""

import os
import resource
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic, process_time

from chalicelib.followers import starting
from chalicelib.followers.budget import BATCHGET, DEFAULTS, USER_GET
from chalicelib.followers.listing import MOST_PACE
from chalicelib.store import roster
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.roster import Kind, Run
from infra.local.memory.world import START, MemoryRuntime, MemoryWorld
from infra.local.wechat_simulator.account import generated
from tests.bench.extent import Extent
from tests.bench.report import Bar, Result
from tests.bench.shop import ACCOUNT, DATA_KEY, log_unread

MINUTES = 3_000
MEGABYTE = 1_000_000
SAYS = (
    "{followers:,} people follow an account that is connected now: an import, then a check that finds nothing "
    "amiss, on the in-memory world. CPU and memory are those of one process with table, queue and simulated WeChat in "
    "it; calls, requests and units are counted. Virtual minutes are what the pace of {pace} pages a minute makes of it."
)


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk, and what it took."""

    run: Run
    seconds: float
    cpu: float
    virtual: timedelta
    calls: Counter[str]
    requests: int
    read: float
    written: float


def run(extent: Extent) -> tuple[Result, ...]:
    with log_unread(), Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        return (_measured(extent.followers),)


def _measured(followers: int) -> Result:
    world = MemoryWorld(seed=4, process=lambda world: MemoryRuntime(world, log_level="CRITICAL"))
    world.add_account(generated(Random(4), account=ACCOUNT, callback_url="http://memory.invalid/"), data_key=DATA_KEY)
    world.simulator.add_crowd(ACCOUNT, followers, since=START - timedelta(days=730), days=600)
    before = _megabytes()
    taken, checked = _walked(world, "import"), _walked(world, "reconcile")
    grown = _megabytes() - before
    rows = (
        ("real time", f"{taken.seconds:,.0f} s", f"{checked.seconds:,.0f} s"),
        ("virtual time", _minutes(taken), _minutes(checked)),
        ("CPU per follower", *(f"{walk.cpu / followers * 1e6:,.0f} µs" for walk in (taken, checked))),
        ("`user/get`", *(f"{walk.calls[USER_GET]:,}" for walk in (taken, checked))),
        ("`user/info/batchget`", *(f"{walk.calls[BATCHGET]:,}" for walk in (taken, checked))),
        ("requests to the table per 1,000", *(f"{walk.requests / followers * 1000:,.1f}" for walk in (taken, checked))),
        ("read units per follower", *(f"{walk.read / followers:.2f}" for walk in (taken, checked))),
        ("write units per follower", *(f"{walk.written / followers:.2f}" for walk in (taken, checked))),
        ("memory, the world's included", f"{grown:,.0f} MB", ""),
    )
    bars = (
        Bar("every follower is a member once", f"{taken.run.counts}", taken.run.counts == {"new": followers}),
        Bar("a check finds them all", f"{checked.run.counts}",
            checked.run.counts == {"known": followers, "checked": followers}),
        Bar("within one day's default quotas", f"{taken.calls[USER_GET]} and {taken.calls[BATCHGET]:,} calls",
            taken.calls[USER_GET] <= DEFAULTS[USER_GET] and taken.calls[BATCHGET] <= DEFAULTS[BATCHGET]),
        Bar("openids stay with the members alone", f"{len(world.items('I#'))} items of the walks",
            len(world.items("I#")) == 2 and not world.jobs(dead=False)),
        Bar("no day's cohort is more than a fiftieth", f"{_largest_share(world):.1%}", _largest_share(world) < 0.02),
    )  # fmt: skip
    return Result(SAYS.format(followers=followers, pace=MOST_PACE), ("followers", "import", "check"), rows, bars)


def _walked(world: MemoryWorld, kind: Kind) -> Walk:
    r, before = world.runtime, Counter(world.runtime.wechat_connection.calls)
    world.dynamo.counts.clear()
    began, cpu, at = monotonic(), process_time(), world.clock.now()
    starting.begin(ACCOUNT, kind, table=world.table(), queues=r.queues, now=r.now(), new_id=r.new_id, pace=MOST_PACE)
    for _ in range(MINUTES):
        while world.pump():
            pass
        run = roster.find(world.table(), ACCOUNT, kind)
        if run is None or run.is_over:
            break
        world.clock.advance(60)
        world.tick()
    counts = world.dynamo.counts
    return Walk(
        Run.from_item(from_dynamo(next(one for one in world.items("I#") if one["sk"]["S"] == f"RUN#{kind}"))),
        monotonic() - began,
        process_time() - cpu,
        world.clock.now() - at,
        Counter(world.runtime.wechat_connection.calls) - before,
        counts.round_trips,
        counts.read_units,
        counts.write_units,
    )


def _largest_share(world: MemoryWorld) -> float:
    days = Counter(item["active_day"]["S"] for item in world.items("M#"))
    return max(days.values()) / days.total()


def _minutes(walk: Walk) -> str:
    return f"{walk.virtual.total_seconds() / 60:,.0f} minutes"


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE
