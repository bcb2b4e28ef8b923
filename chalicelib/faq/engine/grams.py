"""What a text consists of, weighted: characters, pairs, words, pieces of words, syllables. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from chalicelib.faq.engine.characters import characters

HAN, PAIR, TOGETHER, WORD, PIECE, NUMBER = 0.8, 1.0, 0.3, 1.0, 0.35, 0.8
SYLLABLE, SYLLABLES = 0.6, 1.0
FUNCTION = 0.35
"""Of the weight of what is made of function characters only."""
FUNCTION_CHARACTERS = frozenset(
    "的了吗呢啊呀吧么嘛我你您他她它们是在有就也都还要想能可以会不没这那个一下怎什多少几哪里为给让把被和跟请问"
)
FUNCTION_WORDS = frozenset(
    {
        *("a", "an", "the", "i", "you", "my", "your", "me", "we", "us", "it", "is", "are", "was", "be", "been"),
        *("do", "does", "did", "to", "of", "for", "in", "on", "at", "with", "can", "could", "will", "would"),
        *("and", "or", "if", "this", "that", "there", "have", "has", "had", "not", "n", "s", "t", "m", "am"),
        *("what", "how", "when", "where", "why", "which", "who", "get", "need", "want", "please"),
    }
)


def text_grams(han: str, latin: Iterable[str]) -> dict[str, float]:
    """The grams of a text and their weights, before their rarity counts."""
    grams: dict[str, float] = {}
    for char in han:
        grams[char] = HAN * _function(char)
    for pair in map("".join, pairwise(han)):
        grams[pair] = PAIR * _function(pair)
    for near in (han[1:], han[2:]):
        for first, last in zip(han, near, strict=False):
            grams[f"{min(first, last)} {max(first, last)}"] = TOGETHER * _function(first + last)
    for word in latin:
        grams |= _word_grams(word)
    return grams


def text_units(han: str, latin: Iterable[str]) -> Iterator[str]:
    """The grams that stand for one character or one word."""
    yield from han
    yield from (word if word.isdecimal() else f"{word}_" for word in latin)


def _word_grams(word: str) -> Mapping[str, float]:
    if word.isdecimal():
        return {word: NUMBER}
    share = FUNCTION if word in FUNCTION_WORDS else 1.0
    padded = f"_{word}_"
    pieces = {padded[start : start + 3]: PIECE * share for start in range(len(padded) - 2)}
    return {**pieces, f"{word}_": WORD * share}


def syllable_grams(syllables: Iterable[str]) -> dict[str, float]:
    """The grams of how a text sounds; an empty one parts what does not sound together."""
    said = tuple(syllables)
    grams = dict.fromkeys(said, SYLLABLE)
    grams |= {f"{first} {second}": SYLLABLES for first, second in pairwise(said)}
    return grams


def sound(han: str) -> tuple[str, ...]:
    """The syllable of each character; a character that is not known sounds like itself."""
    syllables = characters().syllables
    return tuple(syllables.get(char, char) for char in han)


def spelt_sound(words: Iterable[str]) -> tuple[str, ...]:
    """The syllables of words that are pinyin throughout, else nothing."""
    said: list[str] = []
    for word in words:
        syllables = _syllables_of(word)
        if not syllables:
            return ()
        said += syllables
    return tuple(said)


def _syllables_of(word: str) -> tuple[str, ...]:
    """The fewest syllables that spell the word."""
    spellings = characters().spellings
    ways: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(word) + 1):
        best: tuple[str, ...] | None = None
        for start in range(max(0, end - 6), end):
            before, syllable = ways[start], word[start:end]
            if before is not None and syllable in spellings and (best is None or len(before) + 1 < len(best)):
                best = (*before, syllable)
        ways.append(best)
    return ways[-1] or ()


def is_content(gram: str) -> bool:
    """Whether a gram is more than function characters or a function word."""
    return not FUNCTION_CHARACTERS.issuperset(gram.replace(" ", "")) and gram.removesuffix("_") not in FUNCTION_WORDS


def _function(gram: str) -> float:
    return FUNCTION if FUNCTION_CHARACTERS.issuperset(gram) else 1.0
