"""One job, from its claim to its outcome."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from chalicelib.decision import Asked, Done
from chalicelib.door import count, log
from chalicelib.errors import Conflict
from chalicelib.faq import misses
from chalicelib.followers import listing, parts, tags
from chalicelib.followers.kit import Kit as FollowersKit
from chalicelib.members import erasure, jobs, profile
from chalicelib.push import mass, template_sync
from chalicelib.push.kit import Kit
from chalicelib.sending import batches, templates
from chalicelib.sending.allowance import Allowance
from chalicelib.store import job as job_store
from chalicelib.store.job import Job
from chalicelib.store.journal import Entry
from chalicelib.store.table import Lost
from chalicelib.store.tags import MIRROR
from chalicelib.tickets import answering, notifying
from chalicelib.tickets import jobs as tickets
from chalicelib.wechat.errors import WechatError
from chalicelib.work.retry import MOST_ATTEMPTS, lease, next_try
from chalicelib.work.tools import Tools

DECISIONS = 6

Asker: TypeAlias = Callable[[Job, Tools], Asked]

JOBS: dict[str, Asker] = {
    jobs.PROFILE: lambda job, tools: profile.ask(
        job, wechat=tools.wechat(job.account), credentials=tools.accounts.find(job.account), now=tools.now()
    ),
    jobs.ERASURE: lambda job, tools: erasure.ask(
        job, table=tools.table, credentials=tools.accounts.find(job.account), now=tools.now()
    ),
    batches.WORK: lambda job, tools: mass.ask(job, _kit(tools)),
    listing.LIST: lambda job, tools: listing.ask(job, _followers_kit(job, tools)),
    listing.PART: lambda job, tools: parts.ask(job, _followers_kit(job, tools)),
    MIRROR: lambda job, tools: tags.ask(job, _followers_kit(job, tools)),
    misses.MISSED: lambda job, tools: misses.ask(job, now=tools.now()),
    tickets.NOTIFY: lambda job, tools: notifying.ask(
        job,
        table=tools.table,
        credentials=tools.accounts.find(job.account),
        queues=tools.queues,
        now=tools.now(),
    ),
    tickets.ANSWER: lambda job, tools: answering.ask(
        job,
        table=tools.table,
        credentials=tools.accounts.find(job.account),
        queues=tools.queues,
        now=tools.now(),
    ),
    templates.SYNC: lambda job, tools: template_sync.ask(job, wechat=tools.wechat(job.account), now=tools.now()),
}


def do(name: str, tools: Tools) -> None:
    """Do the job of this name, if there is one and it is due. Its effects and its end are one commit."""
    job = _claimed(name, tools)
    if job is None:
        return
    try:
        decide = JOBS[job.kind](job, tools)
        _finish(job, decide, tools)
    except WechatError as error:
        _put_off(job, error, tools)


def _kit(tools: Tools) -> Kit:
    """For a sender that comes to one call at most."""
    return Kit(tools.table, tools.queues, tools.accounts, tools.wechat, Allowance(tools.table, lot=1), tools.now)


def _followers_kit(job: Job, tools: Tools) -> FollowersKit:
    credentials = tools.accounts.find(job.account)
    return FollowersKit(tools.table, tools.wechat(job.account), credentials, tools.now, tools.new_id)


def _claimed(name: str, tools: Tools) -> Job | None:
    """The job as ours for a while; None when it is done, not due, someone else's, or given up."""
    job = job_store.find(tools.table, name)
    if job is None or job.dead or job.due_at > tools.now():
        return None
    if job.attempts >= MOST_ATTEMPTS:
        _bury(job, job.trouble or "Crashed", tools)
        return None
    attempts = job.attempts + 1
    claimed = replace(job, attempts=attempts, claim=tools.new_id(), due_at=tools.now() + lease(attempts))
    return _written(claimed, tools)


def _finish(job: Job, decide: Asked, tools: Tools) -> None:
    """Commit what was decided, deciding anew while the member moves. A lost claim ends it: someone else has it."""
    for _ in range(DECISIONS):
        done = decide(tools.table)
        try:
            tools.table.write([job.delete(), _entry(job, done, tools).put(), *done.changes])
        except Lost as lost:
            if job.delete().key in lost.stood:
                return
            continue
        log.info("job.done", extra={"job": job.job_id, "kind": job.kind, "outcome": done.outcome})
        return
    raise Conflict("others kept moving the member")


def _entry(job: Job, done: Done, tools: Tools) -> Entry:
    entry_id = f"{job.job_id}-{job.attempts}"
    return Entry(job.account, entry_id, tools.now(), job.kind, done.outcome, done.member_no, done.details)


def _put_off(job: Job, error: WechatError, tools: Tools) -> None:
    trouble = type(error).__name__
    due_at = next_try(error, attempts=job.attempts, now=tools.now())
    if due_at is None:
        _bury(job, trouble, tools)
        return
    if _written(replace(job, due_at=due_at, trouble=trouble, claim=""), tools):
        extra = {"job": job.job_id, "kind": job.kind, "trouble": trouble, "code": error.code, "attempts": job.attempts}
        log.warning("job.put_off", extra=extra)


def _bury(job: Job, trouble: str, tools: Tools) -> None:
    """Nothing will try it again by itself: an operator looks at it."""
    if _written(replace(job, dead=True, trouble=trouble, due_at=tools.now(), claim=""), tools):
        log.error("job.dead", extra={"job": job.job_id, "kind": job.kind, "trouble": trouble})
        count("DeadJobs", kind=job.kind)


def _written(job: Job, tools: Tools) -> Job | None:
    """The job as it stands now; None when someone else has moved it."""
    try:
        tools.table.write([job.put()])
    except Lost:
        return None
    return replace(job, version=job.version + 1)
