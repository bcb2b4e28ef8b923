"""What is known of Chinese characters: their simplified form and their toneless syllable. Read on first use."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Characters(NamedTuple):
    simplified: Mapping[int, int]
    """For `str.translate`."""
    syllables: Mapping[str, str]
    """By character, without tone: ``会`` is ``hui``."""
    spellings: frozenset[str]
    """Every syllable there is."""


@cache
def characters() -> Characters:
    """The table that ``python -m infra.faq_tables`` made."""
    lines = Path(__file__).with_name("characters.txt").read_text(encoding="utf-8").splitlines()
    traditional, simplified = lines[1:3]
    syllables = {char: syllable for syllable, chars in map(str.split, lines[3:]) for char in chars}
    return Characters(str.maketrans(traditional, simplified), syllables, frozenset(syllables.values()))
