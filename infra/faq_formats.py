"""The files in which an FAQ may come and go, told apart by how their names end."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from chalicelib.errors import BadContent
from chalicelib.store.release import Release
from infra import (
    faq_console,
    faq_csv,
    faq_draft,
    faq_file,
    faq_rows,
    faq_sheet,
    faq_table,
    faq_xlsx,
    faq_yaml,
)
from infra.faq_draft import Draft, Flaw
from infra.faq_sheet import Row

T = TypeVar("T")


def read(path: Path) -> Draft:
    """What could be taken from the file. Raises BadContent when nothing of it can be read."""
    try:
        return faq_draft.ready(_of(READERS, path)(path))
    except OSError as error:
        raise BadContent(f"读不到文件 {path}：{error.strerror}") from error
    except BadContent as error:
        raise BadContent(f"{path.name}：{error}") from error


def read_whole(path: Path) -> Draft:
    """A draft that may be published: nothing was left out. Raises BadContent with all that is wrong."""
    if path.suffix.lower() in YAML:
        return Draft(faq_file.read(path))
    draft = read(path)
    if draft.flaws:
        raise BadContent("\n".join(map(str, draft.flaws)))
    if len(draft.release.entries) > faq_file.MOST_ENTRIES:
        raise BadContent(f"有 {len(draft.release.entries)} 个条目，一个版本最多 {faq_file.MOST_ENTRIES} 个")
    return draft


def write(path: Path, release: Release) -> None:
    """Raises BadContent when the format cannot hold it."""
    _of(WRITERS, path)(path, release)


def _of(known: Mapping[str, T], path: Path) -> T:
    try:
        return known[path.suffix.lower()]
    except KeyError:
        raise BadContent(f"不认识这种文件，文件名应当以 {'、'.join(known)} 结尾") from None


def _read_csv(path: Path) -> Draft:
    return faq_table.draft(faq_sheet.rows(faq_csv.read(path)))


def _read_xlsx(path: Path) -> Draft:
    sheets = faq_xlsx.read(path)
    if not sheets:
        raise BadContent("里面是空的")
    if len(sheets) == 1:
        return faq_table.draft(faq_sheet.rows(sheets[0][1]))
    return faq_table.draft(found for title, lines in sheets for found in _rows_or_flaw(title, lines))


def _rows_or_flaw(title: str, lines: list[faq_sheet.Line]) -> Iterator[Row | Flaw]:
    """One of several sheets may be something else altogether: that is told, and the others are read."""
    try:
        yield from faq_sheet.rows(lines)
    except BadContent as error:
        yield Flaw(f"工作表“{title}”", "", f"没有读入：{error}")


def _read_yaml(path: Path) -> Draft:
    left_out: list[BadContent] = []
    release = faq_file.read(path, leave_out=left_out.append)
    draft = faq_draft.screened(release, {})
    told = (str(error).partition("：") for error in left_out)
    return Draft(draft.release, (*(Flaw(place, "", what) for place, _, what in told), *draft.flaws))


YAML = (".yaml", ".yml")
CSV = (".csv", ".tsv", ".txt")
XLSX = (".xlsx", ".xlsm")
READERS: Mapping[str, Callable[[Path], Draft]] = {
    **dict.fromkeys(CSV, _read_csv),
    **dict.fromkeys(XLSX, _read_xlsx),
    **dict.fromkeys(YAML, _read_yaml),
    ".json": faq_console.read,
}
WRITERS: Mapping[str, Callable[[Path, Release], None]] = {
    ".csv": lambda path, release: faq_csv.write(path, faq_rows.of(release)),
    ".xlsx": lambda path, release: faq_xlsx.write(path, faq_rows.of(release)),
    **dict.fromkeys(YAML, faq_yaml.write),
}
