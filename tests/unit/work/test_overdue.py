"""The clock wakes what is due, nothing else, and not without bound."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.members import jobs
from chalicelib.store import keys
from chalicelib.store.job import Job
from chalicelib.work.overdue import MOST_PER_SHARD, wake_overdue
from chalicelib.work.worker import do
from infra.local.memory.faults import Fault
from tests.builders import NOON, a_job
from tests.support.workroom import Workroom

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def numbered(number: int) -> Job:
    return a_job(jobs.ERASURE, job_id=f"job-{number:05d}")


def wake(room: Workroom, *, most: int = MOST_PER_SHARD) -> int:
    return wake_overdue(table=room.table, queues=room.queues, now=room.now, most=most)


def test_only_what_is_due_is_woken() -> None:
    room = Workroom()
    due, just_due, later = numbered(1), numbered(2), replace(numbered(3), due_at=NOON + SECOND)
    dead = replace(numbered(4), dead=True)
    room.holds(*(job.put() for job in (replace(due, due_at=NOON - MINUTE), just_due, later, dead)))

    woken = wake(room)

    assert woken == 2
    assert sorted(room.wakeups()) == [due.name, just_due.name]


def test_with_nothing_due_nobody_is_woken_and_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    room = Workroom()

    assert wake(room) == 0
    assert (room.wakeups(), caplog.records) == ([], [])


def test_every_shard_is_looked_into() -> None:
    room = Workroom()
    many = [numbered(number) for number in range(64)]
    room.holds(*(job.put() for job in many))

    woken = wake(room)

    assert len({keys.due(job.name, "")[0] for job in many}) == keys.DUE_SHARDS
    assert woken == 64
    assert sorted(room.wakeups()) == sorted(job.name for job in many)


def test_a_tick_wakes_only_so_many_and_the_next_one_goes_on() -> None:
    room = Workroom()
    crowd = [job for job in map(numbered, range(600)) if keys.due(job.name, "")[0] == keys.due_shard(0)]
    late, early = crowd[:40], crowd[40:41]
    room.holds(*(job.put() for job in late), *(replace(job, due_at=NOON - MINUTE).put() for job in early))

    woken = wake(room, most=25)

    assert woken == 25
    assert early[0].name in room.wakeups()


def test_what_a_worker_has_claimed_is_left_to_it_until_its_lease_has_passed() -> None:
    room = Workroom()
    job = a_job(jobs.ERASURE)
    room.holds(job.put())
    room.faults.plan(Fault.CRASH_AFTER, skip=1)
    with pytest.raises(BaseException, match="dies after"):
        do(job.name, room.tools)

    during = wake(room)
    room.now += MINUTE
    after = wake(room)

    assert (during, after) == (0, 1)


def test_what_is_done_is_not_woken_again() -> None:
    room = Workroom()
    job = a_job(jobs.ERASURE)
    room.holds(job.put())

    do(job.name, room.tools)

    assert wake(room) == 0


def test_an_index_that_lags_wakes_what_is_done_and_does_no_harm() -> None:
    room = Workroom(index_lag=MINUTE)
    job = a_job(jobs.ERASURE)
    room.holds(job.put())
    room.now += 2 * MINUTE
    do(job.name, room.tools)

    woken = wake(room)
    for name in room.wakeups():
        do(name, room.tools)

    assert woken == 1
    assert len(room.journal()) == 1


def test_a_tick_that_runs_twice_wakes_twice_and_does_no_harm() -> None:
    room = Workroom()
    job = a_job(jobs.ERASURE)
    room.holds(job.put())

    wake(room)
    wake(room)
    for name in room.wakeups():
        do(name, room.tools)

    assert len(room.journal()) == 1
