"""Fits a logistic curve to examples, held near a prior (Newton's method). Pure; for a few features."""

from collections.abc import Sequence
from math import exp

Example = tuple[tuple[float, ...], bool, float]
"""Features, whether it is so, and how much it counts."""
STEPS = 12


def logistic(value: float) -> float:
    return 1 / (1 + exp(-max(min(value, 30.0), -30.0)))


def fit(examples: Sequence[Example], prior: Sequence[float], *, strength: float) -> tuple[float, ...]:
    """The coefficients, the first of which is the bias. The prior counts as much as `strength` examples."""
    found = list(prior)
    for _ in range(STEPS):
        gradient = [strength * (before - now) for before, now in zip(prior, found, strict=True)]
        curve = [[strength if row == column else 0.0 for column in range(len(found))] for row in range(len(found))]
        for features, is_true, share in examples:
            values = (1.0, *features)
            chance = logistic(sum(weight * value for weight, value in zip(found, values, strict=True)))
            for row, value in enumerate(values):
                gradient[row] += share * (is_true - chance) * value
                slope = share * chance * (1 - chance) * value
                for column in range(row + 1):
                    curve[row][column] += slope * values[column]
        step = _solved(curve, gradient)
        found = [now + by for now, by in zip(found, step, strict=True)]
    return tuple(found)


def _solved(lower: list[list[float]], wanted: list[float]) -> list[float]:
    """Solves a symmetric positive system, of which the lower half is given (Cholesky)."""
    size = len(wanted)
    for row in range(size):
        for column in range(row + 1):
            rest = lower[row][column] - sum(lower[row][k] * lower[column][k] for k in range(column))
            lower[row][column] = rest**0.5 if row == column else rest / lower[column][column]
    half: list[float] = []
    for row in range(size):
        half.append((wanted[row] - sum(lower[row][k] * half[k] for k in range(row))) / lower[row][row])
    found = [0.0] * size
    for row in reversed(range(size)):
        rest = half[row] - sum(lower[k][row] * found[k] for k in range(row + 1, size))
        found[row] = rest / lower[row][row]
    return found
