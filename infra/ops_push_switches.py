"""``ops push pause`` and ``resume``: what is held back, and what may go on."""

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.clock import shanghai_day
from chalicelib.errors import BadContent, Conflict
from chalicelib.runtime import runtime
from chalicelib.sending import pausing
from chalicelib.sending.reasons import in_words
from chalicelib.store import figures
from chalicelib.store import switches as stored
from chalicelib.store.switches import Pause
from chalicelib.store.table import Table
from infra.push_names import CHANNELS, at

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

REASON = "operator"
KNOWN_FOR = timedelta(days=6)
"""Days before today in whose figures a kind is looked for."""


def add_commands(push: "Commands", account: argparse.ArgumentParser) -> None:
    stop = push.add_parser("pause", parents=[account], help="暂停：已登记的留着，恢复以后再发")
    _add_what(stop)
    stop.set_defaults(run=pause)
    go = push.add_parser("resume", parents=[account], help="恢复")
    _add_what(go)
    go.set_defaults(run=resume)
    push.add_parser("pauses", parents=[account], help="列出暂停的").set_defaults(run=show)


def _add_what(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--kind", default="", help="这一类通知")
    what.add_argument("--channel", default="", choices=CHANNELS, help="这个渠道")
    what.add_argument("--all", action="store_true", help="这个公众号的全部")


def pause(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table, now = open_table(), runtime().now()
    try:
        if options.kind:
            pausing.pause_kind(table, options.account, options.kind, reason=REASON, now=now)
        elif options.channel:
            pausing.pause_channel(table, options.account, options.channel, reason=REASON, now=now)
        else:
            pausing.pause_account(table, options.account, reason=REASON, now=now)
    except Conflict:
        raise BadContent(BUSY) from None
    print(f"已暂停{_named(options)}。正在发送的一小批会发完；新登记的会等到恢复。")
    if options.kind and not _is_known(options.kind, options.account, table, now):
        print("最近七天的统计里没有这一类推送（统计晚一刻钟）：名字写对了吗？")


def resume(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    try:
        was_paused = pausing.resume(open_table(), options.account, kind=options.kind, channel=options.channel)
    except Conflict:
        raise BadContent(BUSY) from None
    print(f"已恢复{_named(options)}，一刻钟左右开始发送。" if was_paused else f"{_named(options)} 没有暂停。")


def show(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    known = stored.find(open_table(), options.account)
    pauses = {"全部": known.paused} if known.paused else {}
    pauses |= {f"渠道 {CHANNELS.get(name, name)}": one for name, one in known.channels.items()}
    pauses |= {f"类别 {name}": one for name, one in known.kinds.items()}
    if not pauses:
        print("没有暂停的。")
    for name, one in pauses.items():
        print(f"{name}：{_told(one)}")


def _is_known(kind: str, account: str, table: Table, now: datetime) -> bool:
    first, last = shanghai_day(now - KNOWN_FOR), shanghai_day(now)
    days = figures.list_days(table, account, first=first, last=last)
    return any(kind in day.counts.get("push.planned", {}) for day in days)


def _told(pause: Pause) -> str:
    return f"{at(pause.since)} 起暂停，{in_words(pause.reason)}"


def _named(options: argparse.Namespace) -> str:
    if options.kind:
        return f"类别 {options.kind}"
    return f"渠道 {CHANNELS[options.channel]}" if options.channel else "全部发送"


BUSY = "刚才有别的操作也在暂停或恢复，请再运行一次。"
