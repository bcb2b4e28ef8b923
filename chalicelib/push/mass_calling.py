"""The one call of a mass.

Promise: at most once. WeChat remembers the batch's id for 24 hours; the call is committed as begun before it is made,
and is repeated with the same id over the same list within 23 hours, until WeChat says what became of it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from chalicelib.door import count, log
from chalicelib.push.effects import follow_up
from chalicelib.push.kit import Kit
from chalicelib.push.mass_steps import Step, bearer, closing, parts_of, quota_and_hindrance
from chalicelib.sending import outcomes
from chalicelib.sending.batches import FEWEST
from chalicelib.sending.outcomes import PAUSES, Outcome
from chalicelib.sending.verdict import Wait
from chalicelib.store.batch import Batch, Result
from chalicelib.wechat.errors import AlreadyAccepted, WechatError

FRESH = timedelta(hours=1)
"""How long what was known of the recipients holds good. Afterwards they are judged again."""
NOT_SOONER = timedelta(seconds=75)
"""WeChat refuses the same id within a minute (45066), even to tell that it has accepted it."""


def call(batch: Batch, kit: Kit) -> Step:
    """Make the call, unless something stands in its way."""
    now = kit.now()
    if batch.calling:
        batch = replace(batch, calling=False, doubtful=True)  # its worker died on the way
    if batch.doubtful and not outcomes.may_repeat(bearer(batch), now):
        return closing(batch, Result("unknown", "unanswered"), now)
    obstacle = None if batch.doubtful else _obstacle(batch, now)
    if obstacle:
        return closing(batch, obstacle, now)
    quota, wait = quota_and_hindrance(batch, kit)
    if wait is None and not kit.allowance.take(bearer(batch), quota):
        wait = Wait(outcomes.morning_after(bearer(batch), now), "quota")
    if wait:
        return _put_off(batch, Result("deferred", wait.reason, wait.until), now)
    begun = _begun(batch, kit)
    sent, outcome = _called(begun, kit)
    kit.allowance.give_back()
    follow_up(bearer(sent), _for_nobody(outcome), quota, kit)
    return _after(sent, outcome, kit.now())


def _obstacle(batch: Batch, now: datetime) -> Result | None:
    """Before WeChat has heard of it, the list may still be given up."""
    if batch.expires_at <= now:
        return Result("expired")
    if batch.frozen_at and now > batch.frozen_at + FRESH:
        return Result("deferred", "stale", now)
    if batch.parts and batch.frozen < FEWEST:
        return Result("held", "too_few")
    return None


def _put_off(batch: Batch, result: Result, now: datetime) -> Step:
    """For a while the list stays as it is, and for as long as WeChat may have accepted it; else it is made again."""
    again_at = result.again_at or now
    if batch.doubtful or (batch.frozen_at and again_at <= batch.frozen_at + FRESH):
        return Step(replace(batch, calling=False), "mass.waiting", again_at)
    return closing(batch, replace(result, again_at=min(again_at, batch.expires_at)), now)


def _begun(batch: Batch, kit: Kit) -> Batch:
    """The call as ours. Raises Lost when another worker has the batch."""
    first = (batch.doubtful and batch.first_tried_at) or kit.now()
    batch = replace(batch, calling=True, attempts=batch.attempts + 1, first_tried_at=first)
    kit.table.write([batch.put()])
    return replace(batch, version=batch.version + 1)


def _called(batch: Batch, kit: Kit) -> tuple[Batch, Outcome]:
    try:
        return replace(batch, msgid=_sent(batch, kit)), Outcome("sent")
    except AlreadyAccepted as known:
        return replace(batch, msgid=known.msg_id), Outcome("sent")
    except WechatError as error:
        extra = {"batch": batch.batch_id, "error": type(error).__name__, "code": error.code, "rid": error.rid}
        log.info("mass.refused", extra=extra)
        outcome = outcomes.after(error, bearer(batch), kit.now())
        return replace(batch, doubtful=batch.doubtful or outcomes.may_be_accepted(error)), outcome


def _sent(batch: Batch, kit: Kit) -> str:
    """Over exactly the list that was frozen, in its order, however often it is called."""
    wechat = kit.wechat(batch.account)
    if batch.tag_id is not None:
        return wechat.send_mass_to_tag(batch.tag_id, batch.body, client_id=batch.batch_id)
    parts = parts_of(replace(batch, cursor=0), kit.table)
    openids = tuple(chain.from_iterable(part.frozen or () for part in parts))
    return wechat.send_mass(openids, batch.body, client_id=batch.batch_id)


def _after(batch: Batch, outcome: Outcome, now: datetime) -> Step:
    batch = replace(batch, calling=False)
    if outcome.state == "dead":
        log.error("mass.failed", extra={"batch": batch.batch_id, "kind": batch.kind, "reason": outcome.reason})
        count("DeadPushes", account=batch.account)
        outcome = replace(outcome, state="failed")
    if outcome.again_at is None:
        return closing(batch, Result(outcome.state, outcome.reason), now)
    again_at = max(outcome.again_at, now + NOT_SOONER)
    if batch.doubtful:
        again_at = max(again_at, now + PAUSES[min(batch.attempts, len(PAUSES)) - 1])
    return _put_off(batch, Result("deferred", outcome.reason, again_at), now)


def _for_nobody(outcome: Outcome) -> Outcome:
    """Without what concerns a single recipient."""
    return replace(outcome, effects=tuple(effect for effect in outcome.effects if effect != "ask_about_member"))
