"""Whose silence crosses a rung on a day: cohorts, by the day on which their members were last active. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.store.policy import Policy, Rung

LONGEST_SILENCE = 400
"""Days after which nobody is spoken to again, however often the last rung repeats."""


class Target(NamedTuple):
    """One cohort: who was last active on that day. Repeats of the last rung are numbered on after it."""

    rung: int
    active_day: str


def rung_of(policy: Policy, number: int) -> Rung:
    """The rung of this number, or the last one, which the higher numbers repeat."""
    return policy.rungs[min(number, len(policy.rungs) - 1)]


def targets(policy: Policy, day: str, *, first: bool) -> tuple[Target, ...]:
    """The cohorts of a day, in the order in which they are planned; on the first day with the backlog after them."""
    crossings = tuple(_crossings(policy))
    backlog = tuple(_backlog(policy, crossings)) if first else ()
    return tuple(Target(number, _before(day, silence)) for number, silence in (*crossings, *backlog))


def _crossings(policy: Policy) -> Iterator[tuple[int, int]]:
    """The number of each rung and repeat, and the days of silence that reach it."""
    for number, rung in enumerate(policy.rungs):
        yield number, _silence(rung)
    last = _silence(policy.rungs[-1])
    if policy.repeat_days:
        repeats = range(last + policy.repeat_days, LONGEST_SILENCE + 1, policy.repeat_days)
        yield from enumerate(repeats, start=len(policy.rungs))


def _silence(rung: Rung) -> int:
    """With hours the follower was last active yesterday: the window of 48 hours is still open today."""
    return rung.days or 1


def _backlog(policy: Policy, crossings: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    """Longer silences than the first rung's: each with the highest rung that it has passed."""
    first, reached = crossings[0][1], {silence for _, silence in crossings}
    silences = [silence for silence in range(first + 1, policy.backlog.days + 1) if silence not in reached]
    for silence in silences if policy.backlog.order == "newest" else reversed(silences):
        number = max(number for number, at in crossings if at < silence)
        if not rung_of(policy, number).hours:
            yield number, silence


def _before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()
