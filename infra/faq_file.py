"""A release as an operator writes it: one YAML file, read within bounds. Every complaint names line and field."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, TypeAlias, TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from chalicelib.errors import BadContent
from chalicelib.store.faq_entry import KeywordKind
from chalicelib.store.release import Answer, Channel, Conditions, FaqEntry, Keyword, Release

T = TypeVar("T")
LeaveOut: TypeAlias = Callable[[BadContent], None]
MOST_BYTES = 5_000_000
MOST_ENTRIES = 2_000
MOST_TEXTS = 200
"""Of one kind in one entry."""
NULL = "tag:yaml.org,2002:null"
HALF = re.compile("[\ud800-\udfff]")
"""Half a character, by an escape: nothing can write it."""
FLAGS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


def read(path: Path, *, leave_out: LeaveOut | None = None) -> Release:
    """The release of a file; it has no number yet. Raises BadContent.

    With `leave_out` an entry or a channel that is wrong is told to it, and left out.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadContent(f"文件超过 {MOST_BYTES // 1_000_000} MB：{path}")
        return parse(path.read_text(encoding="utf-8-sig"), leave_out=leave_out)
    except OSError as error:
        raise BadContent(f"读不到文件 {path}：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadContent(f"文件不是 UTF-8 编码：{path}") from error


def parse(text: str, *, leave_out: LeaveOut | None = None) -> Release:
    """The release of a YAML text. Values are taken as they are written: ``21:00`` is no number, ``no`` no flag."""
    top = _fields(
        composed(text), {"welcome", "service", "channels", "entries", "words", "feedback"}, required=("entries",)
    )
    release = Release(
        version=0,
        entries=tuple(_each(_entry, _items(top["entries"], "entries", MOST_ENTRIES), leave_out)),
        channels=tuple(_each(_channel, _items(top.get("channels"), "channels", MOST_ENTRIES), leave_out)),
        welcome=_text(top, "welcome"),
        words=_words(top.get("words")),
        feedback=_flag(top, "feedback"),
    )
    if "service" not in top:
        return release
    service = _fields(top["service"], {"from", "until"}, required=("from", "until"))
    return replace(release, service_from=_text(service, "from"), service_until=_text(service, "until"))


def _each(read_one: Callable[[Node], T], nodes: list[Node], leave_out: LeaveOut | None) -> Iterator[T]:
    for node in nodes:
        try:
            yield read_one(node)
        except BadContent as error:
            if leave_out is None:
                raise
            leave_out(error)


def composed(text: str) -> Node:
    """The nodes of a YAML text, with the lines that they stand in. Raises BadContent."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"第 {mark.line + 1} 行第 {mark.column + 1} 列：" if mark else ""
        raise BadContent(f"{place}YAML 写法不对（{error.problem}）") from error
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise BadContent("YAML 写法不对：有不允许的字符，或层次太深") from error
    if node is None:
        raise BadContent("文件是空的")
    return node


def _entry(node: Node) -> FaqEntry:
    fields = _fields(node, ENTRY_FIELDS, required=("id", "title"))
    return FaqEntry(
        entry_id=_text(fields, "id"),
        title=_text(fields, "title"),
        answer=_text(fields, "answer"),
        questions=_texts(fields, "questions"),
        keywords=tuple(Keyword(kind, pattern) for kind in KINDS for pattern in _texts(fields, kind)),
        unless=_texts(fields, "unless"),
        answers=tuple(map(_answer, _items(fields.get("answers"), "answers", MOST_TEXTS))),
        priority=_number(fields, "priority"),
        human=_flag(fields, "human"),
        add_tags=_texts(fields, "add_tags"),
        remove_tags=_texts(fields, "remove_tags"),
        conditions=_conditions(fields),
    )


KINDS: tuple[KeywordKind, ...] = ("exact", "contains", "prefix", "regex")
ENTRY_FIELDS = {
    "id", "title", "answer", "questions", *KINDS, "unless", "answers", "priority", "human", "add_tags", "remove_tags",
    "valid_from", "valid_until", "hours", "only_tags", "not_tags",
}  # fmt: skip


def _conditions(fields: dict[str, Node]) -> Conditions:
    hours = _fields(fields["hours"], {"from", "until"}, required=("from", "until")) if "hours" in fields else {}
    return Conditions(
        valid_from=_text(fields, "valid_from"),
        valid_until=_text(fields, "valid_until"),
        hours_from=_text(hours, "from"),
        hours_until=_text(hours, "until"),
        only_tags=_texts(fields, "only_tags"),
        not_tags=_texts(fields, "not_tags"),
    )


def _answer(node: Node) -> Answer:
    """A plain text, or a mapping with exactly one of ``text``, ``image`` and ``article``."""
    if isinstance(node, ScalarNode):
        return Answer(text=_scalar(node, "answers"))
    fields = _fields(node, {"text", "image", "article", "channel"}, required=())
    if len(fields.keys() - {"channel"}) != 1:
        _refuse(node, "answers 的每一个都要有 text、image、article 中的一个")
    channel = _text(fields, "channel")
    if "text" in fields:
        return Answer(text=_text(fields, "text"), channel=channel)
    if "image" in fields:
        return Answer("image", media_id=_text(fields, "image"), channel=channel)
    article = _fields(fields["article"], {"title", "description", "picture", "url"}, required=("title", "url"))
    return Answer(
        "article",
        title=_text(article, "title"),
        description=_text(article, "description"),
        picture_url=_text(article, "picture"),
        url=_text(article, "url"),
        channel=channel,
    )


def _words(node: Node | None) -> dict[str, str]:
    """Any names may stand here; `check` says which are possible."""
    if node is None or node.tag == NULL:
        return {}
    if not isinstance(node, MappingNode):
        _refuse(node, "words 应当是“名称: 内容”")
    names = {key.value for key, _ in node.value if isinstance(key, ScalarNode)}
    fields = _fields(node, names, required=())
    return {name: _text(fields, name) for name in fields}


def _channel(node: Node) -> Channel:
    fields = _fields(node, {"scene", "name", "welcome"}, required=("scene", "name"))
    return Channel(_text(fields, "scene"), _text(fields, "name"), _text(fields, "welcome"))


def _fields(node: Node, known: set[str], *, required: tuple[str, ...]) -> dict[str, Node]:
    """The fields of a mapping. A misspelt or doubled one is a mistake, not something to pass over."""
    if not isinstance(node, MappingNode):
        _refuse(node, f"这里应当是“名称: 内容”，可用的名称有 {_listed(known)}")
    fields: dict[str, Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else "名称"
        if name not in known:
            _refuse(key, f"不认识的 {name}，可用的名称有 {_listed(known)}")
        if name in fields:
            _refuse(key, f"{name} 写了两次")
        fields[name] = value
    for name in required:
        if name not in fields:
            _refuse(node, f"缺少 {name}")
    return fields


def _items(node: Node | None, name: str, most: int) -> list[Node]:
    if node is None or node.tag == NULL:
        return []
    if not isinstance(node, SequenceNode):
        _refuse(node, f"{name} 应当是一个列表")
    if len(node.value) > most:
        _refuse(node, f"{name} 最多 {most} 个")
    items: list[Node] = node.value
    return items


def _texts(fields: dict[str, Node], name: str) -> tuple[str, ...]:
    return tuple(_scalar(item, name) for item in _items(fields.get(name), name, MOST_TEXTS))


def _text(fields: dict[str, Node], name: str) -> str:
    return _scalar(fields[name], name) if name in fields else ""


def _number(fields: dict[str, Node], name: str) -> int:
    value = _text(fields, name) or "0"
    if not value.removeprefix("-").isdecimal() or len(value) > 9:
        _refuse(fields[name], f"{name} 应当是整数，写的是“{value}”")
    return int(value)


def _flag(fields: dict[str, Node], name: str) -> bool:
    value = (_text(fields, name) or "false").lower()
    if value not in FLAGS:
        _refuse(fields[name], f"{name} 应当是 true 或 false，写的是“{value}”")
    return FLAGS[value]


def _scalar(node: Node, name: str) -> str:
    if not isinstance(node, ScalarNode):
        _refuse(node, f"{name} 应当是文字")
    value = "" if node.tag == NULL else str(node.value).strip()
    if HALF.search(value):
        _refuse(node, f"{name} 里有不成字的转义")
    return value


def _refuse(node: Node, what: str) -> NoReturn:
    raise BadContent(f"第 {node.start_mark.line + 1} 行：{what}")


def _listed(names: Iterable[str]) -> str:
    return "、".join(sorted(names))
