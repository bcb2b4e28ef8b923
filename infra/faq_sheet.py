"""Rows of a spreadsheet, whatever it was kept in: read by their headings, and each cell made plain text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from chalicelib.errors import BadContent
from infra import faq_cells, faq_columns
from infra.faq_draft import Flaw

MOST_ROWS = 20_000
"""Rows that are not empty. A release has at most 2,000 entries, each with up to ten answers."""
UNKNOWN = "?"
"""A column whose heading is none of ours. It is reported once, not row by row."""


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in one row, cell by cell, or why that cannot be told."""

    place: str
    cells: tuple[str, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row that are not empty, by column."""

    place: str
    cells: Mapping[str, str]


def rows(lines: Iterable[Line]) -> Iterator[Row | Flaw]:
    """The rows below the headings. Raises BadContent when the headings are missing, or there are too many rows."""
    found = (line for line in lines if line.trouble or any(map(str.strip, line.cells)))
    first = next(found, None)
    if first is None:
        raise BadContent("里面是空的")
    if first.trouble:
        raise BadContent(f"{first.place}：{first.trouble}")
    names = tuple(_column(*known) for known in zip(faq_columns.header(first.cells), first.cells, strict=True))
    yield from _unknown(first, names)
    number = 0
    for number, line in enumerate(found, start=1):
        if number > MOST_ROWS:
            raise BadContent(f"超过 {MOST_ROWS:,} 行，请分成几份")
        yield Flaw(line.place, "", line.trouble) if line.trouble else _row(line, names)
    if not number:
        raise BadContent("只有列名，没有内容")


def _column(name: str, heading: str) -> str:
    return name or (UNKNOWN if heading.strip() else "")


def _unknown(first: Line, names: tuple[str, ...]) -> Iterator[Flaw]:
    for cell, name in zip(first.cells, names, strict=True):
        if name == UNKNOWN:
            yield Flaw(first.place, cell.strip(), f"不认识这一列，没有读入；可以用的列有 {faq_columns.usable()}")


def _row(line: Line, names: tuple[str, ...]) -> Row | Flaw:
    cells = {}
    for number, (name, cell) in enumerate(zip_longest(names, line.cells, fillvalue=""), start=1):
        text = faq_cells.unguarded(faq_cells.tidy(cell))
        if not text or name == UNKNOWN:
            continue
        if not name:
            return Flaw(line.place, f"第 {number} 格", "有内容，却没有列名；是不是少了引号，或者多了分隔符？")
        if faq_cells.UNSPEAKABLE.search(text):
            return Flaw(line.place, faq_columns.heading(name), "有不能显示的字符，或者编码是坏的")
        cells[name] = text
    return Row(line.place, cells)
