"""How sure the engine may be that its first candidate is what was asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter, mul

from chalicelib.faq.engine.fitting import logistic
from chalicelib.faq.engine.grams import is_content
from chalicelib.faq.engine.index import Index
from chalicelib.faq.engine.scoring import Candidate, Query

FEATURES = ("score", "margin", "agreement", "known", "known_more")
PRIOR = (-2.76, 2.06, 3.21, 1.01, 1.09, 1.52)
"""Fitted to the development sets (``python -m tests.faq_eval --fit``); each release moves it by its own entries."""
ASKS = 0.12
"""The score from which on titles are offered: it says better than the confidence whether a text is about us at all."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve over the features, and where it answers and asks."""

    curve: tuple[float, ...] = PRIOR
    """The bias, then a weight for each feature."""
    answers: float = 0.6
    """The confidence from which on the first candidate is answered."""
    asks: float = ASKS
    """The score from which on up to three are offered."""

    def confidence(self, features: Sequence[float]) -> float:
        return logistic(self.curve[0] + sum(map(mul, self.curve[1:], features)))


_best, _centre, _spoken, _alike = map(attrgetter, ("best", "centre", "spoken", "alike"))


def features_of(ranked: Sequence[Candidate]) -> tuple[float, ...]:
    """What tells whether the first of the candidates is meant."""
    first, others = ranked[0], ranked[1:]
    leads = [all(channel(first) > channel(other) for other in others) for channel in (_best, _centre, _spoken, _alike)]
    return (
        min(first.score, 1.5),
        min(first.score - max((other.score for other in others), default=0.0), 1.0),
        sum(leads) / len(leads),
        first.known,
        first.known - max((other.known for other in others), default=0.0),
    )


def shares_content(query: Query, entry: int, index: Index) -> bool:
    """Whether the message and the entry share anything but function words. How a message sounds is enough in pinyin."""
    first, end = index.starts[entry], index.starts[entry + 1]
    return query.is_spelt or any(is_content(gram) and index.written.has(gram, first, end) for gram in query.written)
