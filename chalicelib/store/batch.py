"""A mass batch: one message to a frozen list of followers in one call, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from chalicelib.clock import epoch, iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.push import ContentClass, State
from chalicelib.store.table import Absent, Check, Delete, Equals, Item, Put, Table

SCHEMA = 1
LIFE = timedelta(days=400)
LIST_LIFE = timedelta(days=3)
"""After this the table itself drops the recipients, whatever has become of the batch."""
Phase = Literal["freezing", "calling", "closing", "over"]


@dataclass(frozen=True, slots=True)
class Result:
    """What the call came to, or what stands in its way: see `sending/outcomes.py`. `again_at` with `deferred`."""

    state: State
    reason: str = ""
    again_at: datetime | None = None

    def to_item(self) -> dict[str, Any]:
        return {"state": self.state, "reason": self.reason, "again_at": iso(self.again_at) if self.again_at else None}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        again_at = item["again_at"]
        return cls(item["state"], item["reason"], parse_iso(again_at) if again_at else None)


@dataclass(frozen=True, slots=True)
class Batch:
    """Its recipients stand in `parts` parts; to a tag (`tag_id`) it has none, because WeChat knows them."""

    account: str
    batch_id: str
    """32 hexadecimal digits: WeChat's `clientmsgid`."""
    kind: str
    key: str
    """With the kind and the openid, the key of each recipient's push."""
    content_class: ContentClass
    body: Mapping[str, Any]
    """As WeChat takes it: ``{"msgtype": "text", "text": {"content": …}}``."""
    planned_at: datetime
    not_before: datetime
    expires_at: datetime
    total: int
    """Recipients that were asked for."""
    parts: int
    tag_id: int | None = None
    trial: str = ""
    urgent: bool = False
    phase: Phase = "freezing"
    cursor: int = 0
    """The part that the phase has come to."""
    steps: int = 0
    """Jobs that have worked on it: the next one bears this number."""
    frozen_at: datetime | None = None
    """When the first recipient was claimed."""
    frozen: int = 0
    """Recipients who stand on the list of the call."""
    attempts: int = 0
    first_tried_at: datetime | None = None
    calling: bool = False
    """A call was begun, and nothing is known of its end."""
    doubtful: bool = False
    """A call went unanswered: from then on it can only end as accepted or unknown."""
    msgid: str = ""
    result: Result | None = None
    version: int = 0

    def __repr__(self) -> str:
        return f"Batch(kind={self.kind!r}, batch_id={self.batch_id!r}, phase={self.phase!r})"

    @property
    def job_id(self) -> str:
        """Of the job that works on it next."""
        return f"push.mass-{self.batch_id}-{self.steps}"

    def put(self) -> Put:
        """Write it, if it is still as it was read; a new one only if it does not exist."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(
            keys.batch(self.account, self.batch_id), replace(self, version=self.version + 1).to_item(), unchanged
        )

    def unmoved(self) -> Check:
        """Others are written only while it is as it was read: who has lost the batch to another worker stops."""
        return Check(self._key, (Equals("version", self.version),))

    @property
    def _key(self) -> keys.Key:
        return keys.batch(self.account, self.batch_id)

    def to_item(self) -> dict[str, Any]:
        whole: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        whole |= {name: iso(at) for name in _TIMES if (at := getattr(self, name))}
        whole["deadline"] = iso(self.expires_at)
        whole["result"] = self.result.to_item() if self.result else None
        return whole | {"v": SCHEMA, "body": dict(self.body), "expires_at": epoch(self.planned_at + LIFE)}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        given: dict[str, Any] = {name: item[name] for name in _PLAIN}
        given |= {name: parse_iso(item[name]) for name in _TIMES if name in item}
        return cls(
            **given,
            body=item["body"],
            expires_at=parse_iso(item["deadline"]),
            result=Result.from_item(item["result"]) if item["result"] else None,
        )


_PLAIN = ("account", "batch_id", "kind", "key", "content_class", "total", "parts", "tag_id", "trial", "urgent", "phase",
          "cursor", "steps", "frozen", "attempts", "calling", "doubtful", "msgid", "version")  # fmt: skip
_TIMES = ("planned_at", "not_before", "frozen_at", "first_tried_at")


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a batch's recipients, in the order of the call."""

    account: str
    batch_id: str
    number: int
    openids: tuple[str, ...] = field(repr=False)
    planned_at: datetime
    frozen: tuple[str, ...] | None = field(default=None, repr=False)
    """Those of them who were claimed; None until all of them were judged."""

    def put(self) -> Put:
        """Write it as new; who comes second finds it as it was."""
        return Put(self._key, self.to_item(), (Absent(),))

    def put_over(self) -> Put:
        """Write it over itself: together with a check that the batch is unmoved."""
        return Put(self._key, self.to_item())

    def delete(self) -> Delete:
        return Delete(self._key)

    @property
    def _key(self) -> keys.Key:
        return keys.batch_part(self.account, self.batch_id, self.number)

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "batch_id": self.batch_id,
            "number": self.number,
            "openids": list(self.openids),
            "planned_at": iso(self.planned_at),
            "frozen": None if self.frozen is None else list(self.frozen),
            "expires_at": epoch(self.planned_at + LIST_LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        frozen = item["frozen"]
        return cls(
            item["account"],
            item["batch_id"],
            item["number"],
            tuple(item["openids"]),
            parse_iso(item["planned_at"]),
            None if frozen is None else tuple(frozen),
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """What WeChat tells of a mass send when it is through: MASSSENDJOBFINISH."""

    account: str
    number: str
    status: str
    """`send success`, `send fail`, `err(10001)` …"""
    total: int
    filtered: int
    """Those left after blocks and the month's four."""
    sent: int
    failed: int
    at: datetime

    def put(self) -> Put:
        """Write them, whatever stood there: WeChat alone knows."""
        return Put(keys.mass_counts(self.account, self.number), self.to_item())

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "number": self.number,
            "status": self.status,
            "total": self.total,
            "filtered": self.filtered,
            "sent": self.sent,
            "failed": self.failed,
            "at": iso(self.at),
            "expires_at": epoch(self.at + LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        names = ("account", "number", "status", "total", "filtered", "sent", "failed")
        return cls(**{name: item[name] for name in names}, at=parse_iso(item["at"]))


def find(table: Table, account: str, batch_id: str) -> Batch | None:
    item = table.get(keys.batch(account, batch_id))
    return Batch.from_item(item) if item else None


def find_part(table: Table, batch: Batch, number: int) -> Part | None:
    """None when the batch is over, or the table has dropped its recipients."""
    item = table.get(keys.batch_part(batch.account, batch.batch_id, number))
    return Part.from_item(item) if item else None


def find_counts(table: Table, account: str, number: str) -> Counts | None:
    """None until WeChat has told them."""
    item = table.get(keys.mass_counts(account, number))
    return Counts.from_item(item) if item else None
