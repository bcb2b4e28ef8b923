"""A release as an operator writes it: one YAML file, read within bounds. Every complaint names line and field."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from chalicelib.errors import BadContent
from chalicelib.store.release import Channel, FaqEntry, Keyword, Release

MOST_BYTES = 5_000_000
MOST_ENTRIES = 2_000
MOST_TEXTS = 200
"""Of one kind in one entry."""
NULL = "tag:yaml.org,2002:null"
FLAGS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


def read(path: Path) -> Release:
    """The release of a file; it has no number yet. Raises BadContent."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadContent(f"文件超过 {MOST_BYTES // 1_000_000} MB：{path}")
        return parse(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadContent(f"读不到文件 {path}：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadContent(f"文件不是 UTF-8 编码：{path}") from error


def parse(text: str) -> Release:
    """The release of a YAML text. Values are taken as they are written: ``21:00`` is no number, ``no`` no flag."""
    top = _fields(_compose(text), {"welcome", "service", "channels", "entries"}, required=("entries",))
    release = Release(
        version=0,
        entries=tuple(map(_entry, _items(top["entries"], "entries", MOST_ENTRIES))),
        channels=tuple(map(_channel, _items(top.get("channels"), "channels", MOST_ENTRIES))),
        welcome=_text(top, "welcome"),
    )
    if "service" not in top:
        return release
    service = _fields(top["service"], {"from", "until"}, required=("from", "until"))
    return replace(release, service_from=_text(service, "from"), service_until=_text(service, "until"))


def _compose(text: str) -> Node:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"第 {mark.line + 1} 行第 {mark.column + 1} 列：" if mark else ""
        raise BadContent(f"{place}YAML 写法不对（{error.problem}）") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise BadContent("YAML 写法不对：有不允许的字符，或层次太深") from error
    if node is None:
        raise BadContent("文件是空的")
    return node


def _entry(node: Node) -> FaqEntry:
    fields = _fields(node, ENTRY_FIELDS, required=("id", "title"))
    keywords = [
        *(Keyword("exact", pattern) for pattern in _texts(fields, "exact")),
        *(Keyword("contains", pattern) for pattern in _texts(fields, "contains")),
    ]
    return FaqEntry(
        entry_id=_text(fields, "id"),
        title=_text(fields, "title"),
        answer=_text(fields, "answer"),
        questions=_texts(fields, "questions"),
        keywords=tuple(keywords),
        priority=_number(fields, "priority"),
        human=_flag(fields, "human"),
        add_tags=_texts(fields, "add_tags"),
        remove_tags=_texts(fields, "remove_tags"),
    )


ENTRY_FIELDS = {
    "id", "title", "answer", "questions", "exact", "contains", "priority", "human", "add_tags", "remove_tags",
}  # fmt: skip


def _channel(node: Node) -> Channel:
    fields = _fields(node, {"scene", "name", "welcome"}, required=("scene", "name"))
    return Channel(_text(fields, "scene"), _text(fields, "name"), _text(fields, "welcome"))


def _fields(node: Node, known: set[str], *, required: tuple[str, ...]) -> dict[str, Node]:
    """The fields of a mapping. A misspelt or doubled one is a mistake, not something to pass over."""
    if not isinstance(node, MappingNode):
        _refuse(node, f"这里应当是“名称: 内容”，可用的名称有 {_listed(known)}")
    fields: dict[str, Node] = {}
    for key, value in node.value:
        name = str(key.value)
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
    return "" if node.tag == NULL else str(node.value).strip()


def _refuse(node: Node, what: str) -> NoReturn:
    raise BadContent(f"第 {node.start_mark.line + 1} 行：{what}")


def _listed(names: Iterable[str]) -> str:
    return "、".join(sorted(names))
