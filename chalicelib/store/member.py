"""A member: what we know of one follower."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

from chalicelib.clock import iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.table import Absent, Condition, Delete, Equals, Item, Put

SCHEMA = 1
Reachability = Literal["ok", "blocked", "unknown"]
"""Whether notices reach the member: `blocked` until their next message, `unknown` until WeChat told us."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the account waits for in the chat."""

    topic: Literal["suggestions", "erasure", "human", "ticket"]
    until: datetime
    options: tuple[str, ...] = ()
    """With `suggestions`: entry ids, in the order of their numbers. With `ticket`: its number."""

    @property
    def is_question(self) -> bool:
        """Whether the account has asked something. With people, or with a ticket, nothing waits for a reply."""
        return self.topic in ("suggestions", "erasure")

    def is_open(self, now: datetime) -> bool:
        return now < self.until

    def to_item(self) -> dict[str, Any]:
        return {"topic": self.topic, "until": iso(self.until), "options": list(self.options)}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        return cls(item["topic"], parse_iso(item["until"]), tuple(item["options"]))


@dataclass(frozen=True, slots=True)
class Trial:
    """The member's part in a reactivation policy, from the day on which they were given an arm."""

    cycle: str
    """The last day on which they had been active: a new silence is a new cycle."""
    arm: Literal["treatment", "control"]
    assigned_at: datetime
    rung: int = 0
    """The latest one that was planned."""
    returned_at: datetime | None = None
    """Their first own act since."""

    def to_item(self) -> dict[str, Any]:
        item = {"cycle": self.cycle, "arm": self.arm, "assigned_at": iso(self.assigned_at), "rung": self.rung}
        return item | ({"returned_at": iso(self.returned_at)} if self.returned_at else {})

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        returned = item.get("returned_at")
        return cls(
            item["cycle"],
            item["arm"],
            parse_iso(item["assigned_at"]),
            item["rung"],
            parse_iso(returned) if returned else None,
        )


@dataclass(frozen=True, slots=True)
class Member:
    """A follower of the account. `member_no` is random and new after each erasure; nothing else names a person."""

    account: str
    openid: str
    member_no: str
    joined_at: datetime
    following: bool = True
    followed_at: datetime | None = None
    scene: str = ""
    channel: str = ""
    subscribe_scene: str = ""
    unionid: str = ""
    remark: str = ""
    tags: tuple[str, ...] = ()
    last_message_at: datetime | None = None
    last_click_at: datetime | None = None
    last_scan_at: datetime | None = None
    last_active_at: datetime | None = None
    active_day: str = ""
    hours: tuple[int, ...] = (0,) * 24
    """Acts per hour of the day (Asia/Shanghai), halved with each new month."""
    hours_month: str = ""
    credits: Mapping[str, int] = field(default_factory=dict)
    """Subscription sends granted, by template id. What was used stands in the sending ledger."""
    opted_out_at: datetime | None = None
    reachability: Reachability = "unknown"
    conversation: Conversation | None = None
    trials: Mapping[str, Trial] = field(default_factory=dict)
    """The latest trial of each reactivation policy."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What other systems told of the member, to be used in notices: ``{"points": "320"}``."""
    asked_day: str = ""
    """The day on which they were last asked whether an answer had helped."""
    unheard: tuple[str, ...] = ()
    """Tickets whose answer could not be sent: it sets out when they next show themselves."""
    version: int = 0
    """Grows by one with every write; 0 is a member that is not in the table yet."""

    def __repr__(self) -> str:
        return f"Member(member_no={self.member_no!r}, version={self.version})"

    def put(self) -> Put:
        """Write this member, if it is still as it was read."""
        item = self.to_item() | {"version": self.version + 1}
        return Put(keys.member(self.account, self.openid), item, self._unchanged())

    def delete(self) -> Delete:
        """Remove this member, if it is still as it was read."""
        return Delete(keys.member(self.account, self.openid), self._unchanged())

    def _unchanged(self) -> tuple[Condition, ...]:
        """Also the same incarnation: who left and came back begins again with version 1."""
        if not self.version:
            return (Absent(),)
        return Equals("version", self.version), Equals("member_no", self.member_no)

    def to_item(self) -> dict[str, Any]:
        item: dict[str, Any] = {
            "v": SCHEMA,
            "account": self.account,
            "openid": self.openid,
            "member_no": self.member_no,
            "following": self.following,
            "hours": ",".join(map(str, self.hours)),
            "reachability": self.reachability,
            "version": self.version,
        }
        item |= {name: text for name in _TEXTS if (text := getattr(self, name))}
        item |= {name: iso(at) for name in _TIMES if (at := getattr(self, name))}
        if self.tags:
            item["tags"] = list(self.tags)
        if self.credits:
            item["credits"] = dict(self.credits)
        if self.conversation:
            item["conversation"] = self.conversation.to_item()
        if self.trials:
            item["trials"] = {policy: trial.to_item() for policy, trial in self.trials.items()}
        if self.facts:
            item["facts"] = dict(self.facts)
        if self.unheard:
            item["unheard"] = list(self.unheard)
        return item | self._index_keys()

    def _index_keys(self) -> dict[str, str]:
        index: dict[str, str] = {}
        if self.active_day and self.following:
            index["activity_pk"], index["activity_sk"] = keys.activity(self.account, self.active_day, self.openid)
        if self.unionid:
            index["identity_pk"], index["identity_sk"] = keys.identity(self.account, self.unionid, self.openid)
        return index

    @classmethod
    def from_item(cls, item: Item) -> Self:
        conversation = item.get("conversation")
        texts_and_times: dict[str, Any] = {name: item[name] for name in _TEXTS if name in item}
        texts_and_times |= {name: parse_iso(item[name]) for name in _TIMES if name in item}
        return cls(
            account=item["account"],
            openid=item["openid"],
            member_no=item["member_no"],
            following=item["following"],
            tags=tuple(item.get("tags", ())),
            hours=tuple(map(int, item["hours"].split(","))),
            credits=dict(item.get("credits", {})),
            reachability=item["reachability"],
            conversation=Conversation.from_item(conversation) if conversation else None,
            trials={policy: Trial.from_item(trial) for policy, trial in item.get("trials", {}).items()},
            facts=dict(item.get("facts", {})),
            unheard=tuple(item.get("unheard", ())),
            version=item["version"],
            **texts_and_times,
        )


_TEXTS = ("scene", "channel", "subscribe_scene", "unionid", "remark", "active_day", "hours_month", "asked_day")
_TIMES = (
    "joined_at",
    "followed_at",
    "last_message_at",
    "last_click_at",
    "last_scan_at",
    "last_active_at",
    "opted_out_at",
)
