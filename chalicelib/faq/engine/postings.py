"""Which phrasings have a gram, and how the phrasings resemble a query: sparse cosine over packed arrays."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log, sqrt

MOST_STEPS = 40_000
"""Places that one query may visit. The commonest grams are left out beyond it; they tell least."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Phrasings are numbered; those of one entry stand together."""

    grams: Mapping[str, int]
    starts: "array[int]"
    """Where the places of each gram begin, and one end."""
    places: "array[int]"
    rarities: "array[float]"
    """By gram: the logarithm of how few entries have it."""
    scales: "array[float]"
    """By phrasing: one over its length as a vector."""
    unseen: float
    """The rarity of what no entry has."""

    def cosines(self, query: Mapping[str, float]) -> list[float]:
        """How the query resembles each phrasing: 0 to 1, and above where light grams are shared (weighed once)."""
        sums = [0.0] * len(self.scales)
        length = self.length(query)
        if not length:
            return sums
        for gram, weight in self._affordable(query):
            rarity = self.rarities[gram]
            value = weight * rarity * rarity / length
            for place in self.places[self.starts[gram] : self.starts[gram + 1]]:
                sums[place] += value
        return [value * scale if value else 0.0 for value, scale in zip(sums, self.scales, strict=True)]

    def length(self, query: Mapping[str, float]) -> float:
        return sqrt(sum((weight * self.rarity(gram)) ** 2 for gram, weight in query.items()))

    def rarity(self, gram: str) -> float:
        known = self.grams.get(gram)
        return self.unseen if known is None else self.rarities[known]

    def has(self, gram: str, first: int, end: int) -> bool:
        """Whether one of the phrasings from `first` to before `end` has the gram."""
        known = self.grams.get(gram)
        if known is None:
            return False
        stop = self.starts[known + 1]
        found = bisect_left(self.places, first, self.starts[known], stop)
        return found < stop and self.places[found] < end

    def _affordable(self, query: Mapping[str, float]) -> Iterator[tuple[int, float]]:
        """The known grams of a query, the rarest first, as far as the steps reach."""
        known = [(self.grams[gram], weight) for gram, weight in query.items() if gram in self.grams]
        known.sort(key=lambda one: self.starts[one[0] + 1] - self.starts[one[0]])
        steps = 0
        for gram, weight in known:
            steps += self.starts[gram + 1] - self.starts[gram]
            if steps > MOST_STEPS:
                return
            yield gram, weight


def build(phrasings: Sequence[Mapping[str, float]], owners: Sequence[int], entries: int) -> Postings:
    """The postings of phrasings, given as weighted grams, and of the entries that own them."""
    places: dict[str, list[int]] = {}
    for place, grams in enumerate(phrasings):
        for gram in grams:
            places.setdefault(gram, []).append(place)
    rarities = {gram: _rarity(len({owners[place] for place in found}), entries) for gram, found in places.items()}
    lengths = (sqrt(sum((weight * rarities[gram]) ** 2 for gram, weight in grams.items())) for grams in phrasings)
    return Postings(
        grams={gram: number for number, gram in enumerate(places)},
        starts=array("I", accumulate(map(len, places.values()), initial=0)),
        places=array("I", (place for found in places.values() for place in found)),
        rarities=array("f", rarities.values()),
        scales=array("f", (1 / length if length else 0.0 for length in lengths)),
        unseen=_rarity(0, entries),
    )


def _rarity(having: int, entries: int) -> float:
    return log(1 + (entries + 1) / (having + 0.5))
