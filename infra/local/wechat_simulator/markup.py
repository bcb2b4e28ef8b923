"""The platform's XML: written as WeChat writes it, read without any DTD."""

import re
from collections.abc import Mapping, Sequence
from xml.parsers.expat import ExpatError, ParserCreate

Value = str | int | float | Mapping[str, "Value"] | Sequence["Value"]
Tree = dict[str, "str | Tree | list[str | Tree]"]

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BadMarkup(ValueError):
    """The text is not XML that WeChat would read."""


def legal(text: str) -> str:
    """The text without the characters that XML 1.0 cannot carry."""
    return _ILLEGAL.sub("", text)


def write(fields: Mapping[str, Value]) -> str:
    """Text in CDATA, numbers bare, nested mappings as elements, a sequence as a repeated element."""
    return f"<xml>{_children(fields)}</xml>"


def _children(fields: Mapping[str, Value]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Value) -> str:
    if isinstance(value, str):
        inside = "<![CDATA[" + legal(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
    elif isinstance(value, Mapping):
        inside = _children(value)
    elif isinstance(value, Sequence):
        return "".join(_element(name, item) for item in value)
    else:
        inside = str(value)
    return f"<{name}>{inside}</{name}>"


def read(document: bytes) -> Tree:
    """The children of the root `<xml>`. Raises BadMarkup, also for a DTD or an entity."""
    reader = _Reader()
    try:
        reader.parser.Parse(document, True)
    except ExpatError as error:
        raise BadMarkup(f"不是合法的 XML：{error}") from error
    if reader.root != "xml":
        raise BadMarkup(f"根元素应为 <xml>，实为 <{reader.root}>")
    if isinstance(reader.value, str):
        raise BadMarkup("<xml> 里没有字段")
    return reader.value


class _Reader:
    """Builds a Tree from expat's callbacks."""

    def __init__(self) -> None:
        self.root = ""
        self.value: str | Tree = ""
        self._open: list[tuple[str, Tree, list[str]]] = []
        self.parser = ParserCreate(encoding="utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, *_declaration: object) -> None:
        raise BadMarkup("XML 里不允许 DTD")

    def _start(self, name: str, _attributes: object) -> None:
        self._open.append((name, {}, []))

    def _text(self, text: str) -> None:
        self._open[-1][2].append(text)

    def _end(self, name: str) -> None:
        _, children, texts = self._open.pop()
        value: str | Tree = children or "".join(texts)
        if self._open:
            _add(self._open[-1][1], name, value)
        else:
            self.root, self.value = name, value


def _add(parent: Tree, name: str, value: "str | Tree") -> None:
    """A repeated element becomes a list."""
    earlier = parent.get(name)
    if earlier is None:
        parent[name] = value
    elif isinstance(earlier, list):
        earlier.append(value)
    else:
        parent[name] = [earlier, value]
