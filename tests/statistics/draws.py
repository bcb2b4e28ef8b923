"""The report's statistics on members whose truth is known: how often it calls an effect, how often it covers it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np

from chalicelib.sending.wilson import interval as wilson
from infra.reactivation import score
from infra.reactivation.effect import effect
from infra.reactivation.score import Sample

Interval: TypeAlias = Callable[[Sample, Sample], tuple[float, float]]
of_the_report = cache(score.interval)


@dataclass(frozen=True, slots=True)
class Truth:
    """Two arms, and what each of their members really does."""

    treated: int
    control: int
    base: float
    """The control's share."""
    uplift: float = 0.0
    """What being spoken to adds to it."""


class Found(NamedTuple):
    """Of the runs: shares of one."""

    called_more: float
    called_less: float
    covered: float

    @property
    def called(self) -> float:
        return self.called_more + self.called_less


def found(truth: Truth, *, runs: int, seed: int, interval: Interval = of_the_report) -> Found:
    """What the report says of so many drawings of the truth; the same for the same seed."""
    more = less = covered = 0
    for treated, control in _drawn(truth, runs, seed):
        low, high = interval(treated, control)
        covered += low <= truth.uplift <= high
        called = is_called(treated, control)
        more += called and treated.share > control.share
        less += called and treated.share < control.share
    return Found(more / runs, less / runs, covered / runs)


@cache
def is_called(treated: Sample, control: Sample) -> bool:
    """Whether the report speaks of an effect. It never does where the interval holds nought, which is quick to see."""
    low, high = of_the_report(treated, control)
    seen = None if low <= 0 <= high else effect(treated, control)
    return seen is not None and seen.is_significant


@cache
def newcombe(one: Sample, other: Sample) -> tuple[float, float]:
    """The other interval that is recommended: R. Newcombe's hybrid of two Wilson intervals (1998, method 10)."""
    first, second = wilson(*one), wilson(*other)
    seen = one.share - other.share
    low = ((one.share - first.low) ** 2 + (second.high - other.share) ** 2) ** 0.5
    high = ((first.high - one.share) ** 2 + (other.share - second.low) ** 2) ** 0.5
    return seen - low, seen + high


def _drawn(truth: Truth, runs: int, seed: int) -> Iterator[tuple[Sample, Sample]]:
    lots = np.random.default_rng(seed)
    treated = lots.binomial(truth.treated, truth.base + truth.uplift, runs).tolist()
    control = lots.binomial(truth.control, truth.base, runs).tolist()
    for one, other in zip(treated, control, strict=True):
        yield Sample(one, truth.treated), Sample(other, truth.control)
