"""``ops reactivation``: policies that speak to who has fallen silent. See ``docs/reactivation.md``."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.clock import shanghai_day
from chalicelib.errors import BadContent, Conflict
from chalicelib.runtime import runtime
from chalicelib.sending import pausing
from chalicelib.sending.reasons import in_words
from chalicelib.store import policy as policies
from chalicelib.store import switches
from chalicelib.store.policy import Policy
from chalicelib.store.table import Lost, Table
from infra import ops_reactivation_preview, ops_reactivation_report, reactivation_file
from infra.push_names import at, credentials
from infra.reactivation_check import check

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

REASON = "operator"
BUSY = "刚才有人同时在改这条策略，请看一下 show，再重新运行。"


def add_commands(commands: "Commands") -> None:
    reactivation = commands.add_parser("reactivation", help="久未互动的提醒").add_subparsers(
        required=True, metavar="reactivation 命令"
    )
    account = argparse.ArgumentParser(add_help=False)
    account.add_argument("--account", required=True, help="公众号在本系统里的名字")
    named = argparse.ArgumentParser(add_help=False, parents=[account])
    named.add_argument("name", metavar="策略", help="策略的名称")

    reactivation.add_parser("list", parents=[account], help="列出策略").set_defaults(run=show_all)
    reactivation.add_parser("show", parents=[named], help="显示一条策略，可以存成文件再改").set_defaults(run=show)
    new = reactivation.add_parser("save", parents=[account], help="检查并保存一条策略，不改变是否启用")
    new.add_argument("file", type=Path, metavar="文件", help="YAML，例子在 infra/examples/reactivation")
    new.set_defaults(run=save)
    ops_reactivation_preview.add_preview(reactivation, account)
    go = reactivation.add_parser("enable", parents=[named], help="启用，停用时等着的接着发")
    go.add_argument("--anyway", action="store_true", help="系统自动暂停过，看过原因，仍然启用")
    go.set_defaults(run=enable)
    reactivation.add_parser("disable", parents=[named], help="停用，已安排的也先不发").set_defaults(run=disable)
    ops_reactivation_report.add_report(reactivation, named)


def show_all(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    found = list(policies.list_all(table, options.account))
    if not found:
        print("还没有策略。例子在 infra/examples/reactivation。")
    for policy in found:
        cursor = policies.cursor(table, policy)
        until = f"安排到 {cursor.day}，{cursor.counted_on} 安排了 {cursor.counted:,} 人" if cursor else "还没有运行过"
        print(f"{policy.name}　{_state(policy)}　沉默 {_ladder(policy)}　对照组 {policy.hold_out}%　{until}")


def show(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    policy = find(table, options.account, options.name)
    print(f"# {_state(policy)}")
    if pause := switches.find(table, options.account).kinds.get(policy.kind):
        print(f"# {at(pause.since)} 起暂停发送：{in_words(pause.reason)}")
    print(reactivation_file.write(policy), end="")


def save(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Whether it is enabled stays as it is."""
    credentials(options.account)
    table, wanted = open_table(), reactivation_file.read(options.file, options.account)
    known = policies.find(table, options.account, wanted.name)
    if known:
        wanted = replace(wanted, enabled=known.enabled, enabled_on=known.enabled_on, version=known.version)
    check(wanted, table)
    if known == wanted:
        print(f"{wanted.name} 没有变化，仍是版本 {wanted.version}。")
        return
    _write(table, wanted)
    then = "五分钟内起按新的来。" if wanted.enabled else "还没有启用：先用 preview 看看，再用 enable。"
    print(f"已保存 {wanted.name}，版本 {wanted.version + 1}。{then}")


def enable(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    credentials(options.account)
    table = open_table()
    policy = find(table, options.account, options.name)
    check(policy, table)
    thrown = switches.find(table, options.account)
    pause = thrown.kinds.get(policy.kind)
    if pause and pause.reason != REASON and not options.anyway:
        raise BadContent(
            f"{at(pause.since)} 系统自动暂停了它：{in_words(pause.reason)}。看过原因、仍要启用，请加 --anyway。"
        )
    if pause or not policy.enabled:
        _write(table, replace(policy, enabled=True, enabled_on=shanghai_day(runtime().now())))
    _throw(lambda: pausing.resume(table, options.account, kind=policy.kind))
    then = "但是这个公众号的发送全部暂停着，恢复以后才会安排" if thrown.paused else "五分钟内开始安排"
    print(f"已启用 {policy.name}，{then}。")


def disable(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """What is planned waits before nothing more is planned: a crash in between leaves it quiet."""
    table, now = open_table(), runtime().now()
    policy = find(table, options.account, options.name)
    _throw(lambda: pausing.pause_kind(table, options.account, policy.kind, reason=REASON, now=now))
    if policy.enabled:
        _write(table, replace(policy, enabled=False))
    print(f"已停用 {policy.name}。已安排、还没发的先等着；再启用以后，没过期的接着发。")


def find(table: Table, account: str, name: str) -> Policy:
    """Raises BadContent when there is none."""
    policy = policies.find(table, account, name)
    if policy is None:
        known = "、".join(one.name for one in policies.list_all(table, account)) or "没有"
        raise BadContent(f"没有策略 {name}；已有的：{known}")
    return policy


def _write(table: Table, policy: Policy) -> None:
    """Raises BadContent when someone else was faster."""
    try:
        table.write([policy.put()])
    except Lost:
        raise BadContent(BUSY) from None


def _throw(switch: Callable[[], object]) -> None:
    try:
        switch()
    except Conflict:
        raise BadContent(BUSY) from None


def _state(policy: Policy) -> str:
    return f"版本 {policy.version}，{'已启用' if policy.enabled else '未启用'}"


def _ladder(policy: Policy) -> str:
    rungs = "、".join(f"{rung.days} 天" if rung.days else f"{rung.hours} 小时" for rung in policy.rungs)
    return f"{rungs}，以后每 {policy.repeat_days} 天" if policy.repeat_days else rungs
