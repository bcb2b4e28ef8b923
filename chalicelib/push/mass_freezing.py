"""Who is on the list of a mass: everyone is judged on a fresh look, and claimed or held."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from chalicelib.push import results
from chalicelib.push.claims import claimed
from chalicelib.push.kit import Kit
from chalicelib.push.mass_groups import Decided, is_ours, pushes_of, settle
from chalicelib.push.mass_steps import BUDGET, Step, closing, parts_of, quota_and_hindrance
from chalicelib.sending.gate import judge
from chalicelib.sending.intents import Intent, as_push, entry
from chalicelib.sending.look import look_at
from chalicelib.sending.outcomes import Outcome
from chalicelib.sending.verdict import Known, Stop, Wait
from chalicelib.store.batch import Batch, Part, Result
from chalicelib.store.push import LOOKS_EVERY, Content, Push
from chalicelib.store.table import Change

OF_ALL = frozenset(
    {"paused.account", "paused.kind", "paused.channel", "not_before", "quiet_hours", "quota", "too_fast"}
)
"""What everyone waits for together. Who would have to wait for something of their own is held instead."""
CLAIM = LOOKS_EVERY + timedelta(hours=1)
"""A batch ends its claims by itself; those of one that was given up are looked at after this."""


def freeze(batch: Batch, kit: Kit) -> Step:
    """Some parts more. A part that was begun before is gone through again: who was claimed stays so."""
    began = kit.now()
    if batch.frozen_at is None:
        wait = quota_and_hindrance(batch, kit)[1] if began < batch.expires_at else None
        if wait:
            return Step(batch, "mass.waiting", min(wait.until, batch.expires_at))
        batch = _begun(batch, kit)
    for part in parts_of(batch, kit.table):
        wait = settle(part.openids, batch, kit, partial(_decided, batch=batch, kit=kit))
        if wait:
            return closing(batch, Result("deferred", wait.reason, min(wait.until, batch.expires_at)), kit.now())
        batch = _with(part, batch, kit)
        if kit.now() - began > BUDGET:
            break
    if batch.cursor < batch.parts:
        return Step(batch, "mass.freezing", kit.now())
    return Step(replace(batch, phase="calling"), "mass.frozen", kit.now())


def _begun(batch: Batch, kit: Kit) -> Batch:
    """Raises Lost when another worker has the batch."""
    batch = replace(batch, frozen_at=kit.now())
    kit.table.write([batch.put()])
    return replace(batch, version=batch.version + 1)


def _with(part: Part, batch: Batch, kit: Kit) -> Batch:
    """The batch with this part on its list: those whose claims stand in the table."""
    pushes = pushes_of(part.openids, batch, kit)
    ours = {openid for openid, push in pushes.items() if is_ours(push, batch) and push.state == "claimed"}
    frozen = tuple(openid for openid in part.openids if openid in ours)
    kit.table.write([replace(part, frozen=frozen).put_over(), batch.unmoved()])
    return replace(batch, cursor=part.number + 1, frozen=batch.frozen + len(frozen))


def _decided(openids: Sequence[str], *, batch: Batch, kit: Kit) -> Decided | Wait:
    """For those who are still to be judged. Whoever had this mass before, with another batch, is left alone."""
    known = pushes_of(openids, batch, kit)
    pushes = [known.get(openid) or _new(openid, batch, kit) for openid in openids]
    waiting = [push for push in pushes if is_ours(push, batch) and push.state != "claimed"]
    decided = Decided()
    if not waiting:
        return decided
    for push, seen in zip(waiting, look_at(waiting, kit.table, kit.accounts, now=kit.now()), strict=True):
        verdict = _judged(push, seen)
        if isinstance(verdict, Wait):
            return verdict
        decided.changes.extend(_changes(push, seen, verdict))
        decided.states[verdict.state if verdict else "claimed"] += 1
    return decided


def _new(openid: str, batch: Batch, kit: Kit) -> Push:
    """As it is planned now, within the batch; the content stands in the batch alone."""
    intent = Intent(
        openid,
        batch.kind,
        batch.key,
        "mass",
        batch.content_class,
        Content(),
        not_before=batch.not_before,
        expires_at=batch.expires_at,
        urgent=batch.urgent,
        trial=batch.trial,
    )
    push = as_push(intent, kit.accounts.find(batch.account), now=kit.now())
    return replace(push, batch=batch.batch_id, planned_at=batch.planned_at, expires_at=batch.expires_at)


def _judged(push: Push, known: Known) -> Outcome | Wait | None:
    """How it ends at once, or what all wait for; None when it goes."""
    if push.expires_at <= known.now:
        return Outcome("expired", push.reason)
    match judge(push, known):
        case Wait() as wait if wait.reason in OF_ALL:
            return wait
        case Stop(reason) | Wait(_, reason):
            return Outcome("held", reason)
        case _:
            return None


def _changes(push: Push, known: Known, end: Outcome | None) -> list[Change]:
    """Planned, if it is new, and claimed or ended, in one."""
    now = known.now
    planned: list[Change] = [] if push.version else [entry(push, "planned", at=now).put()]
    if end is None:
        return [*claimed(push, known, until=now + CLAIM, now=now).changes, *planned]
    after = results.after(push, end, now=now)
    told = entry(replace(after, version=max(after.version, 1)), after.state, at=now)
    return [after.put(), told.put(), *planned]
