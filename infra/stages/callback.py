"""Asking the callback address as WeChat's console does when the operator presses 提交."""

import secrets
from datetime import datetime
from urllib.parse import urlencode

from chalicelib.clock import epoch
from chalicelib.wechat.envelope import signature
from infra.stages.aws import Fetch


def url_of(address: str, account: str) -> str:
    """What is entered as 服务器地址(URL)."""
    return f"{address.rstrip('/')}/wechat/{account}"


def trouble(url: str, *, token: str, fetch: Fetch, now: datetime) -> str:
    """Why WeChat would not accept this address, in words for the operator; nothing when it would."""
    stamp, nonce, echo = str(epoch(now)), secrets.token_hex(8), secrets.token_hex(16)
    query = {"signature": signature(token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "echostr": echo}
    status, body = fetch(f"{url}?{urlencode(query)}")
    if status == 200 and body == echo:
        return ""
    return WHY.get(status, f"回答了 {status}" if status else "没有回答")


WHY = {
    200: "回答的内容不对：这个地址上不是本系统",
    403: "签名没有通过：Token 不一致，或者本机的时间差了五分钟以上（改过的参数要五分钟后才生效）",
    404: "这个环境不认识这个账号（刚刚添加的话，一分钟后再试）",
    500: "函数出错：请看日志里的 door.failed",
}
