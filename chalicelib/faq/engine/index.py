"""What an FAQ is searched by: its phrasings, as written and as they sound. Built once, read often."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import sqrt

from chalicelib.faq.engine import postings
from chalicelib.faq.engine.grams import sound, syllable_grams, text_grams
from chalicelib.faq.engine.postings import Postings
from chalicelib.faq.engine.text import Words, normalise, words
from chalicelib.store.release import FaqEntry


@dataclass(frozen=True, slots=True)
class Index:
    """Entries are numbered in their order of rank; the phrasings of one stand together."""

    compared: tuple[str, ...]
    """The phrasings, as they are compared character by character."""
    starts: "array[int]"
    """By entry: its first phrasing; and one end."""
    written: Postings
    spoken: Postings
    centres: "array[float]"
    """By entry: one over the length of the sum of its phrasings, as written."""

    @property
    def entries(self) -> int:
        return len(self.centres)


def build(phrasings: Sequence[Sequence[str]]) -> Index:
    """The index of the phrasings of each entry."""
    flat = tuple(text for texts in phrasings for text in texts)
    owners = [entry for entry, texts in enumerate(phrasings) for _ in texts]
    read = [words(text) for text in flat]
    grams = [text_grams(text.han, text.latin) for text in read]
    written = postings.build(grams, owners, len(phrasings))
    starts = array("I", accumulate(map(len, phrasings), initial=0))
    return Index(
        compared=tuple(map(comparable, read)),
        starts=starts,
        written=written,
        spoken=postings.build([syllable_grams(sound(text.han)) for text in read], owners, len(phrasings)),
        centres=array("f", _centres(grams, starts, written)),
    )


def _centres(grams: Sequence[dict[str, float]], starts: Sequence[int], written: Postings) -> Iterator[float]:
    for first, end in pairwise(starts):
        total: dict[str, float] = {}
        for place in range(first, end):
            for gram, weight in grams[place].items():
                value = weight * written.rarity(gram) * written.scales[place]
                total[gram] = total.get(gram, 0.0) + value
        length = sqrt(sum(value * value for value in total.values()))
        yield 1 / length if length else 0.0


def exact_texts(entry: FaqEntry) -> tuple[str, ...]:
    """The messages, normalised, that this entry answers as a whole: its title, its questions, its exact keywords."""
    keywords = (keyword.pattern for keyword in entry.keywords if keyword.kind == "exact")
    return tuple(filter(None, map(normalise, (entry.title, *entry.questions, *keywords))))


def phrasings_of(entry: FaqEntry) -> tuple[str, ...]:
    """All that an entry may be recognised by, each once: regular expressions are no phrasings."""
    keywords = (keyword.pattern for keyword in entry.keywords if keyword.kind != "regex")
    texts = (entry.title, *entry.questions, *keywords)
    return tuple({normalise(text): text for text in texts if normalise(text)}.values())


def comparable(text: Words) -> str:
    """The text as it is compared character by character."""
    return text.han + "".join(text.latin)
