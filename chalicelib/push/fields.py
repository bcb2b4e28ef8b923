"""One field of an event each: from what came as JSON to what an intent holds. Pure; each raises BadField."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from chalicelib.clock import SHANGHAI, parse_iso
from chalicelib.errors import AppError

UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd-\uffff]")
"""Control characters, halves of characters, and what stands for bytes that were no text."""
MOST_FIELDS = 20
LONGEST_VALUE = 1_000
LONGEST_BODY = 16_000
"""Bytes of a customer-service message as JSON."""
DEEPEST = 6
CUSTOM_KINDS = (
    "text", "image", "voice", "video", "music", "news", "mpnews", "mpnewsarticle", "msgmenu", "wxcard",
    "miniprogrampage",
)  # fmt: skip
"""What WeChat takes as a customer-service message (official page on sending them)."""
LOCAL_TIMES = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S")
"""As people and spreadsheets write times, in Asia/Shanghai. A program's ``T`` without a zone could mean any."""
BESIDE = frozenset({"msgtype", "customservice", "aimsgcontext"})


class BadField(AppError):
    """What is wrong, in words for whoever wrote it; never the value."""


Reader: TypeAlias = Callable[[Any], Any]


def shown(name: str) -> str:
    """A field's name as it may be told again, whoever thought of it."""
    return name if re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", name, re.ASCII) else "（其他字段）"


def matching(pattern: str, otherwise: str) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
            raise BadField(otherwise)
        return value

    return read


def one_of(*names: str) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in names:
            raise BadField(f"只能是 {'、'.join(names)}")
        return value

    return read


def text(most: int, *, unit: Literal["characters", "bytes"] = "characters") -> Reader:
    told = f"应当是 1–{most} {'个字符' if unit == 'characters' else '字节'}的文字"

    def read(value: Any) -> str:
        if not isinstance(value, str) or UNSPEAKABLE.search(value):
            raise BadField(told)
        if not 0 < len(value.encode() if unit == "bytes" else value) <= most:
            raise BadField(told)
        return value

    return read


def time(value: Any) -> datetime:
    for read in (parse_iso, *map(_local, LOCAL_TIMES)):
        try:
            return read(value)
        except (TypeError, ValueError, OverflowError):
            continue
    raise BadField("应当是时间，如 2026-11-11 20:00（北京时间）或 2026-11-11T20:00:00+08:00")


def _local(pattern: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, pattern).replace(tzinfo=SHANGHAI).astimezone(UTC)


def yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadField("只能是 true 或 false")
    return value


def template_data(value: Any) -> dict[str, str]:
    """``{"thing1": "苹果"}``, and WeChat's own ``{"thing1": {"value": "苹果"}}``."""
    if not isinstance(value, Mapping) or not 0 < len(value) <= MOST_FIELDS:
        raise BadField(f"应当是 1–{MOST_FIELDS} 个模板字段")
    return {_field_name(name): _field_value(name, given) for name, given in value.items()}


def _field_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,31}", name, re.ASCII):
        raise BadField("模板字段名只有字母、数字和下划线，如 thing1")
    return name


def _field_value(name: str, given: Any) -> str:
    value = given.get("value") if isinstance(given, Mapping) and set(given) <= {"value", "color"} else given
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST_VALUE or UNSPEAKABLE.search(value):
        raise BadField(f"{name} 应当是文字，最多 {LONGEST_VALUE} 个字符")
    return value


def miniprogram(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) - {"appid", "pagepath"}:
        raise BadField("应当只有 appid 和 pagepath")
    appid, page = value.get("appid"), value.get("pagepath", "")
    if not isinstance(appid, str) or not re.fullmatch(r"wx[0-9a-z]{16}", appid):
        raise BadField("appid 应当是 wx 开头的 18 个字符")
    if not isinstance(page, str) or len(page) > LONGEST_VALUE or UNSPEAKABLE.search(page):
        raise BadField(f"pagepath 应当是文字，最多 {LONGEST_VALUE} 个字符")
    return {"appid": appid, "pagepath": page} if page else {"appid": appid}


def custom_body(value: Any) -> dict[str, Any]:
    """A customer-service message as WeChat takes it, but for whom it is for."""
    kind = value.get("msgtype") if isinstance(value, Mapping) else None
    if not isinstance(kind, str) or kind not in CUSTOM_KINDS or not isinstance(value.get(kind), Mapping):
        raise BadField(f"应当是客服消息，msgtype 只能是 {'、'.join(CUSTOM_KINDS)}，并有同名的内容")
    if strange := sorted(set(value) - BESIDE - {kind}):
        raise BadField(f"不能有 {shown(strange[0])}")
    if not _is_plain(value, DEEPEST) or len(json.dumps(value)) > LONGEST_BODY:
        raise BadField(f"只能有文字和整数，最多 {DEEPEST} 层、{LONGEST_BODY} 字节")
    return dict(value)


def _is_plain(value: Any, depth: int) -> bool:
    """Whether the table can hold it, and WeChat be told it."""
    if isinstance(value, Mapping):
        return depth > 0 and all(_is_plain(name, 0) and _is_plain(one, depth - 1) for name, one in value.items())
    if isinstance(value, list):
        return depth > 0 and all(_is_plain(one, depth - 1) for one in value)
    return (isinstance(value, str) and not UNSPEAKABLE.search(value)) or (type(value) is int and abs(value) < 2**63)
