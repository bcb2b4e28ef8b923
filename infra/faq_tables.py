"""Makes the character table of the FAQ engine: ``python -m infra.faq_tables``. Needs pypinyin and OpenCC's data.

Traditional → simplified is from OpenCC (Apache License 2.0), the syllables are from pypinyin (MIT License); the table
that is committed holds what these say of the characters of GB 2312 and of Big5, nothing else.
"""

from collections import defaultdict
from pathlib import Path

from opencc import OpenCC
from pypinyin import Style, pinyin

TABLE = Path(__file__).parents[1] / "chalicelib/faq/engine/characters.txt"
VARIANTS = [("妳", "你"), ("牠", "它")]
"""Which OpenCC leaves as they are: what people of Taiwan and Hong Kong write."""
NOTICE = (
    "# Made by python -m infra.faq_tables. Traditional to simplified: OpenCC, Apache License 2.0,"
    " Copyright 2010-2014 Carbo Kuo and contributors. Syllables: pypinyin, MIT License, Copyright (c) 2016 mozillazg."
)


def main() -> None:
    TABLE.write_text("\n".join((NOTICE, *_simplified(), *_syllables())) + "\n", encoding="utf-8")


def _simplified() -> tuple[str, str]:
    """Two lines of equal length: traditional characters, and what each becomes."""
    converter = OpenCC("t2s")
    pairs = [(char, converter.convert(char)) for char in _characters("big5")]
    changed = [(old, new) for old, new in pairs if old != new and len(new) == 1]
    changed += VARIANTS
    return "".join(old for old, _ in changed), "".join(new for _, new in changed)


def _syllables() -> list[str]:
    """A line for each toneless syllable and the characters that are read so."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for char in _characters("gb2312"):
        syllable = pinyin(char, style=Style.NORMAL, v_to_u=False)[0][0]
        if syllable.isascii() and syllable.isalpha():
            lines[syllable].append(char)
    return [f"{syllable} {''.join(chars)}" for syllable, chars in sorted(lines.items())]


def _characters(encoding: str) -> list[str]:
    return [char for code in range(0x4E00, 0x9FA6) if _is_in(char := chr(code), encoding)]


def _is_in(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    main()
