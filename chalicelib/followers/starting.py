"""An operator begins a walk over the followers, or lets one go on that has come to a stop."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Literal, TypeAlias

from chalicelib.followers.listing import next_job
from chalicelib.queues import Queues
from chalicelib.store import job as jobs
from chalicelib.store import roster
from chalicelib.store.job import Job
from chalicelib.store.roster import Kind, Run
from chalicelib.store.table import Table

Begun: TypeAlias = Literal["begun", "resumed", "under_way"]


def begin(
    account: str,
    kind: Kind,
    *,
    table: Table,
    queues: Queues,
    now: datetime,
    new_id: Callable[[], str],
    pace: int,
    daily: bool = False,
) -> Begun:
    """A new walk, unless one is under way; one whose job was given up goes on from where it is. Raises Conflict when
    two operators do this at once."""
    known = roster.find(table, account, kind)
    if known and not known.is_over:
        return _resumed(known, table=table, queues=queues, now=now)
    version = known.version if known else 0
    run = Run(account, kind, new_id()[:12], now, pace, daily, due_at=now, version=version)
    _write(run, next_job(run, now), table, queues)
    return "begun"


def stop_daily(account: str, *, table: Table) -> bool:
    """Let the daily check end with the walk that is under way or next; False when it is not daily."""
    run = roster.find(table, account, "reconcile")
    if run is None or not run.daily:
        return False
    table.write([replace(run, daily=False).put()])
    return True


def job_of(run: Run, table: Table) -> Job | None:
    """What works on it next; None when the run is over."""
    return jobs.find(table, next_job(run, run.started_at).name)


def _resumed(run: Run, *, table: Table, queues: Queues, now: datetime) -> Begun:
    job = job_of(run, table)
    if job and not job.dead:
        return "under_way"
    again = replace(run, steps=run.steps + 1, due_at=now)
    _write(again, next_job(again, now), table, queues)
    return "resumed"


def _write(run: Run, job: Job, table: Table, queues: Queues) -> None:
    table.write([run.put(), job.put()])
    queues.wake([job.name])
