"""One person in WeChat and what stands between them and the account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.local.wechat_simulator.windows import Window

Message = dict[str, Any]  # what is shown in a chat: `type` and the fields of that type


@dataclass(slots=True)
class Entry:
    """One line of the chat. `side` is follower, account or system."""

    seq: int
    at: datetime
    side: str
    message: Message

    def as_json(self) -> Message:
        return {"seq": self.seq, "at": self.at.isoformat(), "from": self.side, **self.message}


@dataclass(slots=True)
class Person:
    """Someone who follows the account, did, or may."""

    openid: str
    account: str
    name: str
    unionid: str = ""
    following: bool = False
    subscribed_at: datetime | None = None
    subscribe_scene: str = ""
    scene: str = ""
    remark: str = ""
    tags: list[int] = field(default_factory=list)
    credits: dict[str, int] = field(default_factory=dict)
    window: Window | None = None
    last_at: datetime | None = None
    last_message_at: datetime | None = None
    receive_off: bool = False
    blacklisted: bool = False
    minor: bool = False
    closed: bool = False
    mass_received: dict[str, int] = field(default_factory=dict)
    typing: bool = False
    platform: str = "1"
    tags_busy_until: datetime | None = None
    chat: list[Entry] = field(default_factory=list)
    unread: int = 0

    def refuse_all(self, template_id: str) -> None:
        """The person refuses a subscription template: what was accepted is gone."""
        self.credits[template_id] = 0

    def as_json(self, now: datetime, tags: Mapping[int, str]) -> Message:
        """For the control API. `tags` are the account's tags by number."""
        window = self.window.as_json() if self.window and self.window.is_open(now) else None
        return {
            "openid": self.openid,
            "name": self.name,
            "account": self.account,
            "following": self.following,
            "subscribed_at": self.subscribed_at.isoformat() if self.subscribed_at else None,
            "subscribe_scene": self.subscribe_scene,
            "scene": self.scene,
            "remark": self.remark,
            "unionid": self.unionid,
            "unread": self.unread,
            "last": self.chat[-1].as_json() if self.chat else None,
            "last_at": self.last_at.isoformat() if self.last_at else None,
            "tags": [{"id": number, "name": tags.get(number, "")} for number in self.tags],
            "credits": dict(self.credits),
            "window": window,
            "receive_off": self.receive_off,
            "blacklisted": self.blacklisted,
            "blocked": self.receive_off or self.blacklisted,
            "minor": self.minor,
            "closed": self.closed,
            "platform": self.platform,
        }
