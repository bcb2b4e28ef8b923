"""What a follower can be answered, and how it is written as XML (passive replies)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, assert_never

TEXT_BYTES = 2048
"""Longest text in bytes of UTF-8. Not stated by the official page; every field report agrees on it."""
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Reply:
    """One passive reply. Without addresses: the same reply is written anew for each delivery."""

    kind: Literal["text", "image", "news", "transfer_customer_service"]
    text: str = ""
    media_id: str = ""
    title: str = ""
    description: str = ""
    picture_url: str = ""
    url: str = ""

    def to_item(self) -> dict[str, Any]:
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        return cls(**item)


def text(content: str) -> Reply:
    """A text without what XML forbids, cut with … where it is longer than WeChat takes."""
    return Reply("text", text=shortened(legal(content), TEXT_BYTES))


def to_human() -> Reply:
    """Hand the chat over to human service (transfer_customer_service)."""
    return Reply("transfer_customer_service")


def shortened(content: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, cut between characters and marked with …"""
    raw = content.encode()
    if len(raw) <= limit:
        return content
    return raw[: limit - 3].decode(errors="ignore") + "…"


def legal(content: str) -> str:
    """Without the characters that XML 1.0 cannot carry."""
    return FORBIDDEN.sub("", content)


def render(reply: Reply, *, to: str, sender: str, at: int) -> str:
    """The reply as XML. `at` is epoch seconds."""
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName><FromUserName>{_cdata(sender)}</FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType>{_cdata(reply.kind)}</MsgType>{_content(reply)}</xml>"
    )


def _content(reply: Reply) -> str:
    match reply.kind:
        case "text":
            return f"<Content>{_cdata(reply.text)}</Content>"
        case "image":
            return f"<Image><MediaId>{_cdata(reply.media_id)}</MediaId></Image>"
        case "news":
            return f"<ArticleCount>1</ArticleCount><Articles><item>{_article(reply)}</item></Articles>"
        case "transfer_customer_service":
            return ""
        case unknown:
            assert_never(unknown)


def _article(reply: Reply) -> str:
    return (
        f"<Title>{_cdata(reply.title)}</Title><Description>{_cdata(reply.description)}</Description>"
        f"<PicUrl>{_cdata(reply.picture_url)}</PicUrl><Url>{_cdata(reply.url)}</Url>"
    )


def _cdata(value: str) -> str:
    """A value that can neither close its CDATA section nor hold what XML forbids."""
    return f"<![CDATA[{legal(value).replace(']]>', ']]]]><![CDATA[>')}]]>"
