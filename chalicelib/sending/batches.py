"""Mass messages: from the wish to tell many followers the same to batches that a worker sends in one call each.

A batch holds its recipients; the worker plans a push for each. A push's key is made of kind, key and openid, as
everywhere, so nobody gets the same mass twice, in however many batches they stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from chalicelib.queues import Queues
from chalicelib.sending.intents import digest
from chalicelib.sending.rules import MARKETING
from chalicelib.store import batch as stored
from chalicelib.store.batch import Batch, Part
from chalicelib.store.job import Job
from chalicelib.store.push import ContentClass
from chalicelib.store.table import Lost, Table

WORK = "push.mass"
"""The kind of job that works on a batch."""
FEWEST, MOST = 2, 10_000
"""Followers that one call takes (official page on mass sending)."""
PART = 500
"""Recipients in one item: what is judged between two looks at the clock."""
LASTS = timedelta(hours=24)
"""How long a mass may wait, and so how long its list of recipients is kept: who leaves is named no longer."""
BODIES = frozenset({"text", "images", "voice", "mpnews", "mpvideo"})
"""Kinds of message that the call takes."""


@dataclass(frozen=True, slots=True)
class Mass:
    """`kind` and `key` as of an intent: a follower gets one message of both together, ever.

    `body` is as WeChat takes it: ``{"msgtype": "text", "text": {"content": "…"}}``. Sent between `not_before` and
    `expires_at`, which is within a day.
    """

    kind: str
    key: str
    content_class: ContentClass
    body: Mapping[str, Any]
    not_before: datetime | None = None
    expires_at: datetime | None = None
    urgent: bool = False
    trial: str = ""

    def __repr__(self) -> str:
        return f"Mass(kind={self.kind!r})"


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """What became of some of the recipients: `known` if the very same list was planned before."""

    batch_id: str
    recipients: int
    outcome: Literal["planned", "known"]


def objection(mass: Mass, recipients: int, *, now: datetime) -> str:
    """Why this can never be sent: a code of `reasons.py`; empty when it can. Pure."""
    kind = mass.body.get("msgtype")
    if kind not in BODIES or not mass.body.get(kind):
        return "mass_body"
    if recipients < FEWEST:
        return "too_few"
    if (mass.not_before or now) >= _end(mass, now):
        return "mass_too_late"
    return ""


def plan_mass(
    mass: Mass, openids: Sequence[str], account: str, *, table: Table, queues: Queues, now: datetime
) -> tuple[PlannedBatch, ...]:
    """Plan it for these followers, in as many batches as it takes. Doing it again with the same list changes nothing.

    Raises ValueError when there is an `objection`, and Unavailable; what was planned by then stands, and is known
    when it is asked for again.
    """
    once = tuple(dict.fromkeys(openids))
    if code := objection(mass, len(once), now=now):
        raise ValueError(code)
    chosen = [as_batch(mass, account, listed, now=now) for listed in _in_calls(once)]
    return tuple(_planned(batch, parts, table, queues) for batch, parts in chosen)


def plan_mass_to_tag(
    mass: Mass, tag_id: int, account: str, *, table: Table, queues: Queues, now: datetime
) -> PlannedBatch:
    """Plan it for all who bear a tag at WeChat: for operators only, because nobody is judged one by one.

    Nobody's opt-out is known there, so what an opt-out ends is refused. Raises like `plan_mass`.
    """
    code = "class_not_allowed" if mass.content_class in MARKETING else objection(mass, FEWEST, now=now)
    if code:
        raise ValueError(code)
    batch_id = digest(account, mass.kind, mass.key, f"tag {tag_id}")
    return _planned(_head(mass, account, batch_id, tag_id=tag_id, now=now), (), table, queues)


def as_batch(mass: Mass, account: str, openids: Sequence[str], *, now: datetime) -> tuple[Batch, tuple[Part, ...]]:
    """The batch as it is first written, and its recipients."""
    batch_id = digest(account, mass.kind, mass.key, *openids)
    parts = tuple(
        Part(account, batch_id, number, tuple(openids[start : start + PART]), now)
        for number, start in enumerate(range(0, len(openids), PART))
    )
    return _head(mass, account, batch_id, total=len(openids), parts=len(parts), now=now), parts


def _head(
    mass: Mass,
    account: str,
    batch_id: str,
    *,
    now: datetime,
    total: int = 0,
    parts: int = 0,
    tag_id: int | None = None,
) -> Batch:
    return Batch(
        account=account,
        batch_id=batch_id,
        kind=mass.kind,
        key=mass.key,
        content_class=mass.content_class,
        body=mass.body,
        planned_at=now,
        not_before=max(mass.not_before or now, now),
        expires_at=_end(mass, now),
        total=total,
        parts=parts,
        tag_id=tag_id,
        trial=mass.trial,
        urgent=mass.urgent,
        phase="freezing" if parts else "calling",
    )


def _end(mass: Mass, now: datetime) -> datetime:
    return min(mass.expires_at or now + LASTS, now + LASTS)


def _planned(batch: Batch, parts: tuple[Part, ...], table: Table, queues: Queues) -> PlannedBatch:
    """The recipients first, the batch and its job last: until then nothing happens to them."""
    known = PlannedBatch(batch.batch_id, batch.total, "known")
    if stored.find(table, batch.account, batch.batch_id):
        return known
    for part in parts:
        _written(part, table)
    job = next_job(batch, batch.not_before)
    try:
        table.write([batch.put(), job.put()])
    except Lost:
        return known
    queues.wake([job.name] if batch.not_before <= batch.planned_at else [])
    return PlannedBatch(batch.batch_id, batch.total, "planned")


def _written(part: Part, table: Table) -> None:
    """An earlier attempt may have written it: the batch's id follows from its recipients, so they are the same."""
    try:
        table.write([part.put()])
    except Lost:
        return


def next_job(batch: Batch, due_at: datetime) -> Job:
    """What works on the batch from then on."""
    return Job(batch.account, batch.job_id, WORK, due_at, {"batch": batch.batch_id})


def _in_calls(openids: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Lists of equal size, none longer than a call takes."""
    calls = -(-len(openids) // MOST)
    bounds = [round(number * len(openids) / calls) for number in range(calls + 1)]
    return [openids[start:end] for start, end in pairwise(bounds)]
