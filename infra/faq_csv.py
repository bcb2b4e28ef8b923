"""An FAQ as CSV: from Excel, WPS or an editor, in the encodings and with the separators that they write."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path

from chalicelib.errors import BadContent
from infra import faq_cells, faq_columns
from infra.faq_sheet import Line

MOST_BYTES = 20_000_000
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
SEPARATORS = (",", "\t", ";")
SAMPLE = 10_000
NULS = 0.05
"""Share of zero bytes above which a text is UTF-16: each separator has one."""
DAMAGE = 0.1
"""Share of unreadable bytes among those beyond ASCII up to which a text is damaged UTF-8, not another encoding."""


def write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """With the mark by which Excel knows UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([faq_cells.guarded(cell) for cell in row] for row in rows)


def read(path: Path) -> Iterator[Line]:
    """Raises BadContent when it is too large, or no text."""
    if path.stat().st_size > MOST_BYTES:
        raise BadContent(f"文件超过 {MOST_BYTES // 1_000_000} MB，请分成几份")
    text = decoded(path.read_bytes())
    return lines(text, separator=_separator(text))


def decoded(data: bytes) -> str:
    """The text. Bytes that are none become lone surrogates, so that their rows can be named."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="surrogatepass" if "16" in encoding else "surrogateescape")
    start = data[:SAMPLE]
    if start.count(0) > len(start) * NULS:
        big = start[0::2].count(0) > start[1::2].count(0)
        return data.decode("utf-16-be" if big else "utf-16-le", errors="surrogatepass")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _otherwise(data)


def lines(text: str, *, separator: str) -> Iterator[Line]:
    """Rows as a spreadsheet counts them. One whose quotes do not match is told and passed over, not those below it."""
    physical = list(StringIO(text, newline=""))
    start, number = 0, 0
    while start < len(physical):
        rest = (physical[index] for index in range(start, len(physical)))
        reader = csv.reader(rest, delimiter=separator, strict=True)
        begun = 0
        try:
            for cells in reader:
                number += 1
                yield Line(_place(number, start + begun + 1), tuple(cells))
                begun = reader.line_num
            return
        except csv.Error:
            number += 1
            yield Line(_place(number, start + begun + 1), (), "引号没有配对，或者格子太长")
            start += begun + 1


def _place(number: int, line: int) -> str:
    return f"第 {number} 行" if number == line else f"第 {number} 行（文本里的第 {line} 行）"


def _otherwise(data: bytes) -> str:
    """GB18030, as Chinese Windows writes it, unless it is UTF-8 with some damage."""
    text = data.decode("utf-8", errors="surrogateescape")
    beyond_ascii = len(data.translate(None, bytes(range(128))))
    _, broken = re.subn("[\udc80-\udcff]", "", text)
    if broken <= beyond_ascii * DAMAGE:
        return text
    return data.decode("gb18030", errors="surrogateescape")


def _separator(text: str) -> str:
    """The one that makes the most columns of ours out of the first line that is not empty."""
    first = next((line for line in text[:100_000].splitlines() if line.strip()), "")
    return max(SEPARATORS, key=lambda separator: _known(first, separator))


def _known(first: str, separator: str) -> int:
    return sum(map(faq_columns.is_heading, first.replace('"', "").split(separator)))
