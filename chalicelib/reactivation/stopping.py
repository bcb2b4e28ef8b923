"""A policy that drives followers away is stopped, as far as the daily figures tell."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from chalicelib.clock import shanghai_day
from chalicelib.sending import pausing
from chalicelib.sending.wilson import interval
from chalicelib.store import figures
from chalicelib.store.figures import Figures
from chalicelib.store.policy import Policy
from chalicelib.store.table import Table

WATCHED = timedelta(days=14)
"""How far back assignments are looked at: those of the last days may still have losses to come."""
LEAST_LOST = 5
"""Fewer prove nothing, whatever their share is."""


class Losses(NamedTuple):
    """Of those who were given the treatment, and of them who left within seven days."""

    treated: int
    lost: int


def is_stopped(policy: Policy, table: Table, *, now: datetime) -> bool:
    """Whether more of them left than its limit, for certain; its pushes are paused then, and so nothing is planned
    until an operator has looked. What was before they enabled it is not held against it. Raises Unavailable, Conflict.
    """
    if not policy.stop_unfollows:
        return False
    today = date.fromisoformat(shanghai_day(now))
    first = max(policy.enabled_on, (today - WATCHED).isoformat())
    seen = losses(policy.name, figures.list_days(table, policy.account, first=first, last=today.isoformat()), first)
    low = interval(seen.lost, max(seen.lost, seen.treated)).low
    if seen.lost < LEAST_LOST or low * 100 <= policy.stop_unfollows:
        return False
    pausing.pause_kind(table, policy.account, policy.kind, reason="unfollows", now=now)
    return True


def losses(name: str, days: Iterable[Figures], first: str) -> Losses:
    """Of the policy's assignments from the day `first` on."""
    treated = lost = 0
    for day in days:
        for (policy, _, arm), count in _parts(day, "trial.assigned"):
            treated += count if (policy, arm) == (name, "treatment") else 0
        for (policy, arm, assigned_on), count in _parts(day, "trial.lost"):
            lost += count if (policy, arm) == (name, "treatment") and assigned_on >= first else 0
    return Losses(treated, lost)


def _parts(day: Figures, group: str) -> Iterator[tuple[list[str], int]]:
    """What a group counts, by the three parts of its names; the sum of the rarest has none."""
    for text, count in day.counts.get(group, {}).items():
        if len(parts := text.split("/")) == 3:
            yield parts, count
