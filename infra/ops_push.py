"""``ops push``: ask for a notice, look what became of it, pause, and clear up what was given up."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.push.asking import ask
from chalicelib.runtime import runtime
from chalicelib.store.table import Table
from infra import (
    ops_push_batch,
    ops_push_drop,
    ops_push_import,
    ops_push_mass,
    ops_push_report,
    ops_push_switches,
    ops_push_waiting,
)
from infra.push_names import credentials, pair

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_commands(commands: "Commands") -> None:
    push = commands.add_parser("push", help="发送通知").add_subparsers(required=True, metavar="push 命令")
    account = argparse.ArgumentParser(add_help=False)
    account.add_argument("--account", required=True, help="公众号在本系统里的名字")
    _add_send(push.add_parser("send", parents=[account], help="给一位粉丝发一条"))
    ops_push_mass.add_mass(push, account)
    ops_push_batch.add_batch(push, account)
    ops_push_import.add_import(push, account)
    ops_push_waiting.add_commands(push, account)
    ops_push_drop.add_drop(push, account)
    ops_push_switches.add_commands(push, account)
    ops_push_report.add_report(push)


def _add_send(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--openid", required=True, help="粉丝的 openid")
    parser.add_argument("--kind", required=True, help="哪一类通知，例如 order.shipped")
    parser.add_argument("--key", required=True, help="关于哪件事，例如订单号：同一类、同一个 key 只发一次")
    parser.add_argument("--channel", help="template（默认）、subscribe 或 kefu")
    parser.add_argument("--class", dest="content_class", help="service（默认）、public、activity、product 或 brand")
    parser.add_argument("--template", help="模板 ID")
    parser.add_argument("--data", action="append", default=[], type=pair, metavar="字段=内容", help="可以写多次")
    parser.add_argument("--url", help="点开以后的网址")
    parser.add_argument("--text", help="客服消息的文字")
    parser.add_argument("--not-before", help="最早什么时候发，如 2026-11-11T20:00:00+08:00")
    parser.add_argument("--expires-at", help="最晚什么时候发")
    parser.add_argument("--urgent", action="store_true", default=None, help="免打扰时段也发")
    parser.set_defaults(run=send)


def send(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    r = runtime()
    known = credentials(options.account)
    (asked,) = ask([_event(options)], known, table=open_table(), queues=r.queues, now=r.now())
    if asked.outcome == "refused":
        raise BadContent(asked.message)
    print(f"{asked.message}。编号 {asked.push_id}")
    print(f"看结果：ops push status {asked.push_id} --account {options.account}")


def _event(options: argparse.Namespace) -> dict[str, Any]:
    """As another system would ask for it."""
    given = {"openid": options.openid, "kind": options.kind, "key": options.key, "channel": options.channel,
             "class": options.content_class, "template": options.template, "data": dict(options.data) or None,
             "url": options.url, "text": options.text, "not_before": options.not_before,
             "expires_at": options.expires_at, "urgent": options.urgent}  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}
