"""What became of a mass, written to the push and the ledger of everyone on its list."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from chalicelib.push import results
from chalicelib.push.kit import Kit
from chalicelib.push.mass_groups import Decided, is_ours, pushes_of, settle
from chalicelib.push.mass_steps import BUDGET, Step, anew, parts_of
from chalicelib.sending.intents import entry
from chalicelib.sending.outcomes import Outcome
from chalicelib.store import keys
from chalicelib.store.batch import Batch, Part, Result
from chalicelib.store.push import LOOKS_EVERY, Push
from chalicelib.store.sends import Sends
from chalicelib.store.table import Change

NOT_SAID = Result("unknown", "crashed")
"""A batch is closed with its result. Were there none, nobody knew."""


def close(batch: Batch, kit: Kit) -> Step:
    """Some parts more. Doing a part again changes nothing: its pushes are no longer open, or deferred already."""
    began, result = kit.now(), batch.result or NOT_SAID
    for part in parts_of(batch, kit.table):
        settle(part.openids, batch, kit, partial(_decided, batch=batch, result=result, kit=kit))
        batch = replace(batch, cursor=part.number + 1)
        if kit.now() - began > BUDGET:
            break
    else:
        batch = replace(batch, cursor=batch.parts)
    if batch.cursor < batch.parts:
        return Step(batch, "mass.closing", kit.now())
    if result.again_at:
        return Step(anew(batch), "mass.deferred", result.again_at)
    lists = tuple(Part(batch.account, batch.batch_id, number, (), batch.planned_at) for number in range(batch.parts))
    return Step(replace(batch, phase="over"), f"mass.{result.state}", kit.now(), tuple(part.delete() for part in lists))


def _decided(openids: Sequence[str], *, batch: Batch, result: Result, kit: Kit) -> Decided:
    """For those who go with this batch. Everyone was judged before the call, so whose push is open was on its list."""
    pushes = [push for push in pushes_of(openids, batch, kit).values() if _concerns(push, batch, result)]
    at = {push.push_id: keys.sends(push.account, push.openid) for push in pushes}
    found = kit.table.get_many(at.values())
    ledgers = {name: Sends.from_item(found[key]) for name, key in at.items() if key in found}
    decided = Decided()
    for push in pushes:
        decided.changes.extend(_changes(push, ledgers.get(push.push_id), batch, result, kit))
        decided.states[result.state] += 1
    return decided


def _concerns(push: Push, batch: Batch, result: Result) -> bool:
    return is_ours(push, batch) and push.state != result.state


def _changes(push: Push, ledger: Sends | None, batch: Batch, result: Result, kit: Kit) -> list[Change]:
    outcome, now = Outcome(result.state, result.reason, result.again_at), kit.now()
    tried = replace(push, msgid=batch.msgid)
    after = results.after(tried, outcome, now=now)
    if after.is_open:
        after = replace(after, due_at=now + LOOKS_EVERY)  # the batch comes back to it, it does not go by itself
    return [after.put(), entry(after, after.state, at=now).put(), *results.ledger_change(ledger, tried, outcome)]
