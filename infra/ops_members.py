"""``ops members facts``: what other systems know of members, to be used in what they are told."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from chalicelib.store.table import Table
from infra import member_facts, ops_push_import
from infra.member_facts import Told
from infra.push_names import credentials

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

WORDS = "更新 {planned:,} 位会员，{known:,} 位没有变化，拒绝 {refused:,} 行。"


def add_commands(commands: "Commands") -> None:
    members = commands.add_parser("members", help="会员").add_subparsers(required=True, metavar="members 命令")
    facts = members.add_parser("facts", help="导入别的系统里的会员数据，如积分；可以中断后再运行")
    facts.add_argument("file", type=Path, metavar="文件", help="CSV：openid 一列，其余各列是数据，空格子表示删掉")
    facts.add_argument("--account", required=True, help="公众号在本系统里的名字")
    facts.set_defaults(run=remember)


def remember(options: argparse.Namespace, open_table: Callable[[], Table]) -> int:
    """0 when every row was taken, 1 when some were rejected. Raises BadContent, Unavailable."""
    sheet = member_facts.opened(options.file)
    credentials(options.account)
    open_table()  # builds what the threads share

    def take(rows: Sequence[Mapping[str, Any]]) -> Sequence[Told]:
        return member_facts.remember(rows, options.account, open_table())

    state = ops_push_import.begun(sheet, options.account)
    return ops_push_import.carry_out(sheet, state, take, words=WORDS)
