"""The account's tags at WeChat, and what is to be told to WeChat of our members' tags."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from chalicelib.clock import epoch, iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.store.table import Absent, Delete, Equals, Item, Put, Table

SCHEMA = 1
CHANGE_LIFE = timedelta(days=30)
TOGETHER = timedelta(minutes=1)
"""For so long changes are gathered."""
MIRROR = "followers.tags"
"""The kind of job that tells WeChat; more than one feature wishes for it."""


@dataclass(frozen=True, slots=True)
class Tags:
    """`ids` by name, as WeChat has told. `ours` are those that we have given to followers: WeChat's word on who bears
    one of them is ours, coming back."""

    account: str
    ids: Mapping[str, int] = field(default_factory=dict)
    ours: tuple[str, ...] = ()
    as_of: datetime | None = None
    """When WeChat was asked; None while it never was."""
    version: int = 0

    @property
    def names(self) -> Mapping[int, str]:
        return {number: name for name, number in self.ids.items()}

    def put(self) -> Put:
        """Write them, if they are still as they were read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.tags(self.account), replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "ids": dict(self.ids),
            "ours": list(self.ours),
            "as_of": iso(self.as_of) if self.as_of else "",
            "version": self.version,
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        as_of = parse_iso(item["as_of"]) if item["as_of"] else None
        return cls(item["account"], item["ids"], tuple(item["ours"]), as_of, item["version"])


@dataclass(frozen=True, slots=True)
class TagChange:
    """A member's tags have changed here, and WeChat does not know yet. What holds is decided when it is told: what the
    member bears by then."""

    account: str
    openid: str
    member_no: str
    change_id: str
    tags: tuple[str, ...]
    """The names that were added or taken away."""
    at: datetime

    def __repr__(self) -> str:
        return f"TagChange(member_no={self.member_no!r})"

    def put(self) -> Put:
        return Put(keys.tag_change(self.account, self.openid, self.change_id), self.to_item())

    def delete(self) -> Delete:
        return Delete(keys.tag_change(self.account, self.openid, self.change_id))

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "openid": self.openid,
            "member_no": self.member_no,
            "change_id": self.change_id,
            "tags": list(self.tags),
            "at": iso(self.at),
            "expires_at": epoch(self.at + CHANGE_LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        at = parse_iso(item["at"])
        return cls(item["account"], item["openid"], item["member_no"], item["change_id"], tuple(item["tags"]), at)


def told_later(before: Member, after: Member, change_id: str, *, now: datetime) -> tuple[TagChange, Job] | None:
    """The change between two states of a member, and the job that tells WeChat; None where no tag has changed.

    The job waits a little, so that one call tells of many followers.
    """
    changed = tuple(sorted({*before.tags} ^ {*after.tags}))
    if not changed:
        return None
    change = TagChange(after.account, after.openid, after.member_no, change_id, changed, now)
    return change, Job(after.account, f"{MIRROR}-{change_id}", MIRROR, now + TOGETHER)


def find(table: Table, account: str) -> Tags:
    """As far as they are known."""
    item = table.get(keys.tags(account))
    return Tags.from_item(item) if item else Tags(account)


def list_changes(table: Table, account: str, *, limit: int) -> Iterator[TagChange]:
    """Some that WeChat does not know yet, all of one follower together."""
    return map(TagChange.from_item, table.list_partition(keys.tag_changes_partition(account), limit=limit).items)
