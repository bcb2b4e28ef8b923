"""What being spoken to did: the difference between both arms, and whether it may be called one. Pure.

An effect is called only if the interval leaves nought out and the test agrees. Which test depends on what was seen:

- the score test, the one that the interval is made of, where LEAST hits and misses are expected in either arm;
- Boschloo's exact test where fewer are, and the samples are small enough to go through every table;
- Fisher's exact test where fewer are in larger samples. Like Boschloo's it is never wrong more often than it says.

The exact ones are taken once per direction and doubled: in small samples of which one is a tenth of the other, a test
for both directions at once finds a lucky control group far more often than an unlucky one.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from scipy.stats import boschloo_exact, fisher_exact

from infra.reactivation import score
from infra.reactivation.score import CONFIDENCE, Sample

Test: TypeAlias = Literal["score", "boschloo", "fisher"]

LEAST = 10
MOST_TABLES = 50_000
"""Boschloo's test goes through all of them: half a second for so many."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Treatment less control, as shares."""

    difference: float
    low: float
    high: float
    """The interval: of a hundred such, 95 hold the truth."""
    p: float
    test: Test

    @property
    def leaves_out_nought(self) -> bool:
        return self.low > 0 or self.high < 0

    @property
    def is_significant(self) -> bool:
        return self.leaves_out_nought and self.p < 1 - CONFIDENCE

    @property
    def needed(self) -> tuple[float, float, float] | None:
        """How many must be spoken to for one more: likeliest, fewest, most. None unless there are more."""
        return (1 / self.difference, 1 / self.high, 1 / self.low) if self.is_significant and self.low > 0 else None


def effect(treated: Sample, control: Sample) -> Effect | None:
    """None where an arm is empty: then nothing can be said."""
    if not treated.of or not control.of:
        return None
    low, high = score.interval(treated, control)
    test = _test_for(treated, control)
    return Effect(treated.share - control.share, low, high, _p_value(test, treated, control), test)


def _test_for(treated: Sample, control: Sample) -> Test:
    hits, together = treated.hits + control.hits, treated.of + control.of
    if min(hits, together - hits) / together * min(treated.of, control.of) >= LEAST:
        return "score"
    return "boschloo" if (treated.of + 1) * (control.of + 1) <= MOST_TABLES else "fisher"


def _p_value(test: Test, treated: Sample, control: Sample) -> float:
    if test == "score":
        return score.p_value(treated, control)
    exact = boschloo_exact if test == "boschloo" else fisher_exact
    table = [[treated.hits, control.hits], [treated.of - treated.hits, control.of - control.hits]]
    return min(1.0, 2 * min(float(exact(table, alternative=side).pvalue) for side in ("less", "greater")))
