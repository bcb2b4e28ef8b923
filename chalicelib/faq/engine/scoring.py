"""How well each entry fits a message, and what that rests on. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from math import sqrt

from chalicelib.faq.engine.english import in_chinese
from chalicelib.faq.engine.grams import sound, spelt_sound, syllable_grams, text_grams
from chalicelib.faq.engine.index import Index, comparable
from chalicelib.faq.engine.likeness import likeness, masks
from chalicelib.faq.engine.text import Words, words

BEST, CENTRE, SPOKEN, ALIKE = 0.30, 0.45, 0.15, 0.30
FIRST, SECOND = 0.7, 0.3
EXAMINED = 24
"""Entries that are compared character by character."""
LEAST = 1e-6
MOST_COMPARED = 40
"""Phrasings, at most, in one such comparison."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry, and what speaks for it. All from 0 to 1, but the score, to which rules add."""

    entry: int
    score: float
    best: float = 0.0
    centre: float = 0.0
    spoken: float = 0.0
    alike: float = 0.0
    rule: float = 0.0


@dataclass(frozen=True, slots=True)
class Query:
    """A message, taken apart."""

    text: str
    written: Mapping[str, float]
    spoken: Mapping[str, float]
    is_spelt: bool
    """Written in pinyin."""


def query_of(message: Words, *, index: Index) -> Query:
    """What of the message is searched: itself, its sound where it is pinyin, its Chinese where it is English."""
    if not message.han and message.latin:
        known = sum(f"{word}_" in index.written.grams for word in message.latin)
        said = spelt_sound(message.latin) if 2 * known < len(message.latin) else ()
        chinese = in_chinese(message.latin) if index.spoken.grams and 2 * known < len(message.latin) else ""
        if chinese:
            meant = words(chinese)
            return Query(meant.han, text_grams(meant.han, ()), syllable_grams(sound(meant.han)), is_spelt=False)
        if said:
            return Query("", {}, syllable_grams(said), is_spelt=True)
    spoken = syllable_grams(sound(message.han))
    return Query(comparable(message), text_grams(message.han, message.latin), spoken, is_spelt=False)


def candidates(
    query: Query, index: Index, rules: Mapping[int, float], *, without: int | None = None
) -> list[Candidate]:
    """The entries that anything speaks for, unsorted; `without` leaves one phrasing out."""
    written, spoken = index.written.cosines(query.written), index.spoken.cosines(query.spoken)
    centres: Sequence[float] = index.centres
    if without is not None:
        centres = _centres_without(without, index, written)
        written[without] = spoken[without] = 0.0
    fits = _Fits(query, index, written, spoken, centres)
    first = (fits.coarse(entry, rules.get(entry, 0.0)) for entry in range(index.entries))
    likely = nlargest(EXAMINED, (one for one in first if one.score > 0), key=lambda one: one.score)
    if query.is_spelt:
        return likely
    places = masks(query.text)
    return [fits.examined(one, places, without) for one in likely]


def _centres_without(phrasing: int, index: Index, written: Sequence[float]) -> Sequence[float]:
    """The entries' centres, as they would be had the phrasing, which is the query itself, not been there."""
    centres = index.centres[:]
    entry = bisect_right(index.starts, phrasing) - 1
    length = 1 / centres[entry] if centres[entry] else 0.0
    shared = sum(written[index.starts[entry] : index.starts[entry + 1]])
    rest = length * length - 2 * shared + 1
    centres[entry] = 1 / sqrt(rest) if rest > LEAST else 0.0
    return centres


@dataclass(frozen=True, slots=True)
class _Fits:
    """How the phrasings resemble one query, from which each entry gets its part."""

    query: Query
    index: Index
    written: Sequence[float]
    spoken: Sequence[float]
    centres: Sequence[float]

    def coarse(self, entry: int, rule: float) -> Candidate:
        """The candidate by its grams alone."""
        first, end = self.index.starts[entry], self.index.starts[entry + 1]
        heard = max(self.spoken[first:end], default=0.0)
        if self.query.is_spelt:
            return Candidate(entry, heard + rule, heard, heard, heard, heard, rule)
        values = self.written[first:end]
        best = max(values, default=0.0)
        if not best and not heard and not rule:
            return Candidate(entry, 0.0)
        blended = FIRST * best + SECOND * _second(values, best)
        centre = min(sum(values) * self.centres[entry], 1.0)
        score = BEST * blended + CENTRE * centre + SPOKEN * heard + rule
        return Candidate(entry, score, blended, centre, heard, 0.0, rule)

    def examined(self, one: Candidate, places: Mapping[str, int], without: int | None) -> Candidate:
        """The candidate, compared character by character too."""
        every = range(self.index.starts[one.entry], self.index.starts[one.entry + 1])
        nearest = every if len(every) <= MOST_COMPARED else nlargest(MOST_COMPARED, every, key=self.written.__getitem__)
        length = len(self.query.text)
        texts = (self.index.compared[place] for place in nearest if place != without)
        alike = max((likeness(places, length, text) for text in texts), default=0.0)
        return replace(one, score=one.score + ALIKE * alike, alike=alike)


def _second(values: Sequence[float], best: float) -> float:
    """The second highest of the values."""
    if len(values) < 2:
        return 0.0
    return best if values.count(best) > 1 else max(value for value in values if value != best)
