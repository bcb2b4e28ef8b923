"""What a claim sets aside in the member's ledger, and what a refusal gives back. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.clock import shanghai_day
from chalicelib.sending.windows import customer_service_window
from chalicelib.store.member import Member
from chalicelib.store.push import Push
from chalicelib.store.sends import Sends, SendState, Sent

CAPS_LOOK_BACK = timedelta(days=32)


def reserved(ledger: Sends | None, push: Push, member: Member, *, now: datetime) -> Sends:
    """The ledger with this push under way. One that is tried again is not counted twice."""
    ledger = ledger or Sends(push.account, member.openid, member.member_no)
    if known := ledger.find(push.push_id):
        return ledger.with_sent(replace(known, state="claimed", doubtful=push.doubtful))
    ledger = ledger.with_sent(_sent(push, now))
    if push.content_class != "service":
        recent = tuple(at for at in ledger.nudged_at if now - at < CAPS_LOOK_BACK)
        ledger = replace(ledger, nudged_at=(*recent, now))
    match push.channel:
        case "subscribe":
            return with_credit(ledger, push.content.template, 1)
        case "kefu":
            return _with_window(ledger, member, now)
        case "mass":
            month = shanghai_day(now)[:7]
            return replace(ledger, masses={month: ledger.masses.get(month, 0) + 1})
        case _:
            return ledger


def recorded(ledger: Sends, push: Push, state: SendState) -> Sends:
    """The ledger with what became of the push. A push that fell out of it, or has its last word, is left alone."""
    known = _unsettled(ledger, push)
    if known is None:
        return ledger
    return ledger.with_sent(replace(known, state=state, msgid=push.msgid, doubtful=push.doubtful))


def released(ledger: Sends, push: Push) -> Sends:
    """The ledger as if the push had never been claimed: WeChat has refused it, or has not heard of it."""
    known = _unsettled(ledger, push)
    if known is None:
        return ledger
    ledger = replace(ledger, recent=tuple(sent for sent in ledger.recent if sent.push_id != push.push_id))
    if known.counts:
        ledger = replace(ledger, nudged_at=_without(ledger.nudged_at, known.at))
    match push.channel:
        case "subscribe":
            return with_credit(ledger, known.template, -1)
        case "kefu":
            return _with_one_less_in_window(ledger, known.at)
        case "mass":
            month = shanghai_day(known.at)[:7]
            had = {**ledger.masses, month: ledger.masses.get(month, 0) - 1}
            return replace(ledger, masses={month: count for month, count in had.items() if count > 0})
        case _:
            return ledger


def window_used(ledger: Sends | None, member: Member, now: datetime) -> int:
    """Customer-service messages sent in the window that is open now."""
    window = customer_service_window(member, now)
    if ledger is None or window is None or ledger.window_opened_at != window.opened_at:
        return 0
    return ledger.window_used


def window_left(ledger: Sends | None, member: Member, now: datetime) -> int:
    """Customer-service messages that may still be sent now; none where no window is open."""
    window = customer_service_window(member, now)
    return max(0, window.allowance - window_used(ledger, member, now)) if window else 0


def with_credit(ledger: Sends, template: str, more: int) -> Sends:
    """With so many more subscription sends of the template used, or fewer."""
    used = {**ledger.credits_used, template: max(0, ledger.credits_used.get(template, 0) + more)}
    return replace(ledger, credits_used={name: count for name, count in used.items() if count})


def _unsettled(ledger: Sends, push: Push) -> Sent | None:
    known = ledger.find(push.push_id)
    return known if known and known.state not in ("delivered", "undelivered") else None


def _sent(push: Push, now: datetime) -> Sent:
    counts = push.content_class != "service"
    return Sent(push.push_id, push.kind, push.channel, now, counts, template=push.content.template, trial=push.trial)


def _with_window(ledger: Sends, member: Member, now: datetime) -> Sends:
    window = customer_service_window(member, now)
    opened_at = window.opened_at if window else now
    return replace(ledger, window_opened_at=opened_at, window_used=window_used(ledger, member, now) + 1)


def _with_one_less_in_window(ledger: Sends, at: datetime) -> Sends:
    """What was set aside in a window that is no longer counted has gone with it."""
    if ledger.window_opened_at is None or at < ledger.window_opened_at:
        return ledger
    return replace(ledger, window_used=max(0, ledger.window_used - 1))


def _without(times: tuple[datetime, ...], one: datetime) -> tuple[datetime, ...]:
    """Without the latest occurrence of that time."""
    kept = list(times)
    if one in kept:
        kept.remove(one)
    return tuple(kept)
