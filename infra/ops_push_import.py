"""``ops push import``: a CSV file of notices, each planned once. It may be stopped at any time and run again.

How far it has come stands beside the file; a key that was planned before is known, so a rerun does no harm even without
that. Rejected rows are written to another file, with the reason, and can be mended there and imported.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.push.asking import Asked, ask
from chalicelib.runtime import runtime
from chalicelib.store.table import Table
from infra import push_csv, push_import
from infra.progress import Progress
from infra.push_csv import Sheet
from infra.push_import import Result, State, rejects_of
from infra.push_names import credentials

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

PRINTED = 10
"""Rejected rows that are told on the terminal; the file has all of them."""
INTERRUPTED = 130
HEADING = 1
"""Lines that are no rows."""
WORDS = "新登记 {planned:,} 条，以前登记过 {known:,} 条，拒绝 {refused:,} 条。"


def add_import(push: "Commands", account: argparse.ArgumentParser) -> None:
    parser = push.add_parser("import", parents=[account], help="按 CSV 文件登记许多条，可以中断后再运行")
    parser.add_argument("file", type=Path, metavar="文件", help="CSV，第一行是列名，见 docs/push.md")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, open_table: Callable[[], Table]) -> int:
    """0 when every row was planned or known, 1 when some were rejected. Raises BadContent, Unavailable."""
    sheet = push_csv.opened(options.file)
    known, queues, now = credentials(options.account), runtime().queues, runtime().now
    open_table()  # builds what the threads share

    def ask_for(events: Sequence[object]) -> Sequence[Asked]:
        return ask(events, known, table=open_table(), queues=queues, now=now())

    return carry_out(sheet, begun(sheet, options.account), ask_for)


def begun(sheet: Sheet, account: str) -> State:
    """Where an earlier run was stopped, or the beginning."""
    state = State.of(sheet, account)
    if state.line:
        print(f"接着上次的，从第 {state.line + 1:,} 行开始。")
    else:
        rejects_of(sheet.path).unlink(missing_ok=True)
    return state


def carry_out(sheet: Sheet, state: State, ask_for: push_import.Ask, *, words: str = WORDS) -> int:
    """From where `state` is to the end, or until the operator has enough. `words` tell the counts."""
    try:
        _import(sheet, state, ask_for)
    except KeyboardInterrupt:
        print("已中断。再运行同一条命令，会从这里接着做。")
        return INTERRUPTED
    state.forget()
    return _told(state, sheet, words)


def _import(sheet: Sheet, state: State, ask_for: push_import.Ask) -> None:
    total = max(sheet.lines - HEADING, 0)
    progress = Progress(total, "行", before=max(state.line - HEADING, 0))
    progress.begin()
    try:
        for results in push_import.planned(sheet.rows(after=state.line), ask_for):
            push_import.write_rejects(sheet, results)
            _print_rejects(results, state, progress)
            state.add(results)
            progress.show(state.line - HEADING)
        progress.show(total)
    finally:
        progress.end()


def _print_rejects(results: Sequence[Result], state: State, progress: Progress) -> None:
    refused = [result for result in results if result.outcome == "refused"]
    for row, _, reason in refused[: max(0, PRINTED - state.counts["refused"])]:
        progress.make_way()
        print(f"第 {row.line:,} 行：{reason}")


def _told(state: State, sheet: Sheet, words: str) -> int:
    counts = state.counts
    print(words.format(**{outcome: counts[outcome] for outcome in ("planned", "known", "refused")}))
    if not counts["refused"]:
        return 0
    print(f"拒绝的行和原因在 {rejects_of(sheet.path)}，改好以后可以直接导入那个文件。")
    return 1
