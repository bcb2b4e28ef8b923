"""An entry out of the cells of its row."""

import re
from collections.abc import Iterator
from datetime import date

from chalicelib.store.faq_entry import Conditions, FaqEntry, Keyword, KeywordKind
from infra import faq_cells
from infra import faq_columns as columns
from infra.faq_columns import heading
from infra.faq_draft import Flaw
from infra.faq_file import FLAGS, MOST_TEXTS
from infra.faq_file import KINDS as KEYWORD_KINDS
from infra.faq_sheet import Row

NUMBER = re.compile(r"-?\d{1,9}")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：]00)?")


def unreadable(row: Row) -> Iterator[Flaw]:
    """Why an entry cannot be made of the row. What an entry must not say is judged later, for all files alike."""
    cells = row.cells
    if not NUMBER.fullmatch(cells.get("priority", "0")):
        yield Flaw(row.place, heading("priority"), f"应当是整数，写的是“{cells['priority']}”")
    if cells.get("human", "否").lower() not in FLAGS:
        yield Flaw(row.place, heading("human"), f"应当是 是 或 否，写的是“{cells['human']}”")
    for one, other in (("hours_from", "hours_until"), ("hours_until", "hours_from")):
        if one in cells and other not in cells:
            yield Flaw(row.place, heading(other), f"是空的；写了 {columns.COLUMNS[one]} 就要写它")
    for name, cell in cells.items():
        if name in columns.LISTS and len(faq_cells.split(cell)) > MOST_TEXTS:
            yield Flaw(row.place, heading(name), f"最多 {MOST_TEXTS} 个")


def entry(row: Row) -> FaqEntry:
    cells = row.cells
    return FaqEntry(
        entry_id=cells["id"],
        title=cells["title"],
        answer=cells.get("answer", ""),
        questions=_texts(row, "questions"),
        keywords=tuple(_keywords(row)),
        unless=_texts(row, "unless"),
        priority=int(cells.get("priority", "0")),
        human=FLAGS[cells.get("human", "否").lower()],
        add_tags=_texts(row, "add_tags"),
        remove_tags=_texts(row, "remove_tags"),
        conditions=Conditions(
            valid_from=_day(row, "valid_from"),
            valid_until=_day(row, "valid_until"),
            hours_from=clock(row, "hours_from"),
            hours_until=clock(row, "hours_until"),
            only_tags=_texts(row, "only_tags"),
            not_tags=_texts(row, "not_tags"),
        ),
    )


def _keywords(row: Row) -> Iterator[Keyword]:
    kind: KeywordKind
    for kind in KEYWORD_KINDS:
        for pattern in _texts(row, kind):
            yield Keyword(kind, pattern)


def _texts(row: Row, name: str) -> tuple[str, ...]:
    return faq_cells.split(row.cells.get(name, ""))


def _day(row: Row, name: str) -> str:
    """The day as spreadsheets like to write it too (2026/8/1); what is none stays as it is, to be complained of."""
    text = row.cells.get(name, "")
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else text
    except ValueError:
        return text


def clock(row: Row, name: str) -> str:
    """The time as spreadsheets like to write it too (9:00:00)."""
    text = row.cells.get(name, "")
    found = CLOCK.fullmatch(text)
    return f"{int(found[1]):02}:{found[2]}" if found else text
