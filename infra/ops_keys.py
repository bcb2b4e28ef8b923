"""``ops key``: the keys with which an account's other systems sign what they ask for. See ``docs/push.md``."""

import argparse
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.event_keys import KEPT
from chalicelib.store.table import Table
from infra.ops_desk import Desk, Open, desk_of_this_shell
from infra.stages.event_keys import EventKeyParameter

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

MINUTES = int(KEPT.total_seconds()) // 60
SOON = f"最多 {MINUTES} 分钟后生效"


def add_commands(commands: "Commands", *, open_desk: Open = desk_of_this_shell) -> None:
    key = commands.add_parser("key", help="其他系统请求发送时用的签名密钥").add_subparsers(
        required=True, metavar="key 命令"
    )
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("--account", required=True, help="公众号在本系统里的名字")

    new = key.add_parser("create", parents=[named], help="生成一个密钥，只显示这一次")
    new.add_argument("--name", default="", help="密钥名，例如 order-system（默认自动起名）")
    _runs(new, create, open_desk)
    _runs(key.add_parser("list", parents=[named], help="列出密钥名"), show_all, open_desk)
    gone = key.add_parser("revoke", parents=[named], help="停用一个密钥")
    gone.add_argument("name", metavar="密钥名")
    _runs(gone, revoke, open_desk)


def _runs(
    parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace, EventKeyParameter], None], open_desk: Open
) -> None:
    def run(options: argparse.Namespace, _open_table: Callable[[], Table]) -> None:
        command(options, _parameter(options.account, open_desk()))

    parser.set_defaults(run=run)


def _parameter(account: str, desk: Desk) -> EventKeyParameter:
    """Encrypted like the account's own. Raises BadContent when there is no such account."""
    accounts = desk.parameters()
    if accounts.find(account) is None:
        raise BadContent(f"没有账号 {account}：先运行 ops account add --account {account}")
    return EventKeyParameter(accounts.ssm, accounts.settings, account, accounts.key)


def create(options: argparse.Namespace, parameter: EventKeyParameter) -> None:
    name = options.name or f"key-{secrets.token_hex(3)}"
    secret = parameter.create(name)
    print(f"密钥名：{name}\n密钥：  {secret}")
    print(f"请现在就存到那个系统里：密钥只显示这一次。{SOON}。用法见 docs/push.md。")


def show_all(_options: argparse.Namespace, parameter: EventKeyParameter) -> None:
    names = parameter.names()
    print("\n".join(names) if names else "还没有密钥。")


def revoke(options: argparse.Namespace, parameter: EventKeyParameter) -> None:
    parameter.revoke(options.name)
    print(f"已停用密钥 {options.name}，{SOON}（参数存储连不上的时候，最多一小时）。已经登记的发送不受影响。")
