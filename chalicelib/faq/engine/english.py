"""English questions to Chinese entries: the words that customer service turns on, in Chinese."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

LONGEST = 4
"""Words in a phrase."""


def in_chinese(said: Iterable[str]) -> str:
    """What of the words has a Chinese word, the longest phrases first; empty when nothing has."""
    words, start, found = tuple(said), 0, []
    while start < len(words):
        length = next((size for size in range(LONGEST, 0, -1) if _meaning(words[start : start + size])), 0)
        found.append(_meaning(words[start : start + length]))
        start += max(length, 1)
    return "".join(dict.fromkeys(found))


def _meaning(words: tuple[str, ...]) -> str:
    known = _dictionary()
    phrase = " ".join(words)
    return known.get(phrase, "") or known.get(phrase.removesuffix("s"), "") or known.get(phrase.removesuffix("ed"), "")


@cache
def _dictionary() -> Mapping[str, str]:
    lines = Path(__file__).with_name("english.txt").read_text(encoding="utf-8").splitlines()[1:]
    parted = (line.rpartition(" ") for line in lines)
    return {english: chinese for english, _, chinese in parted}
