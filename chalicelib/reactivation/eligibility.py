"""Whether a member is spoken to, and by which step: judged before anyone knows their arm. Pure."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.clock import shanghai_day
from chalicelib.credentials import Credentials
from chalicelib.reactivation.cohort import Target, rung_of
from chalicelib.reactivation.filling import content_of
from chalicelib.reactivation.reading import Candidate
from chalicelib.reactivation.timing import end_of, time_of
from chalicelib.sending.batches import LASTS as MASS_LASTS
from chalicelib.sending.gate import judge
from chalicelib.sending.intents import Intent, as_push
from chalicelib.sending.traits import TRAITS
from chalicelib.sending.verdict import Known, Stop, Wait
from chalicelib.store.member import Member
from chalicelib.store.policy import Audience, Policy, Step
from chalicelib.store.push import Content, Push
from chalicelib.store.quota import Quota
from chalicelib.store.switches import Switches


@dataclass(frozen=True, slots=True)
class Situation:
    """What is the same for everybody who is judged in one tick."""

    policy: Policy
    credentials: Credentials
    switches: Switches
    now: datetime


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who may be spoken to, and how it would be done. A mass message's words stand in its batch, not in the push."""

    member: Member
    step: Step
    push: Push


@dataclass(frozen=True, slots=True)
class Ineligible:
    """Why not: ``gone``, ``active``, ``audience``, or what the gate or the content has against the first step."""

    reason: str


def judged(target: Target, candidate: Candidate, situation: Situation) -> Eligible | Ineligible:
    """On the fresh member. Whether they were planned before is not asked here."""
    member, policy = candidate.member, situation.policy
    if member is None or not member.following:
        return Ineligible("gone")
    if member.active_day != target.active_day:
        return Ineligible("active")
    if not is_of(policy.audience, member):
        return Ineligible("audience")
    refused = []
    for step in rung_of(policy, target.rung).steps:
        found = _step(step, target, candidate, member, situation)
        if isinstance(found, Push):
            return Eligible(member, step, found)
        refused.append(found)
    return Ineligible(refused[0] if refused else "no_step")


def is_of(audience: Audience, member: Member) -> bool:
    tags = frozenset(member.tags)
    return (
        (not audience.any_tag or not tags.isdisjoint(audience.any_tag))
        and tags.isdisjoint(audience.no_tag)
        and (not audience.channels or not {member.scene, member.channel}.isdisjoint(audience.channels))
        and (not audience.joined_before or shanghai_day(member.joined_at) < audience.joined_before)
    )


def key_of(policy: Policy, target: Target) -> str:
    """With kind and openid, the key of the push: once per rung and silence."""
    return f"{policy.name}#{target.rung}#{target.active_day}"


def trial_of(policy: Policy, target: Target) -> str:
    return f"{policy.name}#{target.active_day}"


def _step(step: Step, target: Target, candidate: Candidate, member: Member, situation: Situation) -> Push | str:
    """The push that the step makes, or the reason why it cannot be taken."""
    policy, now = situation.policy, situation.now
    content = content_of(step, member)
    if content is None:
        return "facts_missing"
    rung = rung_of(policy, target.rung)
    at = time_of(rung, step, member, now)
    if step.channel == "mass" and at >= now + MASS_LASTS:
        return "mass_too_late"
    intent = Intent(
        member.openid,
        policy.kind,
        key_of(policy, target),
        step.channel,
        step.content_class,
        Content() if step.channel == "mass" else content,
        not_before=at,
        expires_at=end_of(rung, member),
        trial=trial_of(policy, target),
    )
    push = as_push(intent, situation.credentials, now=now)
    return _objection(push, candidate, situation) or push


def _objection(push: Push, candidate: Candidate, situation: Situation) -> str:
    """What the gate would say at the time of sending, as far as is known now. It may have it wait, within its life,
    but not for a channel that is paused."""
    at = push.not_before
    quota = Quota(push.account, shanghai_day(at), TRAITS[push.channel].api)
    known = Known(at, situation.switches, quota, member=candidate.member, sends=candidate.sends)
    match judge(push, known):
        case Stop(reason):
            return reason
        case Wait(until, reason) if until >= push.expires_at or reason == "paused.channel":
            return reason
        case _:
            return ""
