"""The job that works on a mass batch, step by step: freeze the list, call WeChat once, record what came of it.

Promise: every follower at most once, every push with an outcome. A step is done again when its worker died; the push
items say how far it had come.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from chalicelib.decision import Asked, Done
from chalicelib.door import log
from chalicelib.push.kit import Kit
from chalicelib.push.mass_calling import call
from chalicelib.push.mass_closing import close
from chalicelib.push.mass_freezing import freeze
from chalicelib.push.mass_steps import Step
from chalicelib.sending.batches import next_job
from chalicelib.store import batch as stored
from chalicelib.store.batch import Batch, Phase
from chalicelib.store.job import Job

PHASES: Mapping[Phase, Callable[[Batch, Kit], Step]] = {"freezing": freeze, "calling": call, "closing": close}


def ask(job: Job, kit: Kit) -> Asked:
    """One step of the batch. Its next job is written together with the end of this one."""
    batch = stored.find(kit.table, job.account, job.payload["batch"])
    if batch is None or batch.phase == "over":
        return lambda _table: Done("mass.over")
    step = PHASES[batch.phase](batch, kit)
    log.info("mass.step", extra={"batch": batch.batch_id, "kind": batch.kind, "outcome": step.outcome})
    return lambda _table: _done(step)


def _done(step: Step) -> Done:
    after = replace(step.batch, steps=step.batch.steps + 1)
    jobs = () if after.phase == "over" else (next_job(after, step.due_at).put(),)
    details: dict[str, str | int] = {"kind": after.kind, "recipients": after.total, "listed": after.frozen}
    return Done(step.outcome, changes=(after.put(), *jobs, *step.changes), details=details)
