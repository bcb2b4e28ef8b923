"""WeChat's XML as nested texts, read within bounds that no real message reaches.

xmltodict makes the same of it, in three times the time and without bounds of its own.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from chalicelib.errors import Refused
from chalicelib.wechat.fields import Fields

ELEMENTS = 2_000
DEPTH = 8
"""Elements inside one another, the root included."""
START = re.compile(rb"\s*(?:<\?xml\s[^<>]{0,100}\?>\s*)?<xml>")
"""How WeChat begins: at once with the root, so there is no room for a DTD, and none needs to be looked for inside,
where a follower may well write one as text."""


def tree(xml: bytes) -> Fields:
    """The elements of the root: texts without blanks around them, None for empty ones, lists where a name occurs again.
    Raises Refused."""
    if not START.match(xml):
        raise Refused("xml.unsafe")
    builder = _Builder()
    try:
        builder.parse(xml)
    except ExpatError:
        raise Refused("xml.malformed") from None
    root = builder.root
    if not isinstance(root, dict):
        raise Refused("xml.shape")
    return root


class _Builder:
    """Hears what expat reads, and puts it together."""

    def __init__(self) -> None:
        self._open: list[dict[str, Any]] = [{}]
        """The elements that are not closed yet, in a document."""
        self._text = ""
        self._elements = 0

    def parse(self, xml: bytes) -> None:
        parser = ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.CharacterDataHandler = self._say
        parser.EndElementHandler = self._end
        parser.Parse(xml, True)

    @property
    def root(self) -> Any:
        return self._open[0]["xml"]

    def _begin(self, _name: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > ELEMENTS or len(self._open) > DEPTH:
            raise Refused("xml.unsafe")
        self._open.append(dict(attributes))  # WeChat writes none: with one, an element is no text
        self._text = ""

    def _say(self, text: str) -> None:
        self._text += text

    def _end(self, name: str) -> None:
        element = self._open.pop() or self._text.strip() or None
        self._text = ""
        outer = self._open[-1]
        if name not in outer:
            outer[name] = element
        elif isinstance(outer[name], list):
            outer[name].append(element)
        else:
            outer[name] = [outer[name], element]
