"""Subscription notices: what the follower's choices grant. Pure.

An accept grants one send, accepts add up; a refusal in the settings takes back what is left (official page on
subscription notices).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice

from chalicelib.decision import Decision, Facts
from chalicelib.members import jobs
from chalicelib.members.rules import after_act, came_too_late, newcomer
from chalicelib.wechat.events import Choice, SubscribeChange, SubscribePopup
from chalicelib.wechat.inbound import Inbound

TEMPLATE_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")
MOST_TEMPLATES = 200
"""Far more than an account may have, and few enough for one item."""


def on_popup(event: Inbound, facts: Facts) -> Decision:
    """The popup was answered. A refusal there leaves earlier accepts as they were; of a stranger it leaves no trace."""
    if came_too_late(event, facts.tombstone):
        return Decision("stale")
    known = facts.member
    choices = _choices(event)
    accepted = [choice.template_id for choice in choices if choice.status == "accept"]
    details = {"accepted": len(accepted), "refused": len(choices) - len(accepted)}
    if known is None and not accepted:
        return Decision("subscription.refused", details=details)
    member = after_act(known or replace(newcomer(event, facts), following=False), event)
    return Decision(
        "subscribed" if accepted else "subscription.refused",
        save=(replace(member, credits=with_one_more(member.credits, accepted)),),
        jobs=() if known else (jobs.profile(member, event, facts),),
        details=details,
    )


def on_change(event: Inbound, facts: Facts) -> Decision:
    """The follower refused templates in the settings: no send is left for them."""
    if facts.member is None:
        return Decision("nobody")
    refused = {choice.template_id for choice in _choices(event) if choice.status == "reject"}
    used = facts.sends.credits_used if facts.sends else {}
    granted = {
        template_id: min(count, used.get(template_id, 0)) if template_id in refused else count
        for template_id, count in facts.member.credits.items()
    }
    return Decision(
        "subscription.refused",
        save=(replace(facts.member, credits={name: left for name, left in granted.items() if left}),),
        details={"refused": len(refused)},
    )


def _choices(event: Inbound) -> tuple[Choice, ...]:
    """What was chosen, without what names no template."""
    choices = event.body.choices if isinstance(event.body, (SubscribePopup, SubscribeChange)) else ()
    return tuple(choice for choice in choices if TEMPLATE_ID.fullmatch(choice.template_id))


def with_one_more(counts: Mapping[str, int], template_ids: Iterable[str]) -> dict[str, int]:
    """The counts with one more for each occurrence of a template; no more templates than an account can have."""
    counted = Counter(counts) + Counter(template_ids)
    return dict(islice(counted.items(), MOST_TEMPLATES))
