"""``ops reactivation report``: what speaking to silent followers did, beside those who were not spoken to."""

import argparse
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.clock import shanghai_day
from chalicelib.errors import BadContent
from chalicelib.journal.days import is_over
from chalicelib.store.table import Table
from infra.ops_period import say
from infra.patience import present
from infra.reactivation.counted import OBSERVED, last_observed
from infra.reactivation_saved import saved

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

FORMATS = ("table", "json", "html")
MOST_DAYS = 393
"""The journal is kept for 400 days, and an assignment is watched for seven."""


def add_report(commands: "Commands", named: argparse.ArgumentParser) -> None:
    """One more command under ``ops reactivation``; `named` takes the account and the policy's name."""
    report = commands.add_parser("report", parents=[named], help="提醒有没有效果：和对照组比回来与取关")
    report.add_argument(
        "--from", dest="first", type=_day, metavar="日期", help="第一个分组日（默认最近一个到期的整月）"
    )
    report.add_argument("--to", dest="last", type=_day, metavar="日期", help="最后一个分组日")
    report.add_argument("--peek", action="store_true", help="时间段没到期也看，报告会注明；不写日期就看到今天")
    report.add_argument("--format", choices=FORMATS, default="table", help="表格（默认）、JSON 或网页")
    report.add_argument("--out", type=Path, metavar="文件", help="写进文件，不显示")
    report.add_argument("--recount", action="store_true", help="从流水按人重算，每人只算第一次（较慢，更准）")
    report.set_defaults(run=show)


def show(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    text = told(options, open_table(), now=present())
    say(text, options.out)


def told(options: argparse.Namespace, table: Table, *, now: datetime) -> str:
    """The report. Raises BadContent."""
    # SciPy takes a second to load: not when another command is run
    from infra.reactivation import files, page, terminal
    from infra.reactivation.gathering import gather
    from infra.reactivation.report import Asked

    first, last = _period(options, now)
    policy = saved(table, options.account, options.name, or_removed=True)
    asked = Asked(policy, first.isoformat(), last.isoformat(), by_person=options.recount)
    render = {"table": terminal.render, "json": files.as_json, "html": page.render}[options.format]
    return render(gather(asked, table, now=now, before_day=_say_day))


def _period(options: argparse.Namespace, now: datetime) -> tuple[date, date]:
    """As it was asked for, or the last whole month; for a peek what came after it. Raises BadContent if it is not over
    and no peek is asked for."""
    if (options.first is None) != (options.last is None):
        raise BadContent("--from 和 --to 要一起给，或者都不给")
    usual = _running if options.peek else _whole_month
    first, last = (options.first, options.last) if options.first else usual(now)
    if not 0 <= (last - first).days < MOST_DAYS:
        raise BadContent(f"--from 不能晚于 --to，且最多 {MOST_DAYS} 天")
    if not options.peek and not _is_observed(last, now):
        over = last + timedelta(days=OBSERVED + 1)
        raise BadContent(
            f"{last} 分组的要到 {over} 才满 {OBSERVED} 天（当天凌晨结账后可看）。"
            "提前看、一见显著就停会把偶然当成效果；一定要看，请加 --peek"
        )
    return first, last


def _whole_month(now: datetime) -> tuple[date, date]:
    """The last one whose assignments are all observed: the same days, however often one looks."""
    last = date.fromisoformat(shanghai_day(now)).replace(day=1) - timedelta(days=1)
    while not _is_observed(last, now):
        last = last.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _running(now: datetime) -> tuple[date, date]:
    """All that the last whole month does not show yet; early in a month that is the month before, too."""
    _, last = _whole_month(now)
    return last + timedelta(days=1), date.fromisoformat(shanghai_day(now))


def _is_observed(day: date, now: datetime) -> bool:
    return is_over(last_observed(day.isoformat()), now)


def _say_day(day: str) -> None:
    print(f"正在重算 {day}", file=sys.stderr, flush=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} 不是日期，应当像 2026-03-01") from None
