"""Subscription notices: what became of them, and which sends they used up. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from chalicelib.decision import Decision, Facts
from chalicelib.members.subscriptions import TEMPLATE_ID, with_one_more
from chalicelib.sending.finishing import GIVE_BACK, Finish, Result, finish, reason_of
from chalicelib.store.journal import Entry
from chalicelib.store.sends import Sends
from chalicelib.store.table import Put
from chalicelib.wechat.events import SubscribeResult, SubscribeSent
from chalicelib.wechat.inbound import Inbound

NO_ACCEPT = 43101
"""WeChat's code for a follower who refused, or whose accepts are used up."""


def on_sent(event: Inbound, facts: Facts) -> Decision:
    """Notices were delivered or not. A push of ours has used its send since its claim; what was sent from elsewhere
    uses one when it is delivered."""
    if facts.member is None:
        return Decision("nobody")
    known = facts.sends or Sends(facts.account, event.openid, facts.member.member_no)
    results = event.body.results if isinstance(event.body, SubscribeSent) else ()
    ledger, ours, elsewhere = _finished(known, results, event)
    ledger, counted = _counted(ledger, elsewhere)
    first, *more = _lines(ours, counted)
    return Decision(
        first.outcome,
        save=(ledger,) if ledger != known else (),
        changes=(*chain.from_iterable(one.changes for one in ours), *_entries(more, event, facts)),
        details=first.details,
    )


def _finished(
    ledger: Sends, results: Sequence[SubscribeResult], event: Inbound
) -> tuple[Sends, list[Finish], list[SubscribeResult]]:
    """The ledger with the ends of our pushes, what these are, and the results that are not ours."""
    ours: list[Finish] = []
    elsewhere: list[SubscribeResult] = []
    for result in results:
        told = Result("subscribe", result.msgid, _reason(result), event.created, result.template_id)
        if found := finish(ledger, told):
            ours.append(found)
            ledger = found.ledger or ledger
        else:
            elsewhere.append(result)
    return ledger, ours, elsewhere


def _reason(result: SubscribeResult) -> str:
    """Empty for a delivery; WeChat's code where we have none of our own."""
    if result.code == 0:
        return ""
    told = "no_credit" if result.code == NO_ACCEPT else reason_of(result.status)
    return told if told in (*GIVE_BACK, "no_credit") else str(result.code)


def _counted(ledger: Sends, elsewhere: Sequence[SubscribeResult]) -> tuple[Sends, Finish]:
    """The ledger with what was sent from elsewhere and delivered, and how many these are."""
    templates = [one.template_id for one in elsewhere if one.code == 0 and TEMPLATE_ID.fullmatch(one.template_id)]
    details = {"delivered": len(templates), "failed": len(elsewhere) - len(templates)}
    if not templates:
        return ledger, Finish("notice.undelivered", details)
    used = with_one_more(ledger.credits_used, templates)
    return replace(ledger, credits_used=used), Finish("notice.delivered", details)


def _lines(ours: Sequence[Finish], elsewhere: Finish) -> Sequence[Finish]:
    """What the journal is told: the end of each push, the others together; what changed nothing, if that was all."""
    lines = [one for one in ours if one.changes]
    if any(elsewhere.details.values()):
        lines.append(elsewhere)
    return lines or [*ours, elsewhere][:1]


def _entries(lines: Sequence[Finish], event: Inbound, facts: Facts) -> Iterator[Put]:
    """Lines beside the event's own."""
    member_no = facts.member.member_no if facts.member else ""
    for number, line in enumerate(lines, start=1):
        entry_id = f"{event.receipt_id}-{number}"
        yield Entry(facts.account, entry_id, facts.now, event.kind, line.outcome, member_no, line.details).put()
