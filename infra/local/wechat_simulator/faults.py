"""Faults that someone ordered: which there are, which are waiting, whom they hit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from threading import Lock
from typing import Any, Self

from infra.local.wechat_simulator.pay.notice import Notice
from infra.local.wechat_simulator.push import Push
from infra.local.wechat_simulator.refusal import Refused

CALLBACK_FAULTS = {
    "duplicate": "先后推送，一共 copies 次",
    "concurrent": "同时推送，一共 copies 次",
    "delayed": "推迟 seconds 秒才推送",
    "reordered": "等下一个推送之后才推送（最多等 seconds 秒）",
    "reply_lost": "服务器已回应，但微信没有收到，于是重试",
    "slow": "连接要花 seconds 秒，算在 5 秒之内",
    "unreachable": "连接不上服务器",
    "previous_key": "用上一个 EncodingAESKey 加密",
    "wrong_appid": "密文里的 appid 是别人的",
    "bad_padding": "密文的填充不合法",
    "doctype": "XML 带 DTD 和外部实体（where：outer 或 inner）",
    "oversized": "正文大到 size 字节（where：outer 或 inner）",
    "truncated": "正文只传了一半",
    "event_case": "Event 的大小写变了（name：upper、lower 或 swap）",
    "missing_msgid": "消息没有 MsgId",
    "unknown_event": "没见过的事件",
    "stale_timestamp": "时间戳是 seconds 秒以前的，签名正确",
    "forged_signature": "签名是伪造的",
    "wrong_content_type": "Content-Type 不是 XML",
    "missing_query": "少了查询参数 name",
    "duplicate_query": "查询参数 name 出现两次",
    "not_utf8": "正文不是 UTF-8（where：outer 或 inner）",
}
API_FAULTS = {
    "api_errcode": "返回 errcode",
    "api_status": "返回 HTTP status",
    "api_not_json": "返回的不是 JSON",
    "api_timeout_before": "没有受理，也不回应",
    "api_timeout_after": "已经受理，但不回应",
    "api_reset_before": "没有受理，连接断开",
    "api_reset_after": "已经受理，然后连接断开",
    "api_slow": "慢 seconds 秒",
    "api_token_rejected": "无论 token 如何都返回 40001",
    "api_busy": "系统繁忙，-1",
    "api_daily_quota": "当天额度用完，45009",
    "api_minute_quota": "每分钟额度用完，45011",
}
PAY_FAULTS = {
    "pay_lost": "通知再也不来，只能查单",
    "pay_duplicate": "先后通知，一共 copies 次",
    "pay_probe": "通知之前先来一次验签探测（SIGNTEST）",
    "pay_reply_lost": "商户已回应，但微信没有收到，于是重试",
    "pay_unreachable": "连接不上商户",
    "pay_forged_signature": "签名是伪造的",
    "pay_unknown_serial": "公钥编号是没见过的",
    "pay_stale_timestamp": "时间戳是 seconds 秒以前的，签名正确",
    "pay_wrong_key": "用别的 APIv3 密钥加密",
}
ALL_FAULTS = {**CALLBACK_FAULTS, **API_FAULTS, **PAY_FAULTS}
FIRST_ATTEMPT_ONLY = frozenset({"reply_lost", "slow", "unreachable"})
LARGEST = 1e9
BOUNDS = {
    "times": (1, LARGEST),
    "attempts": (1, LARGEST),
    "seconds": (0, LARGEST),
    "copies": (1, 100),
    "size": (0, 50_000_000),
    "status": (200, 599),
}
SECONDS = {
    "delayed": 5.0,
    "reordered": 10.0,
    "slow": 2.0,
    "stale_timestamp": 600.0,
    "api_slow": 2.0,
    "pay_stale_timestamp": 600.0,
}


@dataclass(slots=True)
class Fault:
    """One ordered fault. `times` is how often it still strikes; None is for ever."""

    kind: str
    id: int = 0
    times: int | None = 1
    account: str = ""
    openid: str = ""
    event: str = ""
    path: str = ""
    attempts: int | None = None
    seconds: float = 0.0
    copies: int = 2
    size: int = 200_000
    where: str = "outer"
    name: str = "nonce"
    errcode: int = -1
    errmsg: str = ""
    status: int = 502

    @classmethod
    def from_json(cls, order: Mapping[str, Any]) -> Self:
        known = {one.name: one.type for one in fields(cls) if one.name != "id"}
        unknown = sorted(set(order) - set(known))
        if unknown:
            raise Refused(f"故障没有这些设置：{'、'.join(unknown)}")
        if order.get("kind") not in ALL_FAULTS:
            raise Refused(f"没有这种故障：{order.get('kind')}")
        for name, value in order.items():
            lowest, highest = BOUNDS.get(name, (-LARGEST, LARGEST))
            is_number = isinstance(value, int | float)
            if not _fits(value, str(known[name])) or (is_number and not lowest <= value <= highest):
                raise Refused(f"故障设置 {name} 的值不合适")
        return cls(**{**_defaults(str(order["kind"])), **order})

    def hits(self, *, account: str, openid: str, event: str) -> bool:
        return (
            self.account in ("", account) and self.openid in ("", openid) and self.event.lower() in ("", event.lower())
        )

    def touches(self, attempt: int) -> bool:
        return self.attempts is None or attempt <= self.attempts

    def as_json(self) -> dict[str, object]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def _defaults(kind: str) -> dict[str, Any]:
    return {
        "attempts": 1 if kind in FIRST_ATTEMPT_ONLY else None,
        "seconds": SECONDS.get(kind, 0.0),
    }


def _fits(value: object, kind: str) -> bool:
    if value is None:
        return "None" in kind
    if "str" in kind:
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        return False
    return "float" in kind or isinstance(value, int)


class FaultList:
    """The faults that wait to strike. Safe between threads."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()
        self._last = 0

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._last += 1
            fault.id = self._last
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults = []

    def waiting(self) -> tuple[Fault, ...]:
        with self._lock:
            return tuple(self._faults)

    def for_push(self, push: Push) -> Sequence[Fault]:
        """Those that strike this push; each has struck once more."""
        held = ("delayed", "reordered") if push.was_held else ()
        return self._strike(
            lambda one: (
                one.kind in CALLBACK_FAULTS
                and one.kind not in held
                and one.hits(account=push.account, openid=push.openid, event=push.event or push.msg_type)
            )
        )

    def for_notice(self, notice: Notice) -> Sequence[Fault]:
        """Those that strike this attempt to tell the merchant."""
        return self._strike(
            lambda one: (
                one.kind in PAY_FAULTS
                and one.hits(account=notice.account, openid=notice.openid, event=notice.event_type)
            )
        )

    def for_call(self, account: str, path: str) -> Sequence[Fault]:
        """Those that strike this API call."""
        return self._strike(
            lambda one: one.kind in API_FAULTS and one.account in ("", account) and one.path in ("", path)
        )

    def _strike(self, hits: Callable[[Fault], bool]) -> Sequence[Fault]:
        if not self._faults:
            return ()
        with self._lock:
            struck = tuple(one for one in self._faults if hits(one))
            for one in struck:
                one.times = None if one.times is None else one.times - 1
            self._faults = [one for one in self._faults if one.times is None or one.times > 0]
        return struck
