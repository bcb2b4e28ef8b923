"""A decision becomes true: receipt, journal entry and every change, in one transaction."""

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.decision import Decision, Erase, Facts, Saved
from chalicelib.door import log
from chalicelib.sending import intents
from chalicelib.store import keys, tombstone
from chalicelib.store.journal import Entry
from chalicelib.store.member import Member
from chalicelib.store.receipt import Receipt
from chalicelib.store.sends import Sends
from chalicelib.store.table import Absent, Change, Check, Delete, Equals, Lost, Table
from chalicelib.wechat.inbound import Inbound


def settle(event: Inbound, facts: Facts, decision: Decision, *, table: Table, attempt: str) -> Receipt | None:
    """The receipt that stands afterwards: ours, or the one of a delivery that was faster.

    None when the member moved meanwhile: read again and decide again.
    """
    receipt = Receipt(
        account=facts.account,
        receipt_id=event.receipt_id,
        attempt=attempt,
        at=facts.now,
        reply=decision.reply.to_item() if decision.reply else None,
        jobs=tuple(_to_wake(decision, facts)),
    )
    try:
        table.write([receipt.put(), _entry(event, facts, decision).put(), *_changes(event, facts, decision)])
    except Lost as lost:
        stood = lost.stood.get(keys.receipt(facts.account, event.receipt_id))
        if stood:
            return Receipt.from_item(stood)
        rest = _without(decision, lost)
        return settle(event, facts, rest, table=table, attempt=attempt) if rest else None
    return receipt


def _to_wake(decision: Decision, facts: Facts) -> Iterator[str]:
    """What is due at once; the clock wakes the rest."""
    yield from (job.name for job in decision.jobs if job.due_at <= facts.now)
    yield from (push.name for push in decision.pushes if push.due_at <= facts.now)


def _without(decision: Decision, lost: Lost) -> Decision | None:
    """Without what no longer applies elsewhere, where nothing else objected: it must not lose the decision for ever."""
    rest = tuple(change for change in decision.changes if change.key not in lost.stood)
    if len(decision.changes) - len(rest) < len(lost.stood):
        return None
    log.warning("callback.change_left_out", extra={"outcome": decision.outcome})
    return replace(decision, changes=rest)


def _entry(event: Inbound, facts: Facts, decision: Decision) -> Entry:
    return Entry(
        account=facts.account,
        entry_id=event.receipt_id,
        at=facts.now,
        what=event.kind,
        outcome=decision.outcome,
        member_no=_member_no(facts, decision),
        details=decision.details,
    )


def _member_no(facts: Facts, decision: Decision) -> str:
    saved = (change.member_no for change in decision.save)
    return facts.member.member_no if facts.member else next(saved, "")


def _changes(event: Inbound, facts: Facts, decision: Decision) -> Iterator[Change]:
    for saved in decision.save:
        yield saved.put()
        yield from _conditions(saved, facts, decision)
    if decision.erase:
        yield from _erasing(event, facts, decision.erase)
    for job in decision.jobs:
        yield job.put()
    for push in decision.pushes:
        yield from intents.changes(push)
    yield from decision.changes


def _conditions(saved: Saved, facts: Facts, decision: Decision) -> Iterator[Change]:
    """What must not have happened meanwhile: that a newcomer left, or that a ledger's member went."""
    match saved:
        case Member(version=0):
            left = facts.tombstone
            yield left.delete() if left else tombstone.still_absent(facts.account, facts.handle)
        case Sends() if not any(isinstance(other, Member) for other in decision.save):
            yield Check(keys.member(saved.account, saved.openid), (Equals("member_no", saved.member_no),))
        case _:
            return


def _erasing(event: Inbound, facts: Facts, erase: Erase) -> Iterator[Change]:
    """While there is a member there is no tombstone; without one, nobody else may have left meanwhile."""
    account = erase.tombstone.account
    if erase.member:
        yield erase.member.delete()
        yield erase.tombstone.put()
    else:
        yield Check(keys.member(account, event.openid), (Absent(),))
        yield erase.tombstone.put_over(facts.tombstone)
    yield Delete(keys.sends(account, event.openid))
