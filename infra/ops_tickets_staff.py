"""``ops tickets staff``: who is told that a ticket waits."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.store import keys
from chalicelib.store import staff as stored
from chalicelib.store.staff import Staff
from chalicelib.store.table import Table
from infra.push_names import pair

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

MOST = 20


def add_commands(tickets: "Commands", account: argparse.ArgumentParser) -> None:
    staff = tickets.add_parser("staff", parents=[account], help="有新工单时通知谁：看、加、减")
    staff.add_argument("--add", action="append", default=[], metavar="OPENID", help="加一位（须关注本公众号）")
    staff.add_argument("--remove", action="append", default=[], metavar="OPENID", help="去掉一位")
    staff.add_argument("--template", help="48 小时没说过话的客服，用这个模板通知；写成空的就不用")
    staff.add_argument("--data", action="append", default=[], type=pair, metavar="字段=内容", help="模板的字段")
    staff.set_defaults(run=keep)


def keep(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Raises BadContent for someone who does not follow the account."""
    table = open_table()
    before = stored.find(table, options.account)
    after = _changed(before, options)
    for openid in options.add:
        if table.get(keys.member(options.account, openid)) is None:
            raise BadContent(f"{openid} 不是本公众号的会员：请先关注并发一句话")
    if len(after.openids) > MOST:
        raise BadContent(f"最多通知 {MOST} 位")
    if after != before:
        table.write([after.put()])
    print(f"有新工单时通知 {len(after.openids)} 位，最多十分钟一次，夜里的早上 8 点再说。")
    for openid in after.openids:
        print(f"  {openid}")
    print(f"模板：{after.template or '没有（48 小时内没和公众号说过话的客服收不到）'}")


def _changed(staff: Staff, options: argparse.Namespace) -> Staff:
    openids = dict.fromkeys([*staff.openids, *options.add])
    kept = tuple(openid for openid in openids if openid not in options.remove)
    if options.template is None:
        return replace(staff, openids=kept)
    return replace(staff, openids=kept, template=options.template, data=dict(options.data))
