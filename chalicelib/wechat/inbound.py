"""One delivery from WeChat, verified and parsed: what happened, to whom, and the id of its receipt."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from chalicelib.errors import Refused
from chalicelib.wechat.events import ABOUT_NOBODY, ABOUT_OPENID, EVENTS, Event
from chalicelib.wechat.fields import Fields, read, text_of
from chalicelib.wechat.messages import MESSAGES, Message
from chalicelib.wechat.tree import tree

CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
NAME = re.compile(r"[A-Za-z0-9_@.\-]{1,64}")
KIND = re.compile(r"[a-z0-9_]{1,64}")
TIME = re.compile(r"[0-9]{1,11}")
EARLIEST, LATEST = 1_000_000_000, 9_999_999_999


@dataclass(frozen=True, slots=True)
class Unknown:
    """A kind that this version does not know."""


Body: TypeAlias = Message | Event | Unknown


@dataclass(frozen=True, slots=True)
class Inbound:
    """`kind` is the message type, or `event.` and the event's name in lower case, known or not."""

    receipt_id: str
    kind: str
    openid: str
    """Whom it concerns: the sender, the `OpenID` of the body, or nobody (empty)."""
    sender: str
    recipient: str
    """The account's original id (`gh_…`)."""
    created: datetime
    """CreateTime: WeChat's clock, whole seconds."""
    body: Body

    def __repr__(self) -> str:
        return f"Inbound(kind={self.kind!r}, receipt_id={self.receipt_id!r})"

    @property
    def is_message(self) -> bool:
        return not self.kind.startswith("event.")


def parse(xml: bytes, *, appid: str) -> Inbound:
    """Read decrypted or plain XML. Raises Refused when it is no message of WeChat's shape."""
    fields = tree(xml)
    sender, recipient = _name(fields, "FromUserName"), _name(fields, "ToUserName")
    kind = _kind(fields)
    return Inbound(
        receipt_id=receipt_id(fields, appid=appid),
        kind=kind,
        openid=_subject(fields, kind, sender),
        sender=sender,
        recipient=recipient,
        created=_created(fields),
        body=_body(kind, fields),
    )


def receipt_id(fields: Fields, *, appid: str) -> str:
    """A hash over all that tells one delivery from another, and nothing that differs between its retries.

    MsgId alone, and FromUserName with CreateTime alone, both collide in the field.
    """
    telling: Any = fields
    if text_of(fields.get("MsgType")).lower() != "event" and text_of(fields.get("MsgId")):
        telling = {name: fields.get(name) for name in ("FromUserName", "CreateTime", "MsgType", "MsgId")}
    return hashlib.sha256(CANONICAL([appid, telling]).encode()).hexdigest()


def _name(fields: Fields, tag: str) -> str:
    name = text_of(fields.get(tag))
    if not NAME.fullmatch(name):
        raise Refused("xml.names")
    return name


def _kind(fields: Fields) -> str:
    message_type, event = (text_of(fields.get(tag)).lower() for tag in ("MsgType", "Event"))
    is_event = message_type == "event"
    if not KIND.fullmatch(event if is_event else message_type):
        raise Refused("xml.type")
    return f"event.{event}" if is_event else message_type


def _body(kind: str, fields: Fields) -> Body:
    event = kind.removeprefix("event.")
    if event in EVENTS and event != kind:
        return read(EVENTS[event], fields)
    if kind in MESSAGES:
        return read(MESSAGES[kind], fields)
    return Unknown()


def _created(fields: Fields) -> datetime:
    created = text_of(fields.get("CreateTime"))
    if not TIME.fullmatch(created) or not EARLIEST <= int(created) <= LATEST:
        raise Refused("xml.time")
    return datetime.fromtimestamp(int(created), tz=UTC)


def _subject(fields: Fields, kind: str, sender: str) -> str:
    event = kind.removeprefix("event.")
    if event == kind:
        return sender
    if event in ABOUT_OPENID:
        return _name(fields, "OpenID")
    return "" if event in ABOUT_NOBODY else sender
