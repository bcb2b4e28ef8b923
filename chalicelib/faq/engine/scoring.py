"""How well each entry fits a message, and what that rests on. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from math import sqrt

from chalicelib.faq.engine.english import in_chinese
from chalicelib.faq.engine.grams import sound, spelt_sound, syllable_grams, text_grams, text_units
from chalicelib.faq.engine.index import Index, comparable
from chalicelib.faq.engine.likeness import likeness, masks
from chalicelib.faq.engine.postings import Postings
from chalicelib.faq.engine.text import Words, words

BEST, CENTRE, SPOKEN, ALIKE, KNOWN = 0.30, 0.45, 0.15, 0.30, 0.20
SPELT = BEST + CENTRE + SPOKEN + ALIKE
"""In pinyin, how it sounds stands for all four comparisons."""
FIRST, SECOND = 0.7, 0.3
EXAMINED = 24
"""Entries that are compared character by character."""
LEAST = 1e-6
MOST_COMPARED = 40
"""Phrasings, at most, in one such comparison."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry, and what speaks for it. All from 0 to about 1, but the score, to which rules add."""

    entry: int
    score: float
    best: float = 0.0
    centre: float = 0.0
    spoken: float = 0.0
    alike: float = 0.0
    known: float = 0.0
    """The share of what the message says, rarity counted, that any phrasing of the entry says too."""
    rule: float = 0.0


@dataclass(frozen=True, slots=True)
class Query:
    """A message, taken apart."""

    text: str
    written: Mapping[str, float]
    spoken: Mapping[str, float]
    units: Mapping[str, float]
    """Its characters and words (its syllables, in pinyin) and how much each tells."""
    is_spelt: bool
    """Written in pinyin."""


def query_of(message: Words, *, index: Index) -> Query:
    """What of the message is searched: itself, its sound where it is pinyin, its Chinese where it is English."""
    if not message.han and message.latin:
        known = sum(f"{word}_" in index.written.grams for word in message.latin)
        said = spelt_sound(message.latin) if 2 * known < len(message.latin) else ()
        chinese = in_chinese(message.latin) if index.spoken.grams and 2 * known < len(message.latin) else ""
        if chinese:
            return _written(words(chinese)._replace(latin=()), index)
        if said:
            spoken = syllable_grams(said)
            return Query("", {}, spoken, _telling(said, spoken, index.spoken), is_spelt=True)
    return _written(message, index)


def _written(message: Words, index: Index) -> Query:
    grams = text_grams(message.han, message.latin)
    units = _telling(text_units(message.han, message.latin), grams, index.written)
    return Query(comparable(message), grams, syllable_grams(sound(message.han)), units, is_spelt=False)


def _telling(units: Iterable[str], grams: Mapping[str, float], postings: Postings) -> dict[str, float]:
    return {unit: grams[unit] * postings.rarity(unit) for unit in units}


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
            return Candidate(entry, SPELT * heard + rule, heard, heard, heard, heard, rule=rule)
        values = self.written[first:end]
        best = max(values, default=0.0)
        if not best and not heard and not rule:
            return Candidate(entry, 0.0)
        blended = FIRST * best + SECOND * _second(values, best)
        centre = min(sum(values) * self.centres[entry], 1.0)
        score = BEST * blended + CENTRE * centre + SPOKEN * heard + rule
        return Candidate(entry, score, blended, centre, heard, rule=rule)

    def examined(self, one: Candidate, places: Mapping[str, int], without: int | None) -> Candidate:
        """The candidate, compared character by character too."""
        known = self._known(one.entry, without)
        if self.query.is_spelt:
            return replace(one, score=one.score + KNOWN * known, known=known)
        alike = self._alike(one.entry, places, without)
        return replace(one, score=one.score + ALIKE * alike + KNOWN * known, alike=alike, known=known)

    def _known(self, entry: int, without: int | None) -> float:
        postings, units = self.index.spoken if self.query.is_spelt else self.index.written, self.query.units
        first, end = self.index.starts[entry], self.index.starts[entry + 1]
        left_out = end if without is None or not first <= without < end else without
        said = sum(
            telling
            for unit, telling in units.items()
            if postings.has(unit, first, left_out) or postings.has(unit, left_out + 1, end)
        )
        return said / sum(units.values()) if said else 0.0

    def _alike(self, entry: int, places: Mapping[str, int], without: int | None) -> float:
        every = range(self.index.starts[entry], self.index.starts[entry + 1])
        nearest = every if len(every) <= MOST_COMPARED else nlargest(MOST_COMPARED, every, key=self.written.__getitem__)
        length = len(self.query.text)
        texts = (self.index.compared[place] for place in nearest if place != without)
        return max((likeness(places, length, text) for text in texts), default=0.0)


def _second(values: Sequence[float], best: float) -> float:
    """The second highest of the values."""
    if len(values) < 2:
        return 0.0
    return best if values.count(best) > 1 else max(value for value in values if value != best)
