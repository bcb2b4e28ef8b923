"""A push of a mass that comes up by itself: it is its batch's business, unless the batch was given up."""

from dataclasses import replace

from chalicelib.push import results
from chalicelib.push.kit import Kit
from chalicelib.sending.batches import next_job
from chalicelib.sending.intents import entry
from chalicelib.sending.outcomes import Outcome
from chalicelib.store import batch as batches
from chalicelib.store import job as jobs
from chalicelib.store import keys
from chalicelib.store.batch import Batch
from chalicelib.store.push import LOOKS_EVERY, Push
from chalicelib.store.sends import Sends


def leave_to_batch(push: Push, kit: Kit) -> None:
    """Look again in a day; or end it with what is known of a batch that nobody works on any more. Raises Lost."""
    batch = batches.find(kit.table, push.account, push.batch)
    if batch and _is_at_work(batch, kit):
        kit.table.write([replace(push, due_at=kit.now() + LOOKS_EVERY).put()])
        return
    outcome = _left_behind(batch)
    push = replace(push, msgid=batch.msgid if batch else "")
    after = results.after(push, outcome, now=kit.now())
    item = kit.table.get(keys.sends(push.account, push.openid))
    ledger = results.ledger_change(Sends.from_item(item) if item else None, push, outcome)
    kit.table.write([after.put(), entry(after, after.state, at=kit.now()).put(), *ledger])
    results.tell(after)


def _is_at_work(batch: Batch, kit: Kit) -> bool:
    job = jobs.find(kit.table, next_job(batch, kit.now()).name)
    return batch.phase != "over" and job is not None and not job.dead


def _left_behind(batch: Batch | None) -> Outcome:
    """By now a batch that was not called has expired, and can be called no more even if its job is taken up again."""
    if batch is None or batch.calling or batch.doubtful:
        return Outcome("unknown", "crashed")
    if batch.result and batch.result.again_at is None:
        return Outcome(batch.result.state, batch.result.reason)
    return Outcome("held", "batch_over")
