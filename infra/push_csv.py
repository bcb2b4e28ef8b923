"""A CSV file of events, row by row, however large: a bad row is told and passed over, and none of the good is lost."""

import codecs
import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from chalicelib.errors import BadContent
from infra.faq_cells import GUARDED, guarded, unguarded
from infra.faq_csv import DAMAGE, MARKS, SEPARATORS

PLAIN = ("openid", "kind", "key", "channel", "class", "template", "url", "text", "not_before", "expires_at", "urgent")
INSIDE = ("data", "miniprogram")
"""Columns such as ``data.thing1``."""
USABLE = (*PLAIN, "data.模板字段", "miniprogram.appid", "miniprogram.pagepath")
NEEDED = ("openid", "kind", "key")
TOLD = ("行号", "拒绝原因")
"""Columns of a file of rejected rows; such a file can be imported again when it is mended."""
LONGEST_RECORD = 20
"""Lines that one row may take. Quotes that are still open then do not match."""
PIECE = 1 << 20
SAMPLE = 64 * 1024
YES, NO = ("1", "true", "yes", "是"), ("0", "false", "no", "否")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX and XLS files begin."""
SAVE_AS = "请在 Excel 或 WPS 里“另存为”CSV（UTF-8）再导入"


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the first of the file's lines that it takes; `cells` are as they stand there."""

    line: int
    cells: tuple[str, ...]
    event: Mapping[str, Any]
    trouble: str = ""
    """Why it cannot be read."""


Reader: TypeAlias = Callable[[Iterable[tuple[str, str]]], Mapping[str, Any]]
"""From the headings and cells of a row to what it asks for."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose headings are known."""

    path: Path
    encoding: str
    separator: str
    headings: tuple[str, ...]
    lines: int
    """How many it has; a row may take several."""
    reader: Reader

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Those that begin below this line."""
        for line, text, cells in self._records():
            if line > max(after, 1) and text.strip() and (cells is None or any(cell.strip() for cell in cells)):
                yield self._row(line, text, cells)

    def _row(self, line: int, text: str, cells: tuple[str, ...] | None) -> Row:
        if cells is None:
            unread = (*[""] * len(self.headings), text.rstrip("\r\n"))  # beyond the columns: it is in none of them
            return Row(line, unread, {}, "引号没有配对，或者格子太长")
        if any(cell.strip() for cell in cells[len(self.headings) :]):
            return Row(line, cells, {}, "格子比列名多；是不是少了引号？")
        return Row(line, cells, self.reader(zip(self.headings, map(_plain, cells), strict=False)))

    def _records(self) -> Iterator[tuple[int, str, tuple[str, ...] | None]]:
        """First line of each record, its text, and the cells of the record; None where its quotes do not match:
        reading goes on below it."""
        with self.path.open(encoding=self.encoding, errors=_errors(self.encoding), newline="") as file:
            coming = enumerate(file, start=1)
            again: deque[tuple[int, str]] = deque()
            while first := again.popleft() if again else next(coming, None):
                taken = [first]
                while (cells := self._cells(taken)) is None and len(taken) < LONGEST_RECORD:
                    more = again.popleft() if again else next(coming, None)
                    if more is None:
                        break
                    taken.append(more)
                if cells is None:
                    again.extendleft(reversed(taken[1:]))
                yield *first, cells

    def _cells(self, taken: list[tuple[int, str]]) -> tuple[str, ...] | None:
        """The cells of one record, or None when it is not whole. Only a text may take several lines: elsewhere, a quote
        that is missing has swallowed the rows below."""
        try:
            (cells,) = csv.reader([text for _, text in taken], delimiter=self.separator, strict=True)
        except (csv.Error, ValueError):
            return None
        long = [number for number, cell in enumerate(cells) if "\n" in cell or "\r" in cell]
        if any(number >= len(self.headings) or self.headings[number] != "text" for number in long):
            return None
        return tuple(cells) or ("",)


def opened(path: Path) -> Sheet:
    """Raises BadContent when it cannot be read, or its headings are not ours."""
    sheet = unchecked(path, is_ours=_is_ours, reader=_event)
    _check(sheet.headings)
    return sheet


def unchecked(path: Path, *, is_ours: Callable[[str], bool], reader: Reader) -> Sheet:
    """A file of rows of any kind; `is_ours` tells headings by which its separator is known. Raises BadContent."""
    try:
        _ensure_text(path)
        encoding, lines = _encoding(path), _count(path)
        with path.open(encoding=encoding, errors=_errors(encoding), newline="") as file:
            first = file.readline(SAMPLE)
    except OSError:
        raise BadContent(f"读不了 {path}") from None
    separator = max(SEPARATORS, key=lambda one: sum(map(is_ours, first.replace('"', "").strip().split(one))))
    headings = tuple(_plain(cell) for cell in next(csv.reader([first], delimiter=separator), ()))
    return Sheet(path, encoding, separator, headings, lines, reader)


def _ensure_text(path: Path) -> None:
    """Raises BadContent for what is no CSV at all, OSError."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if head.startswith(WORKBOOKS):
        raise BadContent(f"{path} 是 Excel 工作簿，不是 CSV：{SAVE_AS}")
    if not any(head.startswith(mark) for mark, _ in MARKS) and b"\0" in head:
        raise BadContent(f"{path} 不是文字文件：{SAVE_AS}")
    if not head.strip():
        raise BadContent(f"{path} 是空的：第一行应当是列名。如果内容在表格里，{SAVE_AS}")


def shown(cells: Sequence[str]) -> list[str]:
    """Cells as they can be opened in a spreadsheet, also where their bytes were no text. What is guarded already stays
    as it is, so that they come back as they were however often they are rejected."""
    return [_shown(cell.encode("utf-8", "replace").decode()) for cell in cells]


def _shown(cell: str) -> str:
    return cell if GUARDED.match(cell) else guarded(cell)


def _check(headings: tuple[str, ...]) -> None:
    """Raises BadContent."""
    if missing := [name for name in NEEDED if name not in headings]:
        raise BadContent(f"第一行没有列 {'、'.join(missing)}")
    if strange := [name for name in headings if name and not _is_ours(name)]:
        raise BadContent(f"不认识列 {'、'.join(strange)[:200]}；可以用的有 {'、'.join(USABLE)}")
    if twice := sorted({name for name in headings if name and headings.count(name) > 1}):
        raise BadContent(f"列 {'、'.join(twice)} 出现了两次")


def _is_ours(name: str) -> bool:
    return name in PLAIN or name in TOLD or (name.partition(".")[0] in INSIDE and bool(name.partition(".")[2]))


def _event(cells: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What the row asks for, as another system would write it; empty cells ask for nothing."""
    event: dict[str, Any] = {}
    for name, cell in cells:
        outer, _, inner = name.partition(".")
        if not cell or not name or name in TOLD:
            continue
        if inner:
            event.setdefault(outer, {})[inner] = cell
        else:
            event[name] = _yes_or_no(cell) if name == "urgent" else cell
    return event


def _plain(cell: str) -> str:
    return unguarded(cell.strip().removeprefix("\ufeff"))


def _yes_or_no(cell: str) -> bool | str:
    return True if cell.lower() in YES else False if cell.lower() in NO else cell


def _encoding(path: Path) -> str:
    """As its mark says; else UTF-8, also with some damage; else GB18030, as Chinese Windows writes it."""
    with path.open("rb") as file:
        head = file.read(4)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    beyond_ascii = broken = 0
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    for piece in _pieces(path):
        beyond_ascii += len(piece.translate(None, bytes(range(128))))
        broken += len(re.findall("[\udc80-\udcff]", decoder.decode(piece)))
    return "utf-8" if broken <= beyond_ascii * DAMAGE else "gb18030"


def _errors(encoding: str) -> str:
    return "replace" if "16" in encoding else "surrogateescape"


def _count(path: Path) -> int:
    """The last line need not be ended; in UTF-16 a line feed may be followed by a zero."""
    lines, last = 0, b"\n"
    for piece in _pieces(path):
        lines, last = lines + piece.count(b"\n"), piece.rstrip(b"\0")[-1:]
    return lines + (last != b"\n")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
