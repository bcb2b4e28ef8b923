"""Having `token_refresh` fetch an account's token, and explaining why WeChat gives none."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.access_token import scheduled_event
from chalicelib.clock import SHANGHAI
from chalicelib.store import token as tokens
from chalicelib.store.table import Table
from chalicelib.store.token import Token

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]+)")
"""How WeChat names the address that it saw (errmsg of 40164)."""
WHY: Mapping[int, str] = {
    -1: "微信系统繁忙，请过一会儿再试",
    40001: "AppSecret 不对：请在开发接口管理里核对或重置",
    40013: "appid 不对",
    40125: "AppSecret 不对：请在开发接口管理里核对或重置",
    40164: "IP 不在公众号的 IP白名单里",
    40243: "AppSecret 已被冻结：请在开发接口管理里解冻",
    45009: "今天的接口调用次数已用完",
    45011: "调用太频繁，请一分钟后再试",
    50004: "公众号被禁止使用 token 接口",
    50007: "公众号已被冻结",
    61004: "IP 没有登记",
    89501: "这个 IP 正等待公众号管理员确认",
    89503: "这个 IP 需要公众号管理员确认：请管理员在微信里同意",
    89506: "管理员 24 小时内拒绝了这个 IP",
    89507: "管理员 1 小时内拒绝了这个 IP",
}


@dataclass(frozen=True, slots=True)
class TokenState:
    """Whether an account has a good token: until when, or why not."""

    until: datetime | None = None
    trouble: str = ""

    def __str__(self) -> str:
        return f"有效到 {self.until.astimezone(SHANGHAI):%H:%M}" if self.until else self.trouble


def fetch_token(
    account: str, *, function: str, functions: "LambdaClient", table: Table, now: Callable[[], datetime]
) -> TokenState:
    """Invoke the function as a Lambda without a token would, and look into the table."""
    payload = json.dumps(scheduled_event({"account": account, "refused": ""})).encode()
    answer = functions.invoke(FunctionName=function, LogType="Tail", Payload=payload)
    answer["Payload"].close()
    found = tokens.find(table, account)
    if _is_good(found, now()):
        return TokenState(until=found.expires_at)
    return TokenState(trouble=explained(account, answer.get("LogResult", "")))


def explained(account: str, tail: str) -> str:
    """The last trouble with the account's token in the tail of a log as Lambda returns it, in words."""
    troubles = [line for line in _lines(tail) if line.get("account") == account and _is_trouble(line)]
    if not troubles:
        return "token_refresh 没有取到令牌，也没有说明原因（一分钟内刚失败过的话不会再试）：请看它的日志"
    return _reason(troubles[-1])


def _is_trouble(line: Mapping[str, Any]) -> bool:
    return line.get("message") in ("token.refused", "token.unreached")


def _reason(line: Mapping[str, Any]) -> str:
    code, said = line.get("code"), str(line.get("said", ""))
    if code == 40164 and (seen := ADDRESS.search(said)):
        return f"{WHY[40164]}（40164）：微信看到的是 {seen[1]}，把它加进 开发接口管理 → IP白名单"
    if not isinstance(code, int):
        return "连不上微信的接口"
    return f"{WHY.get(code, '微信没有给令牌')}（{code}）"


def _lines(tail: str) -> Iterator[Mapping[str, Any]]:
    """The JSON lines of a log; what Lambda itself writes, and a first line that was cut off, are passed over."""
    for text in base64.b64decode(tail).decode("utf-8", "replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def _is_good(token: Token, at: datetime) -> bool:
    return bool(token.value) and token.expires_at is not None and token.expires_at > at
