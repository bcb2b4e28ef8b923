"""A push: one message that a follower shall get at most once. The item is its ledger; a queue message only names it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from chalicelib.clock import epoch, iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.keys import Key
from chalicelib.store.table import Absent, AtMost, Condition, Equals, Item, Patch, Put, Table, all_keys
from chalicelib.store.tolerance import known

SCHEMA = 1
LIFE = timedelta(days=400)
DEAD_LIFE = timedelta(days=30)
"""How long what was given up still names its recipient, so that an operator can release it."""
LOOKS_EVERY = timedelta(hours=24)
"""A push that waits longer is looked at in between: who has left by then is named no more."""

Channel = Literal["template", "subscribe", "kefu", "mass"]
ContentClass = Literal["service", "public", "activity", "product", "brand"]
State = Literal[
    "planned", "deferred", "claimed", "sent", "delivered", "undelivered", "failed", "held", "expired", "unknown", "dead"
]
Final = Literal["delivered", "undelivered"]
"""Told by WeChat after the send."""
RANKS: Mapping[str, int] = {"planned": 0, "deferred": 0, "claimed": 0, "sent": 2, "unknown": 1, "dead": 1, "failed": 1}
"""A finish event writes over lower ranks only: `delivered` and `undelivered` are the last word, as are the others."""
LAST_WORD = 3
OPEN: frozenset[str] = frozenset({"planned", "deferred", "claimed"})
"""States in which something will still happen by itself."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the follower shall read. Which fields count depends on the channel."""

    template: str = ""
    """Template id, of `template` and `subscribe`."""
    data: Mapping[str, str] = field(default_factory=dict)
    """The template's fields: ``{"thing1": "会员日"}``."""
    url: str = ""
    miniprogram: Mapping[str, str] = field(default_factory=dict)
    """``{"appid": …, "pagepath": …}``; wins over `url`."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """Of `kefu` and `mass`: as WeChat takes it, ``{"msgtype": "text", "text": {"content": …}}``."""

    def __repr__(self) -> str:
        return f"Content(template={self.template!r})"

    def to_item(self) -> dict[str, Any]:
        whole = {
            "template": self.template,
            "data": dict(self.data),
            "url": self.url,
            "miniprogram": dict(self.miniprogram),
            "body": dict(self.body),
        }
        return {name: value for name, value in whole.items() if value}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        return cls(**known(cls, item))


@dataclass(frozen=True, slots=True)
class Push:
    """Due from `due_at` on, while its state is open. Only a claim or an outcome moves it."""

    account: str
    push_id: str
    """32 hexadecimal digits, from account, openid, kind and key: the idempotency key, and WeChat's `client_msg_id`."""
    kind: str
    channel: Channel
    content_class: ContentClass
    openid: str
    """Empty once the push has its outcome."""
    group: str
    """What its sends are serialised by: the beginning of the openid's handle. Empty with the openid."""
    content: Content
    planned_at: datetime
    not_before: datetime
    expires_at: datetime
    due_at: datetime
    urgent: bool = False
    """Heeds no quiet hours."""
    batch: str = ""
    """The mass batch that it is sent with; such a push is claimed by its batch, not by itself."""
    trial: str = ""
    """The reactivation run that it belongs to: ``policy#cycle``."""
    member_no: str = ""
    """Known from the first claim on."""
    state: State = "planned"
    reason: str = ""
    """Why it was put off, held, or how it failed: a code of `sending/reasons.py`, or WeChat's."""
    epoch: int = 0
    """Grows with each claim: a worker's outcome counts only under its own."""
    attempts: int = 0
    first_tried_at: datetime | None = None
    """The first attempt that WeChat may have accepted, or the one under way: its key is remembered from then on."""
    doubtful: bool = False
    """An attempt went unanswered: from then on it can only end as accepted or unknown."""
    msgid: str = ""
    sent_at: datetime | None = None
    version: int = 0

    def __repr__(self) -> str:
        return f"Push(kind={self.kind!r}, push_id={self.push_id!r}, state={self.state!r})"

    @property
    def key(self) -> Key:
        return keys.push(self.account, self.push_id)

    @property
    def name(self) -> str:
        """What a wake-up says: enough to find the item and its group, and nothing else."""
        return f"{self.key.pk}~{self.group}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def put(self) -> Put:
        """Write it, if it is still as it was read; a new one only if its key was never used.

        A claimed one also only while no finish event has overtaken the worker.
        """
        unchanged: tuple[Condition, ...] = (Absent(),)
        if self.version:
            unchanged = (Equals("version", self.version), AtMost("rank", 1))
        return Put(self.key, replace(self, version=self.version + 1).to_item(), unchanged)

    def closed(self, state: State, reason: str = "") -> Self:
        """With its outcome; a dead one keeps whom it is for, so that an operator can release it."""
        if state == "dead":
            return replace(self, state=state, reason=reason)
        return replace(self, state=state, reason=reason, openid="", group="", content=Content(self.content.template))

    def to_item(self) -> dict[str, Any]:
        item: dict[str, Any] = {
            "v": SCHEMA,
            "account": self.account,
            "push_id": self.push_id,
            "kind": self.kind,
            "channel": self.channel,
            "content_class": self.content_class,
            "content": self.content.to_item(),
            "planned_at": iso(self.planned_at),
            "not_before": iso(self.not_before),
            "deadline": iso(self.expires_at),
            "due_at": iso(self.due_at),
            "state": self.state,
            "rank": RANKS.get(self.state, LAST_WORD),
            "epoch": self.epoch,
            "attempts": self.attempts,
            "version": self.version,
            "expires_at": epoch(self.planned_at + LIFE),
        }
        item |= {name: text for name in _TEXTS if (text := getattr(self, name))}
        item |= {name: iso(at) for name in _TIMES if (at := getattr(self, name))}
        item |= {name: True for name in ("urgent", "doubtful") if getattr(self, name)}
        return item | self._index()

    def _index(self) -> dict[str, Any]:
        if self.state == "dead":
            due_pk, due_sk = keys.dead(self.name, iso(self.due_at))
            return {"due_pk": due_pk, "due_sk": due_sk, "expires_at": epoch(self.due_at + DEAD_LIFE)}
        if not self.is_open:
            return {}
        due_pk, due_sk = keys.due(self.name, iso(self.due_at))
        return {"due_pk": due_pk, "due_sk": due_sk}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        given: dict[str, Any] = {name: item[name] for name in (*_PLAIN, *_TEXTS) if name in item}
        given |= {
            name: parse_iso(item[name]) for name in (*_TIMES, "planned_at", "not_before", "due_at") if name in item
        }
        return cls(
            **{"openid": "", "group": ""} | given,
            content=Content.from_item(item["content"]),
            expires_at=parse_iso(item["deadline"]),
            urgent=item.get("urgent", False),
            doubtful=item.get("doubtful", False),
        )


_PLAIN = ("account", "push_id", "kind", "channel", "content_class", "state", "epoch", "attempts", "version")
_TEXTS = ("openid", "group", "batch", "trial", "member_no", "reason", "msgid")
_TIMES = ("first_tried_at", "sent_at")


def find(table: Table, name: str) -> Push | None:
    """The push that a wake-up names; None when there is none."""
    item = table.get(Key(pk_of(name), "PUSH"))
    return Push.from_item(item) if item else None


def pk_of(name: str) -> str:
    return name.partition("~")[0]


def group_of(name: str) -> str:
    return name.partition("~")[2]


def list_dead(table: Table, account: str, group: str) -> Iterator[Push]:
    """The pushes of this group that wait for an operator. Reads the keys of all that do."""
    for key in all_keys(table, keys.BY_DUE, keys.DEAD):
        name = keys.due_name(key["due_sk"])
        if group_of(name) != group or not pk_of(name).startswith(f"P#{account}#"):
            continue
        push = find(table, name)
        if push and push.state == "dead":
            yield push


def finished(account: str, push_id: str, state: Final, reason: str, msgid: str) -> Patch:
    """What a finish event makes of a push, whatever worker may still be at it. Written once, over lower ranks only."""
    return Patch(
        keys.push(account, push_id),
        {"state": state, "reason": reason, "msgid": msgid, "rank": LAST_WORD, "content": {}},
        (AtMost("rank", LAST_WORD - 1),),
        remove=("due_pk", "due_sk", "openid", "group"),
    )
