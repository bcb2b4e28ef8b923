"""What keyword rules say about a message: evidence for an entry, or that it is out of the question. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.faq import patterns
from chalicelib.faq.engine.characters import characters
from chalicelib.faq.engine.index import exact_texts
from chalicelib.faq.engine.text import normalise
from chalicelib.store.release import Conditions, FaqEntry

WHOLE, KEYWORD, PATTERN, BEGINNING = 1.0, 0.9, 0.5, 0.2
PART, PART_SHARE = 0.03, 0.15
"""A contained keyword says the more, the more of the message it is."""
ALWAYS = Conditions()


@dataclass(frozen=True, slots=True)
class Rules:
    """The keyword rules of all entries, by what has to be looked at."""

    whole: Mapping[str, tuple[int, ...]]
    keywords: Mapping[str, tuple[int, ...]]
    contained: tuple[tuple[str, int], ...]
    beginnings: tuple[tuple[str, int], ...]
    patterns: tuple[tuple[re.Pattern[str], int], ...]
    excluded: tuple[tuple[str, int], ...]
    bound: tuple[int, ...]
    """The entries that do not hold always and for everyone."""

    def evidence(self, key: str) -> dict[int, float]:
        """By entry: the strongest thing that its rules say for it."""
        found: dict[int, float] = {}
        for entry, value in self._found(key):
            found[entry] = max(found.get(entry, 0.0), value)
        return found

    def excludes(self, key: str) -> frozenset[int]:
        return frozenset(entry for text, entry in self.excluded if text in key)

    def _found(self, key: str) -> Iterator[tuple[int, float]]:
        yield from ((entry, WHOLE) for entry in self.whole.get(key, ()))
        yield from ((entry, KEYWORD) for entry in self.keywords.get(key, ()))
        for text, entry in self.contained:
            if text in key:
                yield entry, PART + PART_SHARE * len(text) / len(key)
        for text, entry in self.beginnings:
            if key.startswith(text):
                yield entry, BEGINNING
        for pattern, entry in self.patterns:
            if pattern.search(key[: patterns.READ]):
                yield entry, PATTERN


def rules_of(ranked: Sequence[FaqEntry]) -> Rules:
    """The rules of entries, numbered in this order."""
    whole: defaultdict[str, dict[int, None]] = defaultdict(dict)
    keywords: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for number, entry in enumerate(ranked):
        for text in exact_texts(entry):
            whole[text][number] = None
        for text in (*_texts(entry, "contains"), *_texts(entry, "prefix")):
            keywords[text][number] = None
    return Rules(
        whole={text: tuple(found) for text, found in whole.items()},
        keywords={text: tuple(found) for text, found in keywords.items()},
        contained=tuple(_pairs(ranked, "contains")),
        beginnings=tuple(_pairs(ranked, "prefix")),
        patterns=tuple(_patterns(ranked)),
        excluded=tuple(
            (text, number) for number, entry in enumerate(ranked) for text in filter(None, map(normalise, entry.unless))
        ),
        bound=tuple(number for number, entry in enumerate(ranked) if entry.conditions != ALWAYS),
    )


def _pairs(ranked: Sequence[FaqEntry], kind: str) -> Iterator[tuple[str, int]]:
    return ((text, number) for number, entry in enumerate(ranked) for text in _texts(entry, kind))


def _texts(entry: FaqEntry, kind: str) -> Iterable[str]:
    return filter(None, (normalise(keyword.pattern) for keyword in entry.keywords if keyword.kind == kind))


def _patterns(ranked: Sequence[FaqEntry]) -> Iterator[tuple[re.Pattern[str], int]]:
    simplified = characters().simplified
    for number, entry in enumerate(ranked):
        for keyword in entry.keywords:
            if keyword.kind == "regex" and not patterns.flaw(keyword.pattern):
                yield patterns.compiled(keyword.pattern.translate(simplified)), number
