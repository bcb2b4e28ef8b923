"""What the journal tells of members' trials: enough to count them, nothing that names a person. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.clock import shanghai_day
from chalicelib.store.member import Member, Trial

LOST_WITHIN = timedelta(days=30)
"""For so long who leaves is a loss that the journal tells of their trials."""


def told(trials: Iterable[tuple[str, Trial]], at: datetime) -> dict[str, str | int]:
    """A detail of the entry: ``policy/arm/day of assignment/hours since`` of each; none without trials."""
    texts = [
        f"{policy}/{trial.arm}/{shanghai_day(trial.assigned_at)}/{(at - trial.assigned_at) // timedelta(hours=1)}"
        for policy, trial in sorted(trials)
    ]
    return {"trials": ";".join(texts)} if texts else {}


def lost(member: Member, at: datetime) -> dict[str, str | int]:
    """Of who leaves then."""
    return told(((name, one) for name, one in member.trials.items() if _is_recent(one, at)), at)


def _is_recent(trial: Trial, at: datetime) -> bool:
    return trial.assigned_at <= at <= trial.assigned_at + LOST_WITHIN
