"""What an outcome makes of a push and of its member's ledger, and how it is told."""

from dataclasses import replace
from datetime import datetime

from chalicelib.door import count, log
from chalicelib.sending.outcomes import Outcome
from chalicelib.sending.reservation import recorded, released
from chalicelib.store.push import LOOKS_EVERY, Push
from chalicelib.store.sends import Sends
from chalicelib.store.table import Change


def after(push: Push, outcome: Outcome, *, now: datetime) -> Push:
    if outcome.again_at:
        due_at = min(outcome.again_at, now + LOOKS_EVERY)
        doubtful = push.doubtful or outcome.accepted
        return replace(push, state="deferred", reason=outcome.reason, due_at=due_at, doubtful=doubtful)
    if outcome.state == "sent":
        push = replace(push, sent_at=now)
    return replace(push, due_at=now).closed(outcome.state, outcome.reason)


def ledger_change(ledger: Sends | None, push: Push, outcome: Outcome) -> list[Change]:
    """None where the member has left meanwhile, or the push has fallen out of what the ledger remembers."""
    if ledger is None or ledger.member_no != push.member_no:
        return []
    changed = recorded(ledger, push, outcome.in_ledger) if outcome.accepted else released(ledger, push)
    return [changed.put()] if changed != ledger else []


def tell(push: Push) -> None:
    """One line and one metric for where it stands now."""
    extra = {"push": push.push_id, "kind": push.kind, "channel": push.channel, "state": push.state,
             "reason": push.reason, "attempts": push.attempts}  # fmt: skip
    level = log.error if push.state == "dead" else log.warning if push.state == "unknown" else log.info
    level(f"push.{push.state}", extra=extra)
    count("Pushes", account=push.account, kind=push.kind, outcome=push.state)
    if push.state in ("dead", "unknown"):
        count("DeadPushes" if push.state == "dead" else "UnknownPushes", account=push.account)
