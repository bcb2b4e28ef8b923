"""What must be known of an XLSX file before it is unpacked: that it is one, how large it becomes, what it merges."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from openpyxl.utils import column_index_from_string, get_column_letter

from chalicelib.errors import BadContent

MOST_BYTES = 20_000_000
MOST_UNPACKED = 64_000_000
"""A full workbook of 10 MB becomes 31 MB."""
MOST_TAGS = 4_000_000
"""Of all parts together: each costs some hundred bytes of memory, however well it is packed."""
MOST_MERGED = 10_000
MOST_PARTS = 1_000
MOST_LISTED = 1_000_000
"""Bytes of a part that only lists the others."""
OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an old .xls begins, and an .xlsx with a password."""
CHUNK = 1_000_000
LONGEST_TAG = 200
BROKEN = (BadZipFile, ET.ParseError, LookupError, OSError, EOFError, RuntimeError, ValueError, zlib.error)
"""What reading a damaged, cut or encrypted archive raises."""
MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


@dataclass(frozen=True, slots=True)
class Corner:
    """A cell by its place, as ``B5``."""

    column: int
    row: int

    def __str__(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"


Ranges: TypeAlias = tuple[tuple[Corner, Corner], ...]
Merged: TypeAlias = Mapping[str, Ranges]
"""The merged ranges of each sheet that has any."""


def inspected(path: Path) -> Merged:
    """The merged ranges. Raises BadContent for a file that is not to be opened."""
    if path.stat().st_size > MOST_BYTES:
        raise BadContent(f"文件超过 {MOST_BYTES // 1_000_000} MB，请分成几份")
    with path.open("rb") as file:
        if file.read(len(OLD_OR_ENCRYPTED)) == OLD_OR_ENCRYPTED:
            raise BadContent("文件有密码，或者是旧的 .xls 格式；请去掉密码，另存为 .xlsx")
    try:
        with ZipFile(path) as archive:
            _check_size(archive)
            _check_tags(archive)
            return dict(_merged(archive))
    except BROKEN as error:
        raise BadContent("不是完整的 XLSX 文件；请在 Excel 或 WPS 里打开，再另存一份") from error


def _check_size(archive: ZipFile) -> None:
    """By the sizes that the archive declares: nothing beyond them is ever unpacked."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadContent(f"解压后超过 {MOST_UNPACKED // 1_000_000} MB，不像是一份常见问题")


def _check_tags(archive: ZipFile) -> None:
    tags = 0
    for part in archive.infolist():
        for chunk in _chunks(archive, part.filename):
            tags += chunk.count(b"<")
            if tags > MOST_TAGS:
                raise BadContent(f"里面有超过 {MOST_TAGS:,} 个标记，不像是一份常见问题")


def _merged(archive: ZipFile) -> Iterator[tuple[str, Ranges]]:
    targets = {one.get("Id"): one.get("Target", "") for one in _elements(archive, "xl/_rels/workbook.xml.rels")}
    for sheet in _elements(archive, "xl/workbook.xml"):
        part = targets.get(next((value for name, value in sheet.items() if name.endswith("}id")), ""), "")
        if sheet.tag.endswith("}sheet") and part:
            ranges = tuple(islice(_ranges(archive, _member(part)), MOST_MERGED + 1))
            if len(ranges) > MOST_MERGED:
                raise BadContent(f"“{sheet.get('name')}”里合并的单元格超过 {MOST_MERGED:,} 处，请取消合并")
            yield sheet.get("name", ""), ranges


def _elements(archive: ZipFile, member: str) -> Iterator[ET.Element]:
    if archive.getinfo(member).file_size > MOST_LISTED:
        raise BadZipFile("a list of parts that is too long")
    return ET.fromstring(archive.read(member)).iter()  # noqa: S314  # expat bounds what entities unfold to


def _member(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _ranges(archive: ZipFile, member: str) -> Iterator[tuple[Corner, Corner]]:
    """Searched in the raw bytes: they stand after all rows, and a ``<`` of a text is escaped there."""
    rest = b""
    for chunk in _chunks(archive, member):
        rest += chunk
        end = 0
        for found in MERGE.finditer(rest):
            end = found.end()
            yield _corner(found[1], found[2]), _corner(found[3], found[4])
        rest = rest[max(end, len(rest) - LONGEST_TAG) :]


def _chunks(archive: ZipFile, member: str) -> Iterator[bytes]:
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            yield chunk


def _corner(letters: bytes, row: bytes) -> Corner:
    return Corner(column_index_from_string(letters.decode()), int(row))
