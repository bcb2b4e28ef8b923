"""What follows from WeChat's word on a template message. Pure."""

from dataclasses import replace

from chalicelib.decision import Decision, Facts
from chalicelib.sending.finishing import Finish, Result, finish, reason_of
from chalicelib.sending.traits import SLOW
from chalicelib.store.member import Member, Reachability
from chalicelib.store.table import Change
from chalicelib.wechat.events import TemplateFinished
from chalicelib.wechat.inbound import Inbound

UNMATCHED = Finish("push.unmatched")
REACHABILITY: dict[str, Reachability] = {"": "ok", "blocked": "blocked"}
"""What a result tells of the member, by its reason. Other failures are not theirs."""


def on_template_finished(event: Inbound, facts: Facts) -> Decision:
    """It was delivered, or it was not and is never sent again by itself. Even of a send that is not ours it tells
    whether notices reach the member, and whether the account sends too fast."""
    body = event.body
    if not isinstance(body, TemplateFinished) or not body.status.strip():
        return Decision(UNMATCHED.outcome)
    result = Result("template", body.msgid, reason_of(body.status), event.created)
    found = finish(facts.sends, result) or UNMATCHED
    if found.outcome == "push.repeated":
        return Decision(found.outcome, details=found.details)
    ledger = (found.ledger,) if found.ledger else ()
    return Decision(
        found.outcome,
        save=(*ledger, *_reached(facts.member, result.reason)),
        changes=(*found.changes, *_slower(facts, result.reason)),
        details=found.details,
    )


def _reached(member: Member | None, reason: str) -> tuple[Member, ...]:
    """The member, where the result tells something new of them."""
    if member is None or REACHABILITY.get(reason, member.reachability) == member.reachability:
        return ()
    return (replace(member, reachability=REACHABILITY[reason]),)


def _slower(facts: Facts, reason: str) -> tuple[Change, ...]:
    """Such results come in bursts: the first of a minute slows the account for all."""
    quota = facts.quota
    if reason != "freq_limit" or quota is None or (quota.slow_until and quota.slow_until > facts.now):
        return ()
    return (quota.slow(facts.now + SLOW),)
