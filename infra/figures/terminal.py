"""Figures on a terminal: columns that stay in line whatever script they are in."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime

from chalicelib.clock import SHANGHAI
from infra.figures import names
from infra.figures.period import COLUMNS, NOT_ADDED, Period, total

SHOWN = 12
"""Lines per group; what is rarer is added up."""
TOLD_ALREADY = frozenset({"channels.in", "channels.out", "hours"})
NOTHING = "–"


def render(period: Period) -> str:
    parts = (_days(period), _channels(period), *_groups(period))
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def as_of(at: datetime | None) -> str:
    """Until when a day is counted, in Shanghai."""
    return f"截至 {at.astimezone(SHANGHAI):%m-%d %H:%M}" if at else "尚未数完"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, the others to the right, two blanks between."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_cells(row, widths)).rstrip() for row in rows]


def width(text: str) -> int:
    """Places on a terminal: two for what East Asia writes wide, none for what stands on the letter before."""
    return sum(_places(character) for character in text)


def _places(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cells(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    first, *others = zip(row, widths, strict=True)
    yield first[0] + " " * (first[1] - width(first[0]))
    yield from (" " * (places - width(cell)) + cell for cell, places in others)


def _days(period: Period) -> list[str]:
    lines = [f"{period.account}　{period.days[0]} 至 {period.days[-1]}（上海时间）", ""]
    rows = [["日期", *(title for title, _ in COLUMNS), ""], *(_day(period, day) for day in period.days)]
    sums = (NOTHING if title in NOT_ADDED else str(total(period.figures, of)) for title, of in COLUMNS)
    return lines + columns([*rows, ["合计", *sums, ""]])


def _day(period: Period, day: str) -> list[str]:
    figures = period.of_day(day)
    if figures is None:
        return [day, *(NOTHING for _ in COLUMNS), "没有统计"]
    return [day, *(str(of(figures)) for _, of in COLUMNS), "" if figures.final else as_of(figures.as_of)]


def _channels(period: Period) -> list[str]:
    channels = period.channels()
    rows = [[names.of_figure("channels.in", c.name), str(c.came), str(c.left), f"{c.net:+d}"] for c in channels[:SHOWN]]
    rest = channels[SHOWN:]
    if rest:
        came, left = sum(c.came for c in rest), sum(c.left for c in rest)
        rows.append([f"另 {len(rest)} 个渠道", str(came), str(left), f"{came - left:+d}"])
    return columns([["渠道", "关注", "取关", "净增"], *rows]) if rows else []


def _groups(period: Period) -> Iterator[list[str]]:
    for group in names.in_order(set(period.groups()) - TOLD_ALREADY):
        ranked = period.total(group).most_common()
        rows = [[f"  {names.of_figure(group, name)}", str(number)] for name, number in ranked[:SHOWN]]
        if rest := ranked[SHOWN:]:
            rows.append([f"  另 {len(rest)} 项", str(sum(number for _, number in rest))])
        yield [names.of_group(group), *columns(rows)]
