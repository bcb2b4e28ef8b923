"""A member's sending ledger: what workers and finish events write, apart from what the member does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Self

from chalicelib.clock import iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.member import Member
from chalicelib.store.table import Absent, Delete, Equals, Item, Put
from chalicelib.store.tolerance import known

SCHEMA = 2
"""Since 2 it holds the recent pushes."""
RECENT = 8
"""Pushes that are remembered, so that a finish event finds its own."""
SendState = Literal["claimed", "unknown", "sent", "delivered", "undelivered", "failed"]


@dataclass(frozen=True, slots=True)
class Sent:
    """One push to the member, from its claim on. Refused ones are taken out again.

    What `state` says here the push says too: whatever moves one of them moves the other in the same transaction.
    """

    push_id: str
    kind: str
    channel: str
    at: datetime
    """When it was claimed."""
    counts: bool
    """Whether it counts against the caps: all but service notices do."""
    state: SendState = "claimed"
    msgid: str = ""
    template: str = ""
    trial: str = ""
    doubtful: bool = False
    """Tried again under its key: WeChat may tell its end under another number than it gave us."""

    def to_item(self) -> dict[str, Any]:
        item = {
            "push_id": self.push_id,
            "kind": self.kind,
            "channel": self.channel,
            "at": iso(self.at),
            "counts": self.counts,
            "state": self.state,
            "msgid": self.msgid,
            "template": self.template,
            "trial": self.trial,
            "doubtful": self.doubtful,
        }
        return {name: value for name, value in item.items() if value not in ("", False)}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        return cls(**{"counts": False} | known(cls, item) | {"at": parse_iso(item["at"])})


@dataclass(frozen=True, slots=True)
class Sends:
    """Bound to one incarnation of the member."""

    account: str
    openid: str
    member_no: str
    credits_used: Mapping[str, int] = field(default_factory=dict)
    """Subscription sends that were used, by template id."""
    recent: tuple[Sent, ...] = ()
    """The newest last, at most RECENT."""
    nudged_at: tuple[datetime, ...] = ()
    """When pushes that count against the caps were claimed, for as long as a cap looks back."""
    window_opened_at: datetime | None = None
    window_used: int = 0
    """Customer-service messages sent in the window that was opened then."""
    masses: Mapping[str, int] = field(default_factory=dict)
    """Mass messages by month, ``{"2026-11": 2}``."""
    version: int = 0

    def __repr__(self) -> str:
        return f"Sends(member_no={self.member_no!r}, version={self.version})"

    def put(self) -> Put:
        """Write it, if it is still as it was read."""
        read = (Equals("version", self.version), Equals("member_no", self.member_no))
        unchanged = read if self.version else (Absent(),)
        return Put(keys.sends(self.account, self.openid), replace(self, version=self.version + 1).to_item(), unchanged)

    def delete(self) -> Delete:
        return Delete(keys.sends(self.account, self.openid))

    def find(self, push_id: str) -> Sent | None:
        return next((sent for sent in self.recent if sent.push_id == push_id), None)

    def with_sent(self, sent: Sent) -> Self:
        """With this push among the recent ones, in its place or as the newest."""
        if self.find(sent.push_id):
            return replace(self, recent=tuple(sent if one.push_id == sent.push_id else one for one in self.recent))
        return replace(self, recent=(*self.recent, sent)[-RECENT:])

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "openid": self.openid,
            "member_no": self.member_no,
            "credits_used": dict(self.credits_used),
            "recent": [sent.to_item() for sent in self.recent],
            "nudged_at": [iso(at) for at in self.nudged_at],
            "window_opened_at": iso(self.window_opened_at) if self.window_opened_at else None,
            "window_used": self.window_used,
            "masses": dict(self.masses),
            "version": self.version,
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Also of schema 1, which knew of credits alone."""
        opened = item.get("window_opened_at")
        return cls(
            account=item["account"],
            openid=item["openid"],
            member_no=item["member_no"],
            credits_used=item["credits_used"],
            recent=tuple(map(Sent.from_item, item.get("recent", ()))),
            nudged_at=tuple(map(parse_iso, item.get("nudged_at", ()))),
            window_opened_at=parse_iso(opened) if opened else None,
            window_used=item.get("window_used", 0),
            masses=item.get("masses", {}),
            version=item["version"],
        )


def sends_of(member: Member | None, item: Item | None) -> Sends | None:
    """The ledger of the member's own incarnation; None where what stands there is of an earlier one."""
    sends = Sends.from_item(item) if item else None
    return sends if sends and member and sends.member_no == member.member_no else None
