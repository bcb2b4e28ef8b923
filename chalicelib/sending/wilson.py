"""The Wilson score interval: what a share may really be, seen from a sample. Pure.

Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). Unlike
the textbook interval it holds for small samples and for shares near nought, which blocks and unfollows are.
"""

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """Both ends are between 0 and 1."""

    low: float
    high: float


def interval(hits: int, trials: int, *, confidence: float = CONFIDENCE) -> Interval:
    """Between which shares the true one lies, after `hits` of `trials`. Without trials it may be any."""
    if not trials:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = hits / trials
    middle = share + z * z / (2 * trials)
    reach = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    whole = 1 + z * z / trials
    return Interval(max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole))
