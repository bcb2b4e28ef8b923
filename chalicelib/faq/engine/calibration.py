"""How sure a release may be of its answers, told from its own entries by cross-validation. Pure.

Each phrasing is asked as if it had not been written: the entry should be found by the others. And it is asked as if its
whole entry did not exist: then nothing should be answered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from chalicelib.faq.engine.confidence import PRIOR, Calibration
from chalicelib.faq.engine.fitting import fit
from chalicelib.faq.engine.index import phrasings_of
from chalicelib.faq.engine.search import CompiledFaq

MOST_ASKED = 300
"""Phrasings that are asked."""
STRENGTH = 30.0
"""How many examples the prior is worth."""
OUTSIDE = 0.3
"""How often, for one question about an entry, followers ask what no entry is about."""
PRECISION = 0.95
"""Share of answers that should be right."""
KEYWORDS = 5.0
"""Questions that turn on a keyword, and are answered right, for one keyword."""
FEW = 60
"""Fewer trials say nothing; the prior stands."""
LOWEST, HIGHEST = 0.58, 0.9


class Asked(NamedTuple):
    """A phrasing: its entry, its number among all, and its words."""

    entry: int
    phrasing: int
    text: str


class Trial(NamedTuple):
    features: tuple[float, ...]
    is_right: bool
    share: float


def calibrated(faq: CompiledFaq, *, prior: Sequence[float] = PRIOR) -> CompiledFaq:
    """The same release, which knows when it may answer."""
    trials = tuple(_trials(faq))
    if len(trials) < FEW:
        return faq
    curve = fit(trials, prior, strength=STRENGTH)
    found = Calibration(curve)
    return replace(faq, calibration=replace(found, answers=_answers_from(found, trials, _easy(faq, trials))))


def _trials(faq: CompiledFaq) -> Iterator[Trial]:
    for entry, phrasing, text in asked(faq, MOST_ASKED):
        inside = faq.find(text, without=phrasing)
        outside = faq.find(text, without=phrasing, barred={entry})
        if inside:
            yield Trial(inside.features, inside.ranked[0].entry == entry, 1.0)
        if outside:
            yield Trial(outside.features, False, OUTSIDE)


def asked(faq: CompiledFaq, most: int) -> Sequence[Asked]:
    """At most so many titles and questions, evenly spread. Keywords are no sentences."""
    every = [
        Asked(number, faq.index.starts[number] + place, text)
        for number, entry in enumerate(faq.ranked)
        for place, text in enumerate(phrasings_of(entry))
        if text == entry.title or text in entry.questions
    ]
    step = max(len(every) / most, 1.0)
    return [every[int(number * step)] for number in range(int(len(every) / step))]


def _easy(faq: CompiledFaq, trials: Sequence[Trial]) -> float:
    """How many questions, for these trials, are no trial at all."""
    keywords = sum(len(entry.keywords) for entry in faq.ranked) / max(len(faq.index.compared), 1)
    return KEYWORDS * keywords * sum(trial.share for trial in trials if trial.share == 1.0)


def _answers_from(found: Calibration, trials: Sequence[Trial], easy: float) -> float:
    """The lowest confidence from which on the answers are right often enough."""
    answered = right = easy
    lowest = HIGHEST
    for confidence, trial in sorted(((found.confidence(one.features), one) for one in trials), reverse=True):
        answered += trial.share
        right += trial.share * trial.is_right
        if right >= PRECISION * answered:
            lowest = confidence
    return min(max(lowest, LOWEST), HIGHEST)
