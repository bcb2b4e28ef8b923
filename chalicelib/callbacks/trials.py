"""Who was part of a reactivation, and has come back or left: stamped on the member, told in the journal. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.decision import Decision, Facts, Saved
from chalicelib.sending import trials
from chalicelib.store.member import Member, Trial
from chalicelib.wechat.inbound import Inbound

LEFT = "unfollowed"


def stamped(event: Inbound, facts: Facts, decision: Decision) -> Decision:
    """The decision, with what it means for the trials of the member that it is about."""
    if decision.outcome == LEFT and decision.erase and decision.erase.member:
        lost = trials.lost(decision.erase.member, event.created)
        return replace(decision, details={**decision.details, **lost})
    came_back = _open_trials(event, facts, decision)
    if not came_back:
        return decision
    returned = {name: replace(trial, returned_at=event.created) for name, trial in came_back.items()}
    return replace(
        decision,
        save=tuple(_with_trials(saved, returned) for saved in decision.save),
        details={**decision.details, **trials.told(came_back.items(), event.created)},
    )


def _open_trials(event: Inbound, facts: Facts, decision: Decision) -> Mapping[str, Trial]:
    """Those that this act of the member's is the first one in."""
    acted = any(isinstance(saved, Member) and _has_acted(facts.member, saved) for saved in decision.save)
    known = facts.member.trials if facts.member and acted else {}
    return {
        name: trial for name, trial in known.items() if trial.returned_at is None and trial.assigned_at < event.created
    }


def _has_acted(before: Member | None, after: Member) -> bool:
    """What the platform reports of a member does not move their last activity."""
    return before is not None and before.last_active_at != after.last_active_at


def _with_trials(saved: Saved, returned: Mapping[str, Trial]) -> Saved:
    return replace(saved, trials={**saved.trials, **returned}) if isinstance(saved, Member) else saved
