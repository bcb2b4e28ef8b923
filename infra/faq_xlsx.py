"""An FAQ as an XLSX workbook. Cells are text; what a cell computes, or shares with others, is told and not guessed."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Protocol

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as WrittenCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from chalicelib.errors import BadContent
from infra import faq_archive, faq_cells
from infra.faq_columns import COLUMNS
from infra.faq_sheet import MOST_ROWS, Line

SHEET = "常见问题"
LAST_ROW = 1_048_576
WIDTHS = {"B": 16, "C": 30, "D": 60, "E": 30}
ESCAPED = re.compile(r"_x(000[9AD]|005F)_", re.IGNORECASE)
"""How XLSX writes characters that XML would not keep."""
TO_ESCAPE = re.compile(r"_(?=x(?:000[9AD]|005F)_)", re.IGNORECASE)
BROKEN = (*faq_archive.BROKEN, TypeError, AttributeError, ArithmeticError)
"""All that openpyxl raises on files whose parts are not as they should be."""


class Cell(Protocol):
    """What openpyxl gives for a cell, also for one that is not there."""

    @property
    def value(self) -> object: ...

    @property
    def data_type(self) -> str: ...


def write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """All cells are text, also to a spreadsheet in which they are edited later."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    for number in range(1, len(COLUMNS) + 1):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.number_format, column.width = "@", WIDTHS.get(column.index, 14)
    for row in rows:
        sheet.append([_cell(sheet, text) if text else None for text in row])
    book.save(path)


def read(path: Path) -> tuple[tuple[str, list[Line]], ...]:
    """The rows of every sheet that is not empty, by its name. Raises BadContent for a file that cannot be read."""
    merged = faq_archive.inspected(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(_sheets(path, merged))
    except BROKEN as error:
        raise BadContent("XLSX 文件是坏的，读不出来；请在 Excel 或 WPS 里打开，再另存一份") from error


def _sheets(path: Path, merged: faq_archive.Merged) -> Iterator[tuple[str, list[Line]]]:
    book = load_workbook(path, read_only=True)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of its own size may be wrong, and rows would be lost
            if lines := list(_lines(sheet.title, sheet.iter_rows(), merged.get(sheet.title, ()))):
                yield sheet.title, lines
    finally:
        book.close()


def _lines(title: str, rows: Iterable[Sequence[Cell]], merged: faq_archive.Ranges) -> Iterator[Line]:
    """At most one more than may be: then reading the rows says so."""
    found = 0
    for number, row in enumerate(rows, start=1):
        if number > LAST_ROW:
            raise BadContent(f"“{title}”里有第 {LAST_ROW:,} 行以后的内容，没有这样的表格")
        line = _line(f"“{title}”第 {number} 行", number, row, merged)
        if line.trouble or line.cells:
            yield line
            found += 1
        if found > MOST_ROWS + 1:
            return


def _line(place: str, number: int, row: Sequence[Cell], merged: faq_archive.Ranges) -> Line:
    for first, last in merged:
        if first.row <= number <= last.row:
            return Line(place, (), f"{first}:{last} 是合并的单元格，请取消合并，每一格都写上内容")
    texts: list[str] = []
    for column, cell in enumerate(row, start=1):
        if cell.data_type in "fe" and cell.value is not None:
            what = "公式" if cell.data_type == "f" else f"错误值 {cell.value}"
            return Line(place, (), f"单元格 {faq_archive.Corner(column, number)} 是{what}，请改成文字")
        texts.append(_text(cell.value))
    return Line(place, tuple(texts) if any(texts) else ())


def _text(value: object) -> str:
    """As a person would write it: whole numbers without a point, days and times as elsewhere in an FAQ."""
    match value:
        case None:
            return ""
        case str():
            return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case time():
            return value.strftime("%H:%M")
        case timedelta():
            minutes = int(value.total_seconds()) // 60
            return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(value)


def _cell(sheet: WriteOnlyWorksheet, text: str) -> WrittenCell:
    cell = WriteOnlyCell(sheet, TO_ESCAPE.sub("_x005F_", faq_cells.guarded_again(text)))
    cell.data_type = "s"  # never a formula, whatever it begins with
    cell.number_format = "@"
    return cell
