"""``ops faq report``: how the FAQ did on some days, and what would make it better."""

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.store import miss as stored
from chalicelib.store.release import Release
from chalicelib.store.table import Table
from infra import ops_period
from infra.figures import question_files, question_page
from infra.figures.period import Period
from infra.figures.questions import Questions, questions
from infra.ops_faq_misses import in_order, published
from infra.patience import present

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

FORMATS: Mapping[str, Callable[[Period, Questions, Release], str]] = {
    "table": question_files.as_table,
    "json": question_files.as_json,
    "html": question_page.render,
}


def add_report(commands: "Commands") -> None:
    """One more command under ``ops faq``."""
    report = commands.add_parser("report", help="一段时间里回答得怎么样，该补什么")
    ops_period.add_options(report, FORMATS)
    report.set_defaults(run=show)


def show(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    found = ops_period.of(options, table, now=present())
    release = published(table, options.account) or Release(version=0)
    misses = [miss for miss in stored.list_misses(table, options.account) if not miss.is_settled]
    asked = questions(found, release, in_order(misses))
    ops_period.say(FORMATS[options.format](found, asked, release), options.out)
