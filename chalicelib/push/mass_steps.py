"""The words that the phases of a mass batch share."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.clock import shanghai_day
from chalicelib.push.kit import Kit
from chalicelib.sending import rules
from chalicelib.sending.traits import TRAITS
from chalicelib.sending.verdict import Known, Wait
from chalicelib.store import keys
from chalicelib.store.batch import Batch, Part, Phase, Result, find_part
from chalicelib.store.push import Content, Push
from chalicelib.store.quota import Quota
from chalicelib.store.switches import Switches
from chalicelib.store.table import Change, Table

BUDGET = timedelta(seconds=4)
"""A job may be begun with ten seconds left; what a step has not come to, the next one does."""
OF_ALL = (rules.pauses, rules.not_before, rules.quiet_hours, rules.quota, rules.pace)
"""What holds up the batch as a whole, whoever is in it."""
WHILE_DOUBTFUL = (rules.pauses, rules.quota)


@dataclass(frozen=True, slots=True)
class Step:
    """What a job has made of the batch: committed with the job's end, and with a next job unless the batch is over."""

    batch: Batch
    outcome: str
    due_at: datetime
    changes: tuple[Change, ...] = ()


def bearer(batch: Batch) -> Push:
    """The batch as a push to nobody, for the rules that look at one."""
    return Push(
        account=batch.account,
        push_id=batch.batch_id,
        kind=batch.kind,
        channel="mass",
        content_class=batch.content_class,
        openid="",
        group="",
        content=Content(),
        planned_at=batch.planned_at,
        not_before=batch.not_before,
        expires_at=batch.expires_at,
        due_at=batch.not_before,
        urgent=batch.urgent,
        batch=batch.batch_id,
        trial=batch.trial,
        attempts=batch.attempts,
        first_tried_at=batch.first_tried_at,
        doubtful=batch.doubtful,
    )


def quota_and_hindrance(batch: Batch, kit: Kit) -> tuple[Quota, Wait | None]:
    """The day's quota of the call, and what holds up the whole batch now."""
    now = kit.now()
    day, api = shanghai_day(now), TRAITS["mass"].api
    at = (keys.switches(batch.account), keys.quota(batch.account, day, api))
    found = kit.table.get_many(at)
    switches, quota = (found.get(key) for key in at)
    known = Known(
        now=now,
        switches=Switches.from_item(switches) if switches else Switches(batch.account),
        quota=Quota.from_item(quota) if quota else Quota(batch.account, day, api),
    )
    objections = (rule(bearer(batch), known) for rule in (WHILE_DOUBTFUL if batch.doubtful else OF_ALL))
    return known.quota, next((one for one in objections if isinstance(one, Wait)), None)


def parts_of(batch: Batch, table: Table) -> Iterator[Part]:
    """Its recipients, from where the phase has come to."""
    found = (find_part(table, batch, number) for number in range(batch.cursor, batch.parts))
    return (part for part in found if part)


def closing(batch: Batch, result: Result, now: datetime) -> Step:
    """Everyone on the list gets this result."""
    return Step(replace(batch, phase="closing", cursor=0, calling=False, result=result), "mass.closing", now)


def anew(batch: Batch) -> Batch:
    """Nobody is claimed: the list is made again, on fresh looks."""
    phase: Phase = "freezing" if batch.parts else "calling"
    return replace(batch, phase=phase, cursor=0, frozen=0, frozen_at=None, calling=False, result=None)
