"""What the commands about pushes share: what states, channels and classes are called, and the account."""

import argparse
from collections.abc import Mapping
from datetime import datetime

from chalicelib.clock import SHANGHAI
from chalicelib.credentials import Credentials
from chalicelib.errors import BadContent, CredentialsError, UnknownAccount
from chalicelib.runtime import runtime
from chalicelib.sending.reasons import in_words

STATES: Mapping[str, str] = {
    "planned": "等待发送",
    "deferred": "推迟发送",
    "claimed": "正在发送",
    "sent": "微信已受理",
    "delivered": "已送达",
    "undelivered": "未送达",
    "failed": "微信拒绝",
    "held": "没有发送",
    "expired": "过期，没有发送",
    "unknown": "结果未知",
    "dead": "已放弃，等待处理",
}
CHANNELS: Mapping[str, str] = {
    "template": "模板消息",
    "subscribe": "订阅通知",
    "kefu": "客服消息",
    "mass": "群发",
}
CLASSES: Mapping[str, str] = {
    "service": "服务通知",
    "public": "公共信息",
    "activity": "活动",
    "product": "产品",
    "brand": "品牌",
}


def state(name: str, reason: str) -> str:
    """Where it stands, and why."""
    return f"{STATES.get(name, name)}：{in_words(reason)}" if reason else STATES.get(name, name)


def at(time: datetime) -> str:
    """As the operator's clock shows it."""
    return f"{time.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def credentials(account: str) -> Credentials:
    """Raises BadContent when the account is not known, or its parameter is wrong."""
    try:
        return runtime().accounts.find(account)
    except UnknownAccount:
        raise BadContent(f"没有公众号 {account}。名字写对了吗？看一下 ops account list") from None
    except CredentialsError as error:
        raise BadContent(f"账号 {account} 不能用：{error}") from None


def pair(text: str) -> tuple[str, str]:
    """An option like ``thing2=草莓两盒``."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text} 应当写成 字段=内容")
    return name, value
