"""Figures for other programs: one line per figure as CSV, or everything as JSON."""

import csv
import io
import json
from collections.abc import Iterator

from chalicelib.clock import iso
from chalicelib.store.figures import Figures
from infra.figures import names
from infra.figures.period import Period

HEAD = ("日期", "已结账", "类别", "项目", "类别代号", "项目代号", "数量")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would calculate a text that begins so."""


def as_csv(period: Period) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(HEAD)
    for figures in period.figures:
        writer.writerows(_lines(figures))
    return written.getvalue()


def as_json(period: Period) -> str:
    days = [_plain(figures) for figures in period.figures]
    return json.dumps({"account": period.account, "days": days}, ensure_ascii=False, indent=2) + "\n"


def _plain(figures: Figures) -> dict[str, object]:
    return {
        "day": figures.day,
        "final": figures.final,
        "as_of": iso(figures.as_of) if figures.as_of else None,
        "entries": figures.entries,
        "active": figures.active,
        "counts": {group: dict(sorted(known.items())) for group, known in sorted(figures.counts.items())},
    }


def _lines(figures: Figures) -> Iterator[tuple[str | int, ...]]:
    final = "是" if figures.final else "否"
    yield figures.day, final, "会员", "活跃会员", "members", "active", figures.active
    yield figures.day, final, "流水", "条数", "journal", "entries", figures.entries
    for group, known in sorted(figures.counts.items()):
        for name, number in sorted(known.items()):
            shown = names.of_figure(group, name)
            yield figures.day, final, names.of_group(group), _safe(shown), group, _safe(name), number


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
