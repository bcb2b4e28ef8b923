"""The score interval of Miettinen and Nurminen for the difference of two proportions. Pure.

Source: O. Miettinen, M. Nurminen, "Comparative analysis of two rates", Statistics in Medicine 4 (1985); the restricted
maximum likelihood as C. Farrington and G. Manning solve it, Statistics in Medicine 9 (1990). It holds exactly those
differences that the score test does not refuse, so that interval and test never contradict each other; and it keeps
its word where reactivation lives, with small shares and a control group a tenth as large (see docs/reactivation.md).
"""

from collections.abc import Callable
from math import acos, copysign, cos, inf, pi, sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95
HALVINGS = 34
"""Of a width of two at most: the ends are right to nine places."""
NORMAL = NormalDist()


class Sample(NamedTuple):
    """So many of so many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        return self.hits / self.of


def interval(one: Sample, other: Sample) -> tuple[float, float]:
    """Between which differences (one less other) the true one lies. Neither sample may be empty."""
    z = NORMAL.inv_cdf((1 + CONFIDENCE) / 2)
    seen = one.share - other.share
    low = _edge(lambda delta: statistic(one, other, delta) <= z, seen, -1.0)
    high = _edge(lambda delta: statistic(one, other, delta) >= -z, seen, 1.0)
    return low, high


def statistic(one: Sample, other: Sample, delta: float = 0.0) -> float:
    """How many standard errors the difference that was seen lies above `delta`, if that is the true one."""
    share = _restricted(one, other, delta)
    spread = share * (1 - share) / one.of + (share - delta) * (1 - share + delta) / other.of
    distance = one.share - other.share - delta
    together = one.of + other.of
    if spread <= 0 or together == 1:
        return copysign(inf, distance) if distance else 0.0
    return distance / sqrt(spread * together / (together - 1))


def p_value(one: Sample, other: Sample) -> float:
    """Of the score test: how often chance alone makes a difference as large, in either direction."""
    return 2 * NORMAL.cdf(-abs(statistic(one, other)))


def _edge(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    """The last difference that holds on the way from the one to the other."""
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside


def _restricted(one: Sample, other: Sample, delta: float) -> float:
    """The likeliest share of the first, if it is larger than the other's by `delta`: a root of a cubic."""
    ratio = other.of / one.of
    a = 1 + ratio
    b = -(1 + ratio + one.share + ratio * other.share + delta * (ratio + 2))
    c = delta * delta + delta * (2 * one.share + ratio + 1) + one.share + ratio * other.share
    d = -one.share * delta * (1 + delta)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a * a) + d / (2 * a)
    u = copysign(sqrt(max(0.0, (b / (3 * a)) ** 2 - c / (3 * a))), v)
    angle = (pi + acos(max(-1.0, min(1.0, v / u**3)))) / 3 if u else pi / 2
    return min(max(2 * u * cos(angle) - b / (3 * a), 0.0, delta), 1.0, 1.0 + delta)
