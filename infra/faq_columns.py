"""The columns of an FAQ as a spreadsheet, and what each kind of row writes into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.errors import BadContent

COLUMNS = {
    "kind": "类型", "id": "编号", "title": "标题", "answer": "回答", "questions": "其他问法",
    "exact": "等于", "contains": "包含", "prefix": "开头", "regex": "正则", "unless": "不含",
    "priority": "优先级", "human": "转人工", "add_tags": "加标签", "remove_tags": "去标签",
    "valid_from": "开始日期", "valid_until": "结束日期", "hours_from": "开始时间", "hours_until": "结束时间",
    "only_tags": "仅限标签", "not_tags": "排除标签",
    "channel": "渠道", "image": "图片", "picture": "封面", "url": "链接",
}  # fmt: skip
REQUIRED = ("id", "title")
LISTS = (
    "questions", "exact", "contains", "prefix", "regex", "unless",
    "add_tags", "remove_tags", "only_tags", "not_tags",
)  # fmt: skip
"""One text a line."""
CONDITIONS = ("valid_from", "valid_until", "hours_from", "hours_until")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: the columns it needs, and those it may fill."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


ENTRY, TEXT, IMAGE, ARTICLE = "条目", "文字回答", "图片回答", "图文回答"
WELCOME, CHANNEL, SERVICE, WORD, FEEDBACK = "欢迎语", "渠道", "人工时间", "用词", "询问满意度"
KINDS: Mapping[str, Kind] = {
    ENTRY: Kind(REQUIRED, (*LISTS, "answer", "priority", "human", *CONDITIONS)),
    TEXT: Kind(("id", "answer"), ("channel",)),
    IMAGE: Kind(("id", "image"), ("channel",)),
    ARTICLE: Kind(("id", "title", "url"), ("answer", "picture", "channel")),
    WELCOME: Kind(("answer",)),
    CHANNEL: Kind(("id", "title"), ("answer",)),
    SERVICE: Kind(("hours_from", "hours_until")),
    WORD: Kind(("id",), ("answer",)),
    FEEDBACK: Kind(("answer",)),
}
"""An empty kind is an entry. Further answers name their entry by its id; a channel's id is its scene."""

_NAMES = {name: name for name in COLUMNS} | {heading: name for name, heading in COLUMNS.items()}
_NAMES |= {f"{heading} {name}": name for name, heading in COLUMNS.items()}


def heading(name: str) -> str:
    """As we write it: for the operator, and as complaints call it."""
    return f"{COLUMNS[name]} {name}"


def header(cells: Sequence[str]) -> tuple[str, ...]:
    """The column of each heading, empty for one that is none. Raises BadContent without the needed ones."""
    names = tuple(map(_name, cells))
    if not any(names):
        raise BadContent(f"第一行应当是列名，可以用的有 {usable()}")
    if missing := [heading(name) for name in REQUIRED if name not in names]:
        raise BadContent(f"缺少列 {'、'.join(missing)}")
    if doubled := sorted({heading(name) for name in names if name and names.count(name) > 1}):
        raise BadContent(f"列 {'、'.join(doubled)} 有两个")
    return names


def is_heading(cell: str) -> bool:
    return bool(_name(cell))


def _name(cell: str) -> str:
    return _NAMES.get(" ".join(cell.casefold().split()), "")


def usable() -> str:
    return "、".join(COLUMNS.values())
