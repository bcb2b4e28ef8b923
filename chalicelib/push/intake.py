"""What other systems and operators ask for: one event each, read field by field into an intent. Pure.

All that is wrong with an event is told at once, by the name of its field, in words for whoever wrote it.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.push import fields
from chalicelib.push.fields import BadField
from chalicelib.sending.intents import Intent
from chalicelib.store.push import Content

LONGEST_WAIT = timedelta(days=90)
"""How far ahead something may be planned: what waits names its recipient."""
TEMPLATE_FIELDS = frozenset({"template", "data", "url", "miniprogram"})
CUSTOM_FIELDS = frozenset({"text", "body"})
FIELDS_OF = {"template": TEMPLATE_FIELDS, "subscribe": TEMPLATE_FIELDS, "kefu": CUSTOM_FIELDS}
"""Fields that count on one channel only."""
NEEDED = ("openid", "kind", "key")
OPENID = fields.matching(r"[A-Za-z0-9_-]{6,64}", "应当是微信给出的 openid")
KIND = fields.matching(r"[a-z][a-z0-9_.-]{0,39}", "应当以小写字母开头，只有小写字母、数字和 _ . -，最多 40 个字符")
KEY = fields.text(128)
DEFAULTS = {"channel": "template", "class": "service"}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a field; without a name, with the event itself."""

    field: str
    message: str


def read(event: object, *, now: datetime) -> Intent | tuple[Flaw, ...]:
    """The intent, or everything that is wrong with the event."""
    if not isinstance(event, Mapping):
        return (Flaw("", "应当是一个 JSON 对象"),)
    given = {str(name): value for name, value in event.items() if value is not None}
    values: dict[str, Any] = dict(DEFAULTS)
    flaws = [Flaw(name, "必须填写") for name in NEEDED if name not in given]
    for name, value in given.items():
        try:
            values[name] = _READERS[name](value)
        except KeyError:
            flaws.append(Flaw(fields.shown(name), "没有这个字段"))
        except BadField as bad:
            flaws.append(Flaw(name, str(bad)))
    if not any(flaw.field == "channel" for flaw in flaws):
        flaws += _misfits(values["channel"], given.keys())
    flaws += _bad_times(values, now)
    return tuple(flaws) if flaws else _intent(values)


def _misfits(channel: str, given: AbstractSet[str]) -> list[Flaw]:
    """Fields that the channel has not, or lacks."""
    foreign = sorted(((TEMPLATE_FIELDS | CUSTOM_FIELDS) - FIELDS_OF[channel]) & given)
    flaws = [Flaw(name, f"{channel} 渠道没有这个字段") for name in foreign]
    if channel == "kefu" and not CUSTOM_FIELDS & given:
        flaws.append(Flaw("text", "必须填写要说的话"))
    if given >= CUSTOM_FIELDS:
        flaws.append(Flaw("text", "text 和 body 只能填写其中一个"))
    if channel != "kefu" and "template" not in given:
        flaws.append(Flaw("template", "必须填写"))
    return flaws


def _bad_times(values: Mapping[str, Any], now: datetime) -> list[Flaw]:
    flaws = [
        Flaw(name, f"最多提前 {LONGEST_WAIT.days} 天")
        for name in ("not_before", "expires_at")
        if name in values and values[name] > now + LONGEST_WAIT
    ]
    if "expires_at" in values and values["expires_at"] <= max(now, values.get("not_before", now)):
        flaws.append(Flaw("expires_at", "必须晚于现在，也晚于 not_before"))
    return flaws


def _intent(values: Mapping[str, Any]) -> Intent:
    content = Content(
        template=values.get("template", ""),
        data=values.get("data", {}),
        url=values.get("url", ""),
        miniprogram=values.get("miniprogram", {}),
        body=values["body"] if "body" in values else _said(values.get("text", "")),
    )
    return Intent(
        openid=values["openid"],
        kind=values["kind"],
        key=values["key"],
        channel=values["channel"],
        content_class=values["class"],
        content=content,
        not_before=values.get("not_before"),
        expires_at=values.get("expires_at"),
        urgent=values.get("urgent", False),
    )


def _said(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}} if text else {}


_READERS = {
    "openid": OPENID,
    "kind": KIND,
    "key": KEY,
    "channel": fields.one_of("template", "subscribe", "kefu"),
    "class": fields.one_of("service", "public", "activity", "product", "brand"),
    "template": fields.matching(r"[A-Za-z0-9_-]{1,64}", "应当是模板 ID"),
    "data": fields.template_data,
    "url": fields.matching(r"https?://[!-~]{1,2000}", "应当是 http 或 https 网址"),
    "miniprogram": fields.miniprogram,
    "text": fields.text(2048, unit="bytes"),
    "body": fields.custom_body,
    "not_before": fields.time,
    "expires_at": fields.time,
    "urgent": fields.yes_or_no,
}
