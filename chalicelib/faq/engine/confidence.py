"""How sure the engine may be that its first candidate is what was asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter, mul

from chalicelib.faq.engine.fitting import logistic
from chalicelib.faq.engine.grams import is_content
from chalicelib.faq.engine.index import Index
from chalicelib.faq.engine.scoring import Candidate, Query

FEATURES = ("score", "margin", "agreement", "covered")
COVERED = FEATURES.index("covered")
PRIOR = (-2.8, 1.1, 5.1, 1.4, 2.3)
"""Fitted to the development sets (``python -m tests.faq_eval --fit``); each release moves it by its own entries."""
ASKS = 0.08
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


def features_of(
    query: Query, ranked: Sequence[Candidate], index: Index, without: int | None = None
) -> tuple[float, ...]:
    first, others = ranked[0], ranked[1:]
    second = others[0] if others else Candidate(-1, 0.0)
    leads = [all(channel(first) > channel(other) for other in others) for channel in (_best, _centre, _spoken, _alike)]
    return (
        min(first.score, 1.5),
        min(first.score - second.score, 1.0),
        sum(leads) / len(leads),
        covered(query, first.entry, index, without),
    )


def covered(query: Query, entry: int, index: Index, without: int | None) -> float:
    """The share of what the message says, rarity counted, that some phrasing of the entry has too."""
    postings, grams = (index.spoken, query.spoken) if query.is_spelt else (index.written, query.written)
    first, end = index.starts[entry], index.starts[entry + 1]
    left_out = end if without is None or not first <= without < end else without
    total = sum(weight * postings.rarity(gram) for gram, weight in grams.items())
    known = sum(
        weight * postings.rarity(gram)
        for gram, weight in grams.items()
        if postings.has(gram, first, left_out) or postings.has(gram, left_out + 1, end)
    )
    return known / total if total else 0.0


def shares_content(query: Query, entry: int, index: Index) -> bool:
    """Whether the message and the entry share anything but function words. How a message sounds is enough in pinyin."""
    first, end = index.starts[entry], index.starts[entry + 1]
    return query.is_spelt or any(is_content(gram) and index.written.has(gram, first, end) for gram in query.written)
