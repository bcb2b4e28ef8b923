"""What looking too early does, and counting the same member again and again: on members whom nothing influences."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from infra.reactivation.counted import OBSERVED
from infra.reactivation.score import Sample
from tests.statistics.draws import is_called

Bools: TypeAlias = NDArray[np.bool_]
Arms: TypeAlias = tuple[Sample, Sample]


@dataclass(frozen=True, slots=True)
class Season:
    """A policy's days, and how many are assigned on each."""

    days: int = 31
    treated: int = 900
    control: int = 100
    base: float = 0.1


def called_when_peeking(season: Season, *, runs: int, seed: int) -> tuple[float, float]:
    """How often an effect is called at the end, and how often on the first day on which one can be seen."""
    lots, at_end, ever = np.random.default_rng(seed), 0, 0
    for _ in range(runs):
        treated = np.cumsum(lots.binomial(season.treated, season.base, season.days)).tolist()
        control = np.cumsum(lots.binomial(season.control, season.base, season.days)).tolist()
        calls = [
            is_called(Sample(one, season.treated * day), Sample(other, season.control * day))
            for day, (one, other) in enumerate(zip(treated, control, strict=True), start=1)
        ]
        at_end, ever = at_end + calls[-1], ever + any(calls)
    return at_end / runs, ever / runs


@dataclass(frozen=True, slots=True)
class Crowd:
    """Members who fall silent again after each return; some are much more faithful than others."""

    members: int = 2_000
    hold_out: float = 0.1
    silence: int = 14
    days: int = 90
    faithful: tuple[float, float] = (0.5, 2.0)
    """Of the beta distribution of how likely each is to return within seven days."""


def called_of_a_crowd(crowd: Crowd, *, runs: int, seed: int) -> tuple[float, float]:
    """How often an effect is called when each assignment counts, and when each member counts once."""
    lots, by_assignment, by_person = np.random.default_rng(seed), 0, 0
    for _ in range(runs):
        is_control = lots.random(crowd.members) < crowd.hold_out
        every, first = _played(crowd, is_control, lots)
        by_assignment, by_person = by_assignment + is_called(*every), by_person + is_called(*first)
    return by_assignment / runs, by_person / runs


def _played(crowd: Crowd, is_control: Bools, lots: np.random.Generator) -> tuple[Arms, Arms]:
    """Every assignment of the season, and each member's first one."""
    likely = lots.beta(*crowd.faithful, crowd.members)
    day = lots.uniform(0, crowd.silence, crowd.members)
    assigned, returned = np.zeros(crowd.members, int), np.zeros(crowd.members, int)
    first = np.zeros(crowd.members, bool)
    while (is_due := day < crowd.days).any():
        comes_back = (lots.random(crowd.members) < likely) & is_due
        first |= comes_back & (assigned == 0)
        assigned += is_due
        returned += comes_back
        soon, late = lots.uniform(0, OBSERVED, crowd.members), lots.uniform(OBSERVED, 60, crowd.members)
        day += crowd.silence + np.where(comes_back, soon, late)
    every = [Sample(int(returned[arm].sum()), int(assigned[arm].sum())) for arm in (~is_control, is_control)]
    once = [Sample(int(first[arm].sum()), int(arm.sum())) for arm in (~is_control, is_control)]
    return (every[0], every[1]), (once[0], once[1])
