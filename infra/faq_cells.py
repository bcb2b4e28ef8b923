"""How texts and lists of texts stand in the cells of a spreadsheet, so that they come back as they were."""

import json
import re
from collections.abc import Iterable

_FORMULA = r"[=+\-@＝＋－＠]"
_SPOILT = rf"{_FORMULA}|0\d+$|\d{{12,}}$"
"""What a spreadsheet would take for a formula, or for a number whose zeros or last digits it drops."""
_PLAIN_NUMBER = r"-\d{1,9}$"
SPOILT = re.compile(rf"'*(?!{_PLAIN_NUMBER})(?:{_SPOILT})")
GUARDED = re.compile(rf"'+(?!{_PLAIN_NUMBER})(?:{_SPOILT})")
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, bytes that were no text, and what XML cannot hold. Line breaks and tabs are fine."""
LONGEST = 32_767
"""Characters that a cell holds; spreadsheets cut the rest away without a word."""


def guarded(text: str) -> str:
    """With an apostrophe before it where a spreadsheet would not take it for text."""
    return f"'{text}" if SPOILT.match(text) else text


def guarded_again(text: str) -> str:
    """For a cell that is known to be text: only what `unguarded` would else take away."""
    return f"'{text}" if GUARDED.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if GUARDED.match(text) else text


def tidy(text: str) -> str:
    """Without spaces around it and with one kind of line break."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def joined(texts: Iterable[str]) -> str:
    """One text a line; one that has lines itself, or would be taken for quoted or empty, is quoted as in JSON."""
    return "\n".join(map(_line, texts))


def split(cell: str) -> tuple[str, ...]:
    """The reverse of `joined`. A line in quotation marks that are not JSON's is taken as it is."""
    return tuple(_unquoted(line.strip()) for line in cell.split("\n") if line.strip())


def _line(text: str) -> str:
    plain = text and "\n" not in text and not text.startswith('"')
    return text if plain else json.dumps(text, ensure_ascii=False)


def _unquoted(line: str) -> str:
    if not line.startswith('"'):
        return line
    try:
        text = json.loads(line)
    except ValueError:
        return line
    return text if isinstance(text, str) else line
