"""One push, from its claim to its outcome.

Promise: at most once. WeChat accepts no more than one message per push: the claim is committed before the call, and
what may have been accepted is tried again only where WeChat knows our key. This leans on Lambda's ending a worker at
its timeout, on conditional writes, and, for such a second try, on WeChat's remembering the key.
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.door import log
from chalicelib.errors import Conflict
from chalicelib.push import results
from chalicelib.push.claims import claimed
from chalicelib.push.effects import follow_up, profile_job
from chalicelib.push.kit import Kit
from chalicelib.push.mass_leftovers import leave_to_batch
from chalicelib.sending import outcomes
from chalicelib.sending.channels import deliver
from chalicelib.sending.gate import judge
from chalicelib.sending.intents import entry
from chalicelib.sending.look import look
from chalicelib.sending.outcomes import Outcome
from chalicelib.sending.verdict import Known, Stop, Wait
from chalicelib.store import keys
from chalicelib.store import push as pushes
from chalicelib.store.push import LOOKS_EVERY, Push
from chalicelib.store.sends import Sends
from chalicelib.store.table import Change, Lost
from chalicelib.wechat.errors import AlreadyAccepted, WechatError

LEASE = timedelta(seconds=35)
"""Longer than the function may run (30 s): whoever finds a claim older than this knows that its worker is gone."""
CANARY_PAUSE = timedelta(minutes=5)
TRIES = 6


def send(name: str, kit: Kit) -> None:
    """Bring the push of this name a step further, if it is due."""
    for _ in range(TRIES):
        push = pushes.find(kit.table, name)
        if push is None or not push.is_open or push.due_at > kit.now():
            return
        try:
            _step(push, kit)
        except Lost:
            continue
        return
    raise Conflict("others kept moving the push or its member")


def _step(push: Push, kit: Kit) -> None:
    """Raises Lost when something moved that it was decided on: read again and decide again."""
    if push.batch:
        leave_to_batch(push, kit)
        return
    if push.state == "claimed":
        push = replace(push, doubtful=True)
    if push.doubtful and not outcomes.may_repeat(push, kit.now()):
        _end(push, Outcome("unknown", push.reason or "crashed"), kit)
        return
    if push.expires_at <= kit.now():
        _end(push, Outcome("expired", push.reason), kit)
        return
    known = look(push, kit.table, kit.accounts, now=kit.now())
    verdict = judge(push, known)
    match verdict:
        case Stop(reason):
            _end(push, Outcome("held", reason), kit)
        case Wait(until, reason):
            _wait(push, Wait(until, reason), kit)
        case _:
            _send(push, known, kit, canary=verdict.canary)


def _send(push: Push, known: Known, kit: Kit, *, canary: bool) -> None:
    if not kit.allowance.take(push, known.quota):
        _wait(push, Wait(outcomes.morning_after(push, kit.now()), "quota"), kit)
        return
    if canary and not kit.allowance.take_canary(push, known.quota):
        kit.allowance.put_back(push, known.quota)
        _wait(push, Wait(kit.now() + CANARY_PAUSE + outcomes.spread(push, CANARY_PAUSE), "canary"), kit)
        return
    try:
        claim = claimed(push, known, until=kit.now() + LEASE, now=kit.now())
        kit.table.write(claim.changes)
    except Lost:
        kit.allowance.put_back(push, known.quota)
        raise
    _tried(claim.push, claim.ledger, known, kit)


def _tried(push: Push, ledger: Sends, known: Known, kit: Kit) -> None:
    """Call WeChat, record what came of it, and see to what else follows."""
    tried, outcome = _called(push, kit)
    _record(tried, ledger, outcome, kit)
    follow_up(tried, outcome, known.quota, kit)


def _called(push: Push, kit: Kit) -> tuple[Push, Outcome]:
    """A busy WeChat is asked again at once, where it has heard nothing or knows our key."""
    left = outcomes.AT_ONCE
    while True:
        try:
            return replace(push, msgid=deliver(push, kit.wechat(push.account))), Outcome("sent")
        except WechatError as error:
            outcome = outcomes.after(error, push, kit.now())
            extra = {"push": push.push_id, "error": type(error).__name__, "code": error.code, "rid": error.rid}
            log.info("push.refused", extra=extra)
            push = replace(push, doubtful=push.doubtful or outcomes.may_be_accepted(error), msgid=_msgid_of(error))
            if not left or not outcomes.may_ask_at_once(error, push, kit.now()):
                return push, outcome
            left -= 1


def _msgid_of(error: WechatError) -> str:
    return error.msg_id if isinstance(error, AlreadyAccepted) else ""


def _record(push: Push, ledger: Sends, outcome: Outcome, kit: Kit) -> None:
    """Commit what came of our attempt, unless a finish event was faster."""
    after = results.after(push, outcome, now=kit.now())
    job = profile_job(push, outcome, kit)
    changes: list[Change] = [after.put(), entry(after, after.state, at=kit.now()).put(), *([job.put()] if job else [])]
    current: Sends | None = ledger
    for _ in range(TRIES):
        try:
            kit.table.write([*changes, *results.ledger_change(current, push, outcome)])
        except Lost as lost:
            if push.key in lost.stood:
                log.info("push.overtaken", extra={"push": push.push_id})
                return
            current = _ledger_of(push, kit)
            continue
        results.tell(after)
        return
    raise Conflict("others kept moving the member's ledger")


def _ledger_of(push: Push, kit: Kit) -> Sends | None:
    item = kit.table.get(keys.sends(push.account, push.openid))
    return Sends.from_item(item) if item else None


def _end(push: Push, outcome: Outcome, kit: Kit) -> None:
    """Record an outcome without a call. What WeChat may have accepted before is unknown, whatever we think now."""
    if push.doubtful and outcome.state != "unknown":
        outcome = Outcome("unknown", outcome.reason)
    after = results.after(push, outcome, now=kit.now())
    ledger = results.ledger_change(_ledger_of(push, kit), push, outcome) if outcome.accepted else []
    kit.table.write([after.put(), entry(after, after.state, at=kit.now()).put(), *ledger])
    results.tell(after)


def _wait(push: Push, wait: Wait, kit: Kit) -> None:
    """Put it off. Where that comes too late, or a first attempt may have been accepted, it ends instead."""
    if push.doubtful:
        _end(push, Outcome("unknown", wait.reason), kit)
        return
    if wait.until >= push.expires_at:
        _end(push, Outcome("expired", wait.reason), kit)
        return
    after = replace(push, state="deferred", reason=wait.reason, due_at=min(wait.until, kit.now() + LOOKS_EVERY))
    told = [entry(after, after.state, at=kit.now()).put()] if wait.reason != push.reason else []
    kit.table.write([after.put(), *told])
    results.tell(after)
