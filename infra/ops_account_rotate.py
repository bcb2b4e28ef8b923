"""``ops account rotate``: new keys for an account, step by step, and no message is lost on the way."""

import argparse
import sys
from datetime import timedelta

from chalicelib.clock import SHANGHAI, parse_iso
from chalicelib.credentials import KEPT
from chalicelib.errors import BadContent
from infra.ops_desk import Desk, listen, write_keys
from infra.stages import callback, checks
from infra.stages.accounts import AccountParameters, Fields, new_aes_key, new_token, pending

AGREED = "yes"
IN_FLIGHT = timedelta(minutes=10)
"""WeChat delivers within seconds; who has just changed the console waits for as long as our functions keep a key."""


def rotate(options: argparse.Namespace, desk: Desk) -> int:
    """One step of a rotation; which one follows from what is stored, so that it may be interrupted anywhere.

    1 when a new AppSecret is stored and gets no token.
    """
    parameters = desk.parameters()
    fields = parameters.find(options.account)
    if fields is None:
        raise BadContent(f"没有账号 {options.account}：先运行 ops account add --account {options.account}")
    if options.app_secret:
        return _rotate_app_secret(options, desk, parameters)
    if options.finish:
        _finish(options, desk, parameters, fields)
    elif new := pending(fields):
        write_keys(options, new)
        _say_what_is_next(options.account, desk, fields)
    else:
        _begin(options, desk, parameters, fields)
    return 0


def _begin(options: argparse.Namespace, desk: Desk, parameters: AccountParameters, fields: Fields) -> None:
    if options.from_stdin:
        told = listen(options, desk, ())
        new = {name: told[name] for name in ("token", "aes_key") if told.get(name)}
        if not new:
            raise BadContent("标准输入里没有新的 token 或 aes_key。")
    else:
        new = {"token": new_token(), "aes_key": new_aes_key()}
        write_keys(options, new)
    parameters.begin_rotation(options.account, fields, new, now=desk.aws.now())
    print("第一步完成：新旧 Token 和 EncodingAESKey 现在都有效。")
    _say_what_is_next(options.account, desk, parameters.find(options.account) or {})


def _say_what_is_next(account: str, desk: Desk, fields: Fields) -> None:
    ready = parse_iso(str(fields["rotated_at"])) + KEPT
    url = callback.url_of(desk.address(), account)
    wait = (
        f"等到 {ready.astimezone(SHANGHAI):%H:%M}（函数最多把旧参数记住五分钟），"
        if desk.aws.now() < ready
        else "现在就可以"
    )
    print(f"第二步：{wait}在公众号后台 设置与开发 → 开发接口管理 → 服务器配置 → 修改配置：")
    print(f"  服务器地址(URL) 不变：{url}\n  令牌(Token) 和 消息加解密密钥(EncodingAESKey)：换成新的")
    print(f"第三步：提交成功十分钟以后运行 ops account rotate --account {account} --finish 停用旧的。")


def _finish(options: argparse.Namespace, desk: Desk, parameters: AccountParameters, fields: Fields) -> None:
    if not pending(fields):
        print("没有正在进行的轮换。")
        return
    earliest = parse_iso(str(fields["rotated_at"])) + IN_FLIGHT
    if desk.aws.now() < earliest:
        raise BadContent(f"太早了：路上可能还有用旧密钥的消息，请在 {earliest.astimezone(SHANGHAI):%H:%M} 以后再运行。")
    if (
        not options.from_stdin
        and desk.ask("公众号后台已经提交新的 Token 和密钥了吗？输入 yes 停用旧的：").strip() != AGREED
    ):
        raise BadContent("旧的继续有效。")
    parameters.finish_rotation(options.account, fields)
    print("旧的 Token 和 EncodingAESKey 已停用，五分钟内生效。请删除写有新密钥的文件。")


def _rotate_app_secret(options: argparse.Namespace, desk: Desk, parameters: AccountParameters) -> int:
    """The old one ends the moment WeChat's console makes a new one; tokens that it gave out go on."""
    told = listen(options, desk, ("secret",))
    parameters.replace_secret(options.account, told.get("secret", ""))
    print("已保存新的 AppSecret。")
    found = checks.check_token(options.account, settings=desk.settings, aws=desk.aws)
    print(found)
    print("还有效的令牌是旧 AppSecret 取得的；它到期前十分钟会用新的去取，到时请再运行一次 ops account check。")
    return 0 if found.is_fine else unfinished(options.account)


def unfinished(account: str) -> int:
    """The exit code of what was stored and does not work."""
    print(f"已经保存，但上面标 ✗ 的项目需要处理；处理以后运行 ops account check --account {account}。", file=sys.stderr)
    return 1
