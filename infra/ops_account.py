"""``ops account``: make an account known, check it, rotate its keys without losing a message, list what there is.

Secrets are typed without echo or read from stdin as JSON; they are never shown, and never on a command line. What
WeChat's console must be told of newly made ones is written into a file that only its owner may read.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.store.table import Table
from infra.ops_account_rotate import rotate, unfinished
from infra.ops_desk import Desk, Open, desk_of_this_shell, listen, write_keys
from infra.stages import checks
from infra.stages.accounts import Fields, new_aes_key, new_token, pending, problems

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_commands(commands: "Commands", *, open_desk: Open = desk_of_this_shell) -> None:
    account = commands.add_parser("account", help="公众号账号").add_subparsers(required=True, metavar="account 命令")
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("--account", required=True, help="公众号在本系统里的名字，例如 shop")

    new = account.add_parser("add", parents=[named], help="添加一个公众号")
    new.add_argument("--kms-key", default="", help="加密参数用的 KMS 密钥（默认用堆栈的，没有则用 SSM 的）")
    _add_inputs(new)
    _runs(new, add, open_desk)
    _runs(account.add_parser("check", parents=[named], help="检查参数、令牌、回调地址"), check, open_desk)
    turn = account.add_parser("rotate", parents=[named], help="轮换 Token 和 EncodingAESKey，或 AppSecret")
    turn.add_argument("--finish", action="store_true", help="第二步：公众号后台改好以后，停用旧的")
    turn.add_argument("--app-secret", action="store_true", help="换 AppSecret")
    _add_inputs(turn)
    _runs(turn, rotate, open_desk)
    _runs(account.add_parser("list", help="列出已有的账号"), show_all, open_desk)


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from-stdin", action="store_true", help="从标准输入读 JSON，不询问")
    parser.add_argument(
        "--keys-file", type=Path, metavar="文件", help="把新生成的 Token 和 EncodingAESKey 写进这个文件"
    )


def _runs(
    parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace, Desk], int | None], open_desk: Open
) -> None:
    def run(options: argparse.Namespace, _open_table: Callable[[], Table]) -> int | None:
        return command(options, open_desk())

    parser.set_defaults(run=run)


def add(options: argparse.Namespace, desk: Desk) -> int:
    """Store a new account and try it; 1 when it is stored and does not work.

    Raises BadContent when it exists, or what was typed is malformed.
    """
    parameters = desk.parameters(options.kms_key)
    known = parameters.find(options.account)
    if known is not None and parameters.has_secret(options.account):
        raise BadContent(f"账号 {options.account} 已经有了。要换密钥请用 ops account rotate；data_key 永远不换。")
    if known is not None:
        print("账号参数已经有了，只补上 AppSecret。")
    told = listen(options, desk, ("secret",) if known else ("appid", "secret", "token", "aes_key"))
    fields, made = _completed(told, known)
    if made:
        write_keys(options, made)
    parameters.create(options.account, fields, secret=told.get("secret", ""))
    print(f"已保存账号 {options.account}。")
    return 0 if _check(options.account, desk) else unfinished(options.account)


def check(options: argparse.Namespace, desk: Desk) -> None:
    """Raises BadContent when something is wrong."""
    if not _check(options.account, desk):
        raise BadContent("上面标 ✗ 的项目需要处理。")


def show_all(_options: argparse.Namespace, desk: Desk) -> None:
    parameters = desk.parameters()
    names = parameters.names()
    if not names:
        print("还没有账号。")
    for name in names:
        wrong = list(problems(name, parameters))
        fields = {} if wrong else parameters.find(name) or {}
        state = "；".join(wrong) if wrong else "密钥轮换还没有完成" if pending(fields) else "正常"
        print(f"{name}  {fields.get('appid', '')}  {state}".replace("    ", "  "))


def _check(account: str, desk: Desk) -> bool:
    fine = True
    for finding in checks.check_account(account, desk.address(), settings=desk.settings, aws=desk.aws):
        print(finding)
        fine = fine and finding.is_fine
    return fine


def _completed(told: Mapping[str, str], known: Fields | None) -> tuple[Fields, Mapping[str, str]]:
    """The fields of a new account, and which of them were made here because none was given."""
    if known is not None:
        return known, {}
    made = {}
    if not told.get("token"):
        made["token"] = new_token()
    if not told.get("aes_key"):
        made["aes_key"] = new_aes_key()
    fields = {"appid": told.get("appid", ""), "mode": told.get("mode", "safe"),
              "token": told.get("token", ""), "aes_key": told.get("aes_key", "")}  # fmt: skip
    return fields | made, made
