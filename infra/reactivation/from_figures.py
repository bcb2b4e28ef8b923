"""Trials counted from the daily figures: quick, and each assignment counts, whoever it is of. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from chalicelib.journal.tallies import REST
from chalicelib.store.figures import Figures
from infra.reactivation.counted import ARMS, Cohort, Counted, Reached

ASSIGNED, RETURNED, LOST = GROUPS = ("trial.assigned", "trial.returned", "trial.lost")
ADVANCED = "trial.advanced"


def count(figures: Iterable[Figures], policy: str, days: Sequence[str]) -> Counted:
    """`figures` are those of the days of assignment, and of the seven days after them."""
    found, later, is_whole = Counter[tuple[str, str, str]](), Counter[tuple[int, str]](), True
    for of_day in figures:
        is_whole = is_whole and not any(REST in of_day.counts.get(group, {}) for group in GROUPS)
        for (_, arm), number in _named(of_day, ASSIGNED, policy):
            found[ASSIGNED, of_day.day, arm] += number
        for group in (RETURNED, LOST):
            for (arm, assigned_day), number in _named(of_day, group, policy):
                found[group, assigned_day, arm] += number
        if of_day.day in days:
            later.update({(int(rung), arm): number for (rung, arm), number in _named(of_day, ADVANCED, policy)})
    cohorts = {(day, arm): Cohort(*(found[group, day, arm] for group in GROUPS)) for day in days for arm in ARMS}
    return Counted(tuple(days), cohorts, {key: Reached(number) for key, number in later.items()}, is_whole)


def _named(figures: Figures, group: str, policy: str) -> Iterator[tuple[list[str], int]]:
    """The two parts of each name after the policy's, and its number."""
    for name, number in figures.counts.get(group, {}).items():
        named, *parts = name.split("/")
        if named == policy:
            yield parts, number
