"""``ops figures``: what happened on some days, as a table, as a file, or as a page with charts."""

import argparse
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.journal.recount import recount
from chalicelib.store import figures as stored
from chalicelib.store.figures import Figures
from chalicelib.store.table import Table
from infra.figures import files, page, terminal
from infra.figures.period import Period, period
from infra.ops_period import say
from infra.patience import present

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

FORMATS: Mapping[str, Callable[[Period], str]] = {
    "table": terminal.render,
    "csv": files.as_csv,
    "json": files.as_json,
    "html": page.render,
}
MOST_DAYS = 400
"""The journal is kept as long."""


def add_commands(commands: "Commands") -> None:
    figures = commands.add_parser("figures", help="每天的会员数字")
    figures.add_argument("--account", required=True, help="公众号在本系统里的名字")
    figures.add_argument("--from", dest="first", type=_day, required=True, metavar="日期", help="第一天，如 2026-03-01")
    figures.add_argument("--to", dest="last", type=_day, required=True, metavar="日期", help="最后一天")
    figures.add_argument("--format", choices=FORMATS, default="table", help="表格（默认）、文件或网页")
    figures.add_argument("--out", type=Path, metavar="文件", help="写进文件，不显示")
    figures.add_argument("--recount", action="store_true", help="不用汇总，从流水逐条重算（较慢）")
    figures.set_defaults(run=show)


def show(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    first, last = options.first, options.last
    if not 0 <= (last - first).days < MOST_DAYS:
        raise BadContent(f"--from 不能晚于 --to，且最多 {MOST_DAYS} 天")
    find = _recounted if options.recount else _rolled
    days = period(options.account, first, last, find(open_table(), options.account, first, last))
    _say(FORMATS[options.format](days), options)


def _rolled(table: Table, account: str, first: date, last: date) -> Iterable[Figures]:
    return stored.list_days(table, account, first=first.isoformat(), last=last.isoformat())


def _recounted(table: Table, account: str, first: date, last: date) -> Iterable[Figures]:
    now = present()
    return (recount(table, account, day, now=now) for day in period(account, first, last, ()).days)


def _say(text: str, options: argparse.Namespace) -> None:
    # Excel takes a CSV for the system's own encoding unless this mark says UTF-8
    say(text, options.out, encoding="utf-8-sig" if options.format == "csv" else "utf-8")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} 不是日期，应当像 2026-03-01") from None
