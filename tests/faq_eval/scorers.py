"""How others compare a text with phrasings: jieba words with BM25, RapidFuzz, character TF-IDF."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import TypeAlias

from chalicelib.faq.engine import normalise

Score: TypeAlias = Callable[[str], list[float]]
Scorer: TypeAlias = Callable[[Sequence[str]], Score]
SATURATION, LENGTH = 1.5, 0.75
"""BM25's k1 and b, as everywhere."""


def jieba_bm25(phrasings: Sequence[str]) -> Score:
    jieba = import_module("jieba")
    jieba.setLogLevel(60)
    return _bm25(phrasings, lambda text: [word for word in jieba.lcut_for_search(text.lower()) if word.strip()])


def rapidfuzz_ratio(phrasings: Sequence[str]) -> Score:
    ratio = import_module("rapidfuzz.fuzz").ratio
    known = [normalise(text) for text in phrasings]
    return lambda text: [ratio(normalise(text), phrasing) / 100 for phrasing in known]


def character_tfidf(phrasings: Sequence[str]) -> Score:
    """Cosine of single characters and pairs of them."""
    bags = [Counter(_characters(text)) for text in phrasings]
    having = Counter(gram for bag in bags for gram in bag)
    rarity = {gram: math.log((1 + len(bags)) / (1 + count)) + 1 for gram, count in having.items()}
    vectors = [_unit({gram: count * rarity[gram] for gram, count in bag.items()}) for bag in bags]

    def score(text: str) -> list[float]:
        asked = _unit({gram: count * rarity.get(gram, 0.0) for gram, count in Counter(_characters(text)).items()})
        return [sum(value * vector.get(gram, 0.0) for gram, value in asked.items()) for vector in vectors]

    return score


def _bm25(phrasings: Sequence[str], cut: Callable[[str], list[str]]) -> Score:
    bags = [Counter(cut(text)) for text in phrasings]
    having = Counter(word for bag in bags for word in bag)
    usual = sum(map(Counter.total, bags)) / max(len(bags), 1)
    rarity = {word: math.log(1 + (len(bags) - count + 0.5) / (count + 0.5)) for word, count in having.items()}

    def score(text: str) -> list[float]:
        asked = [word for word in cut(text) if word in rarity]
        return [_bm25_of(asked, bag, rarity, bag.total() / usual) for bag in bags]

    return score


def _bm25_of(asked: Sequence[str], bag: Counter[str], rarity: dict[str, float], length: float) -> float:
    damping = SATURATION * (1 - LENGTH + LENGTH * length)
    return sum(rarity[word] * bag[word] * (SATURATION + 1) / (bag[word] + damping) for word in asked if word in bag)


def _characters(text: str) -> list[str]:
    key = normalise(text)
    return [*key, *map("".join, pairwise(key))]


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {gram: value / length for gram, value in vector.items()}
