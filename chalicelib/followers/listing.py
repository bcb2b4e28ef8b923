"""The job that walks over WeChat's list of followers: pages become parts, parts are counted, then our own are checked.

Promise: every page becomes parts once, every part is counted once. Each step is one commit with the end of its job; the
next one is due from then on, so that `tick` goes on with it, whatever happened to the process.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from chalicelib.decision import Asked, Done
from chalicelib.door import log
from chalicelib.followers.budget import SHARES, USER_GET
from chalicelib.followers.checking import check
from chalicelib.followers.days import first_place
from chalicelib.followers.kit import Kit
from chalicelib.store import job as jobs
from chalicelib.store import roster
from chalicelib.store.job import Job
from chalicelib.store.roster import Part, Phase, Run
from chalicelib.store.table import Change
from chalicelib.wechat.client import FollowerPage
from chalicelib.wechat.errors import DayLimit, OurMistake, RecipientGone

LIST = "followers.list"
PART = "followers.part"
"""Kinds of job."""
PART_SIZE = 980
"""Ten questions to WeChat, each of two commits: see `parts.py`."""
MOST_PARTS = -(-10_000 // PART_SIZE)
"""Of a page."""
MOST_PACE = 4
"""Pages that one commit holds: each is eleven parts and as many jobs, and a transaction takes 100 changes."""
MOST_WAITING = 45
"""With more parts than this to be gone through, no further page is read; so many are counted in one commit, too."""
MOST_CHANGES = 95
"""Of one commit: a transaction takes 100, and the run and its jobs come on top."""
MOST_RESTARTS = 3
LOOKS_EVERY = timedelta(minutes=30)
"""At parts that wait for the next day's quota."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a job has made of the run: committed with the job's end, and with a next job unless the run is over."""

    run: Run
    outcome: str
    due_at: datetime
    changes: tuple[Change, ...] = ()
    details: Mapping[str, int] | None = None


def ask(job: Job, kit: Kit) -> Asked:
    """One step of the walk. Raises WechatError."""
    run = roster.find(kit.table, job.account, "import" if job.payload["kind"] == "import" else "reconcile")
    if run is None or run.job_id != job.job_id or run.is_over:
        return lambda _table: Done("followers.over")
    step = PHASES[run.phase](run, kit)
    extra = {"run": run.run_id, "kind": run.kind, "outcome": step.outcome, "listed": step.run.listed}
    log.info("followers.step", extra=extra)
    return lambda _table: _done(step)


def _done(step: Step) -> Done:
    over = step.run.is_over
    after = replace(step.run, steps=step.run.steps + 1, due_at=None if over else step.due_at)
    following: tuple[Change, ...] = (after.put(),) if over else (after.put(), next_job(after, step.due_at).put())
    details: dict[str, str | int] = {"kind": after.kind, **(step.details or {})}
    return Done(step.outcome, changes=(*following, *step.changes), details=details)


def next_job(run: Run, due_at: datetime) -> Job:
    """What works on the run from then on."""
    return Job(run.account, run.job_id, LIST, due_at, {"kind": run.kind})


def part_job(part: Part, due_at: datetime) -> Job:
    """What works on the part from then on."""
    named = {"kind": part.kind, "run": part.run_id, "part": str(part.number)}
    return Job(part.account, part.job_id, PART, due_at, named)


def _list(run: Run, kit: Kit) -> Step:
    """Some pages more, unless enough is waiting."""
    run, counted, due_at = _counted(run, kit)
    changes = list(counted)
    pages = 0
    while run.phase == "listing" and pages < run.pace and _has_room(run, changes):
        listed_at = kit.now()
        try:
            page = _page(run, kit)
        except (RecipientGone, OurMistake):
            if not run.cursor or run.restarts >= MOST_RESTARTS:
                raise
            return _again(run, kit, tuple(changes))
        if page is None:
            return Step(replace(run, waits_for="quota"), "followers.waiting", kit.budget.anew_at(), tuple(changes))
        run, made = _taken(run, page, listed_at)
        changes += made
        pages += 1
    return Step(run, "followers.listed", kit.now() if pages else due_at, tuple(changes), {"pages": pages})


def _again(run: Run, kit: Kit, changes: tuple[Change, ...]) -> Step:
    """WeChat does not know the cursor any more, because that follower has left: from the beginning. Who is known by
    then is passed over."""
    return Step(replace(run, cursor="", restarts=run.restarts + 1), "followers.restarted", kit.now(), changes)


def _has_room(run: Run, changes: Sequence[Change]) -> bool:
    """For the parts of one more page, and a job each."""
    return run.parts - run.settled + MOST_PARTS <= MOST_WAITING and len(changes) + 2 * MOST_PARTS <= MOST_CHANGES


def _page(run: Run, kit: Kit) -> FollowerPage | None:
    """The next page; None when the day has no more calls. Raises WechatError."""
    if not kit.budget.take(USER_GET, SHARES[run.kind]):
        return None
    try:
        return kit.wechat.user_page(run.cursor)
    except DayLimit:
        kit.budget.close(USER_GET)
        return None


def _taken(run: Run, page: FollowerPage, listed_at: datetime) -> tuple[Run, Iterator[Change]]:
    """The run behind this page, and its parts with a job each."""
    parts = tuple(_parts(run, page, listed_at))
    phase: Phase = "listing" if page.next_openid else "settling"
    after = replace(
        run,
        phase=phase,
        cursor=page.next_openid,
        total=page.total,
        listed=run.listed + len(page.openids),
        pages=run.pages + 1,
        parts=run.parts + len(parts),
        waits_for="",
    )
    return after, (change for part in parts for change in (part.put(), part_job(part, listed_at).put()))


def _parts(run: Run, page: FollowerPage, listed_at: datetime) -> Iterator[Part]:
    for number, start in enumerate(range(0, len(page.openids), PART_SIZE), start=run.parts):
        openids = page.openids[start : start + PART_SIZE]
        yield Part(run.account, run.kind, run.run_id, number, openids, listed_at)


def _settle(run: Run, kit: Kit) -> Step:
    """All is listed: wait until it is gone through."""
    run, changes, due_at = _counted(run, kit)
    if run.settled < run.parts:
        return Step(run, "followers.settling", due_at, tuple(changes))
    if run.kind == "reconcile":
        place = first_place(kit.table, run.account, now=kit.now())
        return Step(replace(run, phase="checking", place=place), "followers.settled", kit.now(), tuple(changes))
    return _over(run, kit, tuple(changes))


def _check(run: Run, kit: Kit) -> Step:
    """Some of our own members more."""
    checked = check(run, kit)
    run = _with(run, Counter(checked.counts))
    details = {name: checked.counts.get(name, 0) for name in ("checked", "suspected")}
    run = replace(run, place=checked.place, waits_for="quota" if checked.until else "")
    if checked.implausible:
        log.warning("followers.implausible", extra={"account": run.account, "run": run.run_id, **run.counts})
        stopped = replace(run, phase="stopped", place=None, finished_at=kit.now())
        return Step(stopped, "reconcile.implausible", kit.now(), details=details)
    if checked.place:
        return Step(run, "reconcile.checked", checked.until or kit.now(), details=details)
    return _over(run, kit, (), details)


def _over(run: Run, kit: Kit, changes: tuple[Change, ...], details: Mapping[str, int] | None = None) -> Step:
    """It names nobody any more. A daily one begins again a day after this one began."""
    over = replace(run, phase="over", cursor="", place=None, waits_for="", finished_at=kit.now())
    outcome = "import.over" if run.kind == "import" else "reconcile.over"
    if not run.daily:
        return Step(over, outcome, kit.now(), changes, details)
    starts = max(run.started_at + timedelta(days=1), kit.now() + timedelta(hours=1))
    anew = Run(
        run.account,
        run.kind,
        kit.new_id()[:12],
        starts,
        run.pace,
        daily=True,
        last_counts=run.counts,
        last_finished_at=kit.now(),
        version=run.version,
    )
    return Step(anew, outcome, starts, changes, details)


def _counted(run: Run, kit: Kit) -> tuple[Run, list[Change], datetime]:
    """The run with the parts that are through, these removed, and when to look for more.

    A part whose job was given up is given up, too: its followers are unknown still, so the next walk finds them.
    """
    parts = roster.list_parts(kit.table, run)[:MOST_WAITING]
    first_due = _due_at(parts[0], kit) if parts and parts[0].openids else None
    if first_due:
        return run, [], first_due
    through = [*parts[:1], *takewhile(lambda part: not part.openids, parts[1:])]
    total: Counter[str] = Counter()
    for part in through:
        total.update({**part.counts, "given_up": len(part.openids)})
    after = _with(run, total)
    return replace(after, settled=run.settled + len(through)), [part.delete() for part in through], kit.now()


def _due_at(part: Part, kit: Kit) -> datetime | None:
    """When the part goes on; None when nothing works on it any more. It may have gone on since it was read."""
    now = kit.now()
    job = jobs.find(kit.table, part_job(part, now).name)
    if job and not job.dead:
        return max(now, min(job.due_at, now + LOOKS_EVERY))
    return None if part == roster.find_part(kit.table, part.account, part.run_id, part.number) else now


def _with(run: Run, more: Counter[str]) -> Run:
    return replace(run, counts=dict(Counter(run.counts) + more))


PHASES: Mapping[Phase, Callable[[Run, Kit], Step]] = {"listing": _list, "settling": _settle, "checking": _check}
