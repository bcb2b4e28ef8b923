"""``ops reactivation``: policies that speak to who has fallen silent. See ``docs/reactivation.md``."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.clock import shanghai_day
from chalicelib.errors import BadContent, Conflict
from chalicelib.reactivation.season import has_begun
from chalicelib.runtime import runtime
from chalicelib.sending import pausing
from chalicelib.sending.reasons import in_words
from chalicelib.store import policy as policies
from chalicelib.store import switches
from chalicelib.store.policy import Cursor, Policy
from chalicelib.store.switches import Switches
from chalicelib.store.table import Table
from infra import (
    ops_reactivation_preview,
    ops_reactivation_remove,
    ops_reactivation_report,
    reactivation_file,
)
from infra.push_names import at, credentials
from infra.reactivation_check import check
from infra.reactivation_saved import BUSY, saved, write

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

REASON = "operator"
NOT_YET = "还没有启用：先用 preview 看看，再用 enable。"


def add_commands(commands: "Commands") -> None:
    reactivation = commands.add_parser("reactivation", help="久未互动的提醒").add_subparsers(
        required=True, metavar="reactivation 命令"
    )
    account = argparse.ArgumentParser(add_help=False)
    account.add_argument("--account", required=True, help="公众号在本系统里的名字")
    named = argparse.ArgumentParser(add_help=False, parents=[account])
    named.add_argument("name", metavar="策略", help="策略的名称")

    every = reactivation.add_parser("list", parents=[account], help="列出策略")
    every.add_argument("--all", action="store_true", help="连同已移除的")
    every.set_defaults(run=show_all)
    reactivation.add_parser("show", parents=[named], help="显示一条策略，可以存成文件再改").set_defaults(run=show)
    new = reactivation.add_parser("save", parents=[account], help="检查并保存一条策略，不改变是否启用")
    new.add_argument("file", type=Path, metavar="文件", help="YAML，例子在 infra/examples/reactivation")
    new.set_defaults(run=save)
    ops_reactivation_preview.add_preview(reactivation, account)
    go = reactivation.add_parser("enable", parents=[named], help="启用，停用时等着的接着发")
    go.add_argument("--anyway", action="store_true", help="系统自动暂停过，看过原因，仍然启用")
    go.set_defaults(run=enable)
    reactivation.add_parser("disable", parents=[named], help="停用，已安排的也先不发").set_defaults(run=disable)
    ops_reactivation_remove.add_remove(reactivation, named)
    ops_reactivation_report.add_report(reactivation, named)


def show_all(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    found = [one for one in policies.list_all(table, options.account) if options.all or not one.retired]
    if not found:
        print("还没有策略。例子在 infra/examples/reactivation。")
    for policy in found:
        until = _until(policies.cursor(table, policy))
        parts = (_state(policy), f"沉默 {_ladder(policy)}", f"对照组 {policy.hold_out}%", _season(policy), until)
        print("　".join((policy.name, *filter(None, parts))))


def show(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    policy = saved(table, options.account, options.name, or_removed=True)
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
    write(table, wanted.put())
    start = _start(wanted)
    then = (f"{start} 起按新的来。" if start else "五分钟内起按新的来。") if wanted.enabled else NOT_YET
    print(f"已保存 {wanted.name}，版本 {wanted.version + 1}。{then}")
    if known and known.retired:
        print("这个名称以前用过：这次沉默里已经提醒过的会员，不会再收到同一级；报告里也含以前的数字。")


def enable(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    credentials(options.account)
    table = open_table()
    policy = saved(table, options.account, options.name)
    check(policy, table)
    thrown = switches.find(table, options.account)
    pause = thrown.kinds.get(policy.kind)
    if pause and pause.reason != REASON and not options.anyway:
        raise BadContent(
            f"{at(pause.since)} 系统自动暂停了它：{in_words(pause.reason)}。看过原因、仍要启用，请加 --anyway。"
        )
    if pause or not policy.enabled:
        write(table, replace(policy, enabled=True, enabled_on=shanghai_day(runtime().now())).put())
    _throw(lambda: pausing.resume(table, options.account, kind=policy.kind))
    print(f"已启用 {policy.name}，{_then(policy, thrown)}。")


def disable(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """What is planned waits before nothing more is planned: a crash in between leaves it quiet."""
    table, now = open_table(), runtime().now()
    policy = saved(table, options.account, options.name)
    _throw(lambda: pausing.pause_kind(table, options.account, policy.kind, reason=REASON, now=now))
    if policy.enabled:
        write(table, replace(policy, enabled=False).put())
    print(f"已停用 {policy.name}。已安排、还没发的先等着；再启用以后，没过期的接着发。")


def _throw(switch: Callable[[], object]) -> None:
    try:
        switch()
    except Conflict:
        raise BadContent(BUSY) from None


def _state(policy: Policy) -> str:
    state = "已移除" if policy.retired else "已启用" if policy.enabled else "未启用"
    return f"版本 {policy.version}，{state}"


def _until(cursor: Cursor | None) -> str:
    if cursor is None:
        return "还没有运行过"
    planned = f"{cursor.counted_on} 安排了 {cursor.counted:,} 人" if cursor.counted_on else "还没有安排过人"
    return f"安排到 {cursor.day}，{planned}"


def _season(policy: Policy) -> str:
    if policy.first_day and policy.last_day:
        return f"{policy.first_day} 至 {policy.last_day}"
    return f"{policy.first_day} 起" if policy.first_day else f"到 {policy.last_day} 为止" if policy.last_day else ""


def _then(policy: Policy, thrown: Switches) -> str:
    """What follows from enabling it."""
    start = _start(policy)
    if thrown.paused:
        earliest = f"，最早 {start}" if start else ""
        return f"但是这个公众号的发送全部暂停着，恢复以后才会安排{earliest}"
    return f"从 {start} 起安排" if start else "五分钟内开始安排"


def _start(policy: Policy) -> str:
    """The day from which it will be planned; empty when that is now."""
    return "" if has_begun(policy, shanghai_day(runtime().now())) else policy.first_day


def _ladder(policy: Policy) -> str:
    rungs = "、".join(f"{rung.days} 天" if rung.days else f"{rung.hours} 小时" for rung in policy.rungs)
    return f"{rungs}，以后每 {policy.repeat_days} 天" if policy.repeat_days else rungs
