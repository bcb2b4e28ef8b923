"""What counts of a text: letters, digits and Chinese characters, in one width, case and script. Pure."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from chalicelib.faq.engine.characters import characters

READ = 700
"""Characters of a message that are read; WeChat's longest text has about as many."""
COMPARED = 80
"""Characters that are compared with the phrasings of the entries. Questions are shorter."""

_NOT_READ = re.compile(r"[\W_]+")
_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[^\W\d_㐀-鿿]+|\d+")
_BEFORE = re.compile(
    r"(?:你好|您好|亲爱的|亲亲|亲|哈喽|嗨|在吗|在不在|请问一下|请问下|请问|麻烦问一下|麻烦问下|麻烦您|麻烦|想问一下|想问下"
    r"|想请问|我想问一下|我想问下|我想问|问一下|问下|咨询一下|咨询下|那个|客服)"
)
_AFTER = re.compile(r"(?:谢谢你|谢谢您|谢谢啦|谢谢|多谢|急急急|急急|急|在线等|呀|呢|啊|哦|哈|啦|喔|嘛|哟|呗|好吗|亲)$")


class Words(NamedTuple):
    """A text as it is compared."""

    key: str
    """The whole of it without blanks and marks, for equality and containment."""
    han: str
    """Its Chinese characters in a row, without greetings around them."""
    latin: tuple[str, ...]
    """Its other words and its numbers."""


def normalise(text: str) -> str:
    """What counts of a text: letters and digits, in one width, case and script. May be empty."""
    return _NOT_READ.sub("", _folded(text))[:READ]


@lru_cache(maxsize=64)
def words(text: str) -> Words:
    """The text, read once."""
    folded = _folded(text)
    han = _stripped("".join(_HAN.findall(folded[: 2 * COMPARED])))[:COMPARED]
    latin = _WORD.findall(folded[: 4 * COMPARED])
    return Words(_NOT_READ.sub("", folded)[:READ], han, tuple(latin[:COMPARED]))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:READ]).lower().translate(characters().simplified)


def _stripped(han: str) -> str:
    """Without greetings before and particles behind, unless nothing else is said."""
    rest = han
    while (found := _BEFORE.match(rest)) and len(rest) - found.end() >= 2:
        rest = rest[found.end() :]
    while (found := _AFTER.search(rest)) and found.start() >= 2:
        rest = rest[: found.start()]
    return rest
