"""``ops push report``: what became of the pushes of some days."""

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.store.table import Table
from infra import ops_period
from infra.figures import push_files, push_page
from infra.figures.period import Period
from infra.patience import present

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

FORMATS: Mapping[str, Callable[[Period, str], str]] = {
    "table": push_files.as_table,
    "json": push_files.as_json,
    "html": push_page.render,
}


def add_report(commands: "Commands") -> None:
    """One more command under ``ops push``."""
    report = commands.add_parser("report", help="一段时间里各类推送的结果和原因")
    ops_period.add_options(report, FORMATS)
    report.add_argument("--kind", default="", help="只看这一类")
    report.set_defaults(run=show)


def show(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    found = ops_period.of(options, open_table(), now=present())
    ops_period.say(FORMATS[options.format](found, options.kind), options.out)
