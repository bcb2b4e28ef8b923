"""What commands that report on some days share: which days, counted from where, and where the report goes."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from chalicelib.clock import shanghai_day
from chalicelib.errors import BadContent
from chalicelib.journal.recount import recount
from chalicelib.store import figures as stored
from chalicelib.store.figures import Figures
from chalicelib.store.table import Table
from infra.figures.period import Period, period

DAYS = 7
MOST_DAYS = 400
"""The journal is kept as long."""


def add_options(report: argparse.ArgumentParser, formats: Iterable[str]) -> None:
    report.add_argument("--account", required=True, help="公众号在本系统里的名字")
    report.add_argument("--days", type=int, metavar="天数", help=f"最近几天，含今天（默认 {DAYS}）")
    report.add_argument("--from", dest="first", type=_day, metavar="日期", help="第一天，如 2026-03-01")
    report.add_argument("--to", dest="last", type=_day, metavar="日期", help="最后一天（默认今天）")
    report.add_argument("--format", choices=formats, default="table", help="表格（默认）、JSON 或网页")
    report.add_argument("--out", type=Path, metavar="文件", help="写进文件，不显示")
    report.add_argument("--recount", action="store_true", help="不用汇总，从流水逐条重算（较慢）")


def of(options: argparse.Namespace, table: Table, *, now: datetime) -> Period:
    """The figures of the days that the options name. Raises BadContent where they name none."""
    first, last = _days_of(options, date.fromisoformat(shanghai_day(now)))
    find = _recounted if options.recount else _rolled
    return period(options.account, first, last, find(table, options.account, first, last, now))


def say(text: str, out: Path | None, *, encoding: str = "utf-8") -> None:
    """On the terminal, or into a file. Raises BadContent where that cannot be written."""
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text(text, encoding=encoding)
    except OSError as error:
        raise BadContent(f"写不了 {out}：{error.strerror}") from None
    print(f"已写入 {out}")


def _days_of(options: argparse.Namespace, today: date) -> tuple[date, date]:
    if options.days is not None and options.first:
        raise BadContent("--days 和 --from 只能用一个")
    last = options.last or today
    first = options.first or last - timedelta(days=(DAYS if options.days is None else options.days) - 1)
    if not 0 <= (last - first).days < MOST_DAYS:
        raise BadContent(f"至少 1 天，最多 {MOST_DAYS} 天，--from 不能晚于 --to")
    return first, last


def _rolled(table: Table, account: str, first: date, last: date, _now: datetime) -> Iterable[Figures]:
    return stored.list_days(table, account, first=first.isoformat(), last=last.isoformat())


def _recounted(table: Table, account: str, first: date, last: date, now: datetime) -> Iterator[Figures]:
    """Tells how far it is: a day of a busy account takes minutes."""
    days = period(account, first, last, ()).days
    for number, day in enumerate(days, start=1):
        print(f"正在重算 {day}（{number}/{len(days)}）", file=sys.stderr, flush=True)
        yield recount(table, account, day, now=now)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} 不是日期，应当像 2026-03-01") from None
