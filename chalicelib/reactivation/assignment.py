"""Which arm a member is in, and what planning them writes: all of it at once, or nothing. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from chalicelib.reactivation.cohort import Target
from chalicelib.reactivation.eligibility import Eligible
from chalicelib.sending import intents
from chalicelib.sending.intents import digest, entry
from chalicelib.store.journal import Entry
from chalicelib.store.member import Member, Trial
from chalicelib.store.policy import Policy
from chalicelib.store.push import Push
from chalicelib.store.table import Change

Arm = Literal["treatment", "control"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """`changes` are the member with their trial, the push, and what the journal says of both."""

    arm: Arm
    changes: tuple[Change, ...]


def arm_of(policy: Policy, member: Member) -> Arm:
    """Drawn by lot, once per policy and incarnation: the same however often it is asked for."""
    lot = int(digest(policy.account, policy.name, member.member_no)[:8], 16) % 100
    return "control" if lot < policy.hold_out else "treatment"


def is_planned(policy: Policy, target: Target, member: Member) -> bool:
    """Whether they have this rung of this silence, or a higher one, behind them."""
    trial = member.trials.get(policy.name)
    return trial is not None and trial.cycle == target.active_day and trial.rung >= target.rung


def assigned(policy: Policy, target: Target, eligible: Eligible) -> Assignment:
    """Of a mass message no push is planned yet: its batch does that, for all its recipients."""
    member, push = eligible.member, eligible.push
    before = member.trials.get(policy.name)
    goes_on = before is not None and before.cycle == target.active_day
    trial = replace(before, rung=target.rung) if before and goes_on else _begun(policy, target, eligible)
    told = Entry(
        policy.account,
        f"{push.push_id}-trial",
        push.planned_at,
        "trial",
        "advanced" if goes_on else "assigned",
        member.member_no,
        {"policy": policy.name, "rung": target.rung, "arm": trial.arm, "cycle": trial.cycle},
    )
    trials: Mapping[str, Trial] = {**member.trials, policy.name: trial}
    changes = _control(push) if trial.arm == "control" else () if push.channel == "mass" else intents.changes(push)
    return Assignment(trial.arm, (replace(member, trials=trials).put(), *changes, told.put()))


def held(push: Push, reason: str) -> tuple[Change, ...]:
    """Planned, and not sent, in one."""
    after = replace(push, due_at=push.planned_at).closed("held", reason)
    told = entry(replace(after, version=1), "held", at=push.planned_at)
    return after.put(), entry(push, "planned", at=push.planned_at).put(), told.put()


def _begun(policy: Policy, target: Target, eligible: Eligible) -> Trial:
    return Trial(target.active_day, arm_of(policy, eligible.member), eligible.push.planned_at, target.rung)


def _control(push: Push) -> tuple[Change, ...]:
    return held(push, "control")
