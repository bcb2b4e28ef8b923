"""``ops faq``: check and publish a FAQ file, list the versions, go back to one, try questions."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.faq import publishing, releases
from chalicelib.faq.engine import compile_release
from chalicelib.faq.selftest import examine
from chalicelib.store import account as accounts
from chalicelib.store import release as stored
from chalicelib.store.release import Release
from chalicelib.store.table import Table
from infra import faq_selftest, ops_faq_files, ops_faq_misses, ops_faq_report, ops_faq_try

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

LISTED = 20
"""The newest versions that are shown."""


def add_commands(commands: "Commands") -> None:
    faq = commands.add_parser("faq", help="常见问题").add_subparsers(required=True, metavar="faq 命令")
    account = argparse.ArgumentParser(add_help=False)
    account.add_argument("--account", required=True, help="公众号在本系统里的名字")
    file = argparse.ArgumentParser(add_help=False)
    file.add_argument("file", type=Path, metavar="文件", help="YAML、CSV、XLSX，或微信后台规则的 JSON")

    faq.add_parser("check", parents=[file], help="只检查文件").set_defaults(run=check)
    faq.add_parser("publish", parents=[file, account], help="检查并发布").set_defaults(run=publish)
    faq.add_parser("versions", parents=[account], help="列出已有的版本").set_defaults(run=versions)
    rollback_to = faq.add_parser("rollback", parents=[account], help="切换到已有的某个版本")
    rollback_to.add_argument("version", type=int, metavar="版本")
    rollback_to.set_defaults(run=rollback)
    ops_faq_files.add_commands(faq)
    ops_faq_misses.add_commands(faq)
    ops_faq_report.add_report(faq)
    _add_trials(faq)


def _add_trials(faq: "Commands") -> None:
    question = faq.add_parser("try", help="试一个问题，看看会怎样回答、为什么")
    question.add_argument("question", metavar="问题")
    source = question.add_mutually_exclusive_group(required=True)
    source.add_argument("--account", help="用这个公众号正在使用的版本")
    source.add_argument("--file", type=Path, help="用这个文件（YAML 或 JSONL）")
    question.add_argument("--tag", action="append", default=[], help="提问的会员有这个标签，可以写多次")
    question.set_defaults(run=ops_faq_try.try_question)
    lines = faq.add_parser("serve", help="逐行读入 JSON 问题，逐行写出 JSON 回答，给评测程序用")
    lines.add_argument("--faqs", type=Path, required=True, metavar="文件", help="JSONL 文件，一行一个条目")
    lines.set_defaults(run=ops_faq_try.serve)


def check(options: argparse.Namespace, _open_table: Callable[[], Table]) -> None:
    release = _prepared(options.file)
    print(f"检查通过：{_size(release)}。")


def publish(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    release = _prepared(options.file)
    version = publishing.store(open_table(), options.account, release)
    print(f"已发布版本 {version}：{_size(release)}。下一条消息就由它回答。")


def versions(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    current = accounts.find(table, options.account).release
    numbers = stored.list_versions(table, options.account)[-LISTED:]
    if not numbers:
        print("还没有发布过任何版本。")
    for number in reversed(numbers):
        mark = "  ← 正在使用" if number == current else ""
        print(f"版本 {number}：{_described(table, options.account, number)}{mark}")


def rollback(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    publishing.rollback(open_table(), options.account, options.version)
    print(f"已切换到版本 {options.version}。")


def _prepared(path: Path) -> Release:
    """Ready to be stored; how it does on its own questions is shown. Raises BadContent."""
    release = publishing.prepared(ops_faq_files.whole(path))
    for line in faq_selftest.told(examine(compile_release(release))):
        print(line)
    return release


def _described(table: Table, account: str, version: int) -> str:
    try:
        return _size(releases.load(table, account, version))
    except releases.BrokenRelease:
        return "不完整，不能使用"


def _size(release: Release) -> str:
    return f"{len(release.entries)} 个条目，{len(release.channels)} 个渠道"
