"""A job: work that must still happen. The item carries it; a queue message only names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from chalicelib.clock import epoch, iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.keys import Key
from chalicelib.store.table import Absent, Delete, Equals, Item, Put, Table

SCHEMA = 1
PROFILE = "member.profile"
"""The kind of job that asks WeChat about a member; more than one feature wishes for it."""
ERASURE = "member.erasure"
"""The kind of job that removes what else stands under a member who is erased; operators wish for it, too."""
DEAD_LIFE = timedelta(days=30)
"""How long an operator may look at what was given up. It names a person, so it cannot stay for ever."""


@dataclass(frozen=True, slots=True)
class Job:
    """Due from `due_at` on. Only a worker's claim or outcome moves that time or removes the item."""

    account: str
    job_id: str
    kind: str
    due_at: datetime
    payload: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0
    claim: str = ""
    """Who works on it: a random id per claim."""
    trouble: str = ""
    """Class of the last error."""
    dead: bool = False
    version: int = 0

    def __repr__(self) -> str:
        return f"Job(kind={self.kind!r}, job_id={self.job_id!r}, attempts={self.attempts})"

    @property
    def name(self) -> str:
        """What a wake-up says: enough to find the item, and nothing else."""
        return keys.job(self.account, self.job_id).pk

    def put(self) -> Put:
        """Write it, if it is still as it was read; a new one only if it does not exist."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.job(self.account, self.job_id), replace(self, version=self.version + 1).to_item(), unchanged)

    def delete(self) -> Delete:
        """Remove it as done, if it is still as it was read."""
        return Delete(keys.job(self.account, self.job_id), (Equals("version", self.version),))

    def to_item(self) -> dict[str, Any]:
        place = keys.dead if self.dead else keys.due
        due_pk, due_sk = place(self.name, iso(self.due_at))
        life = {"expires_at": epoch(self.due_at + DEAD_LIFE)} if self.dead else {}
        return life | {
            "v": SCHEMA,
            "account": self.account,
            "job_id": self.job_id,
            "kind": self.kind,
            "due_at": iso(self.due_at),
            "payload": dict(self.payload),
            "attempts": self.attempts,
            "claim": self.claim,
            "trouble": self.trouble,
            "dead": self.dead,
            "version": self.version,
            "due_pk": due_pk,
            "due_sk": due_sk,
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            item["job_id"],
            item["kind"],
            parse_iso(item["due_at"]),
            item["payload"],
            item["attempts"],
            item["claim"],
            item["trouble"],
            item["dead"],
            item["version"],
        )


def find(table: Table, name: str) -> Job | None:
    """The job that a wake-up names, None when it is done."""
    item = table.get(Key(name, "JOB"))
    return Job.from_item(item) if item else None


def list_due(table: Table, shard: int, *, now: datetime, limit: int) -> tuple[str, ...]:
    """Names of jobs and pushes that are due, oldest first. Eventually consistent."""
    page = table.list_index(keys.BY_DUE, keys.due_shard(shard), until=iso(now), limit=limit)
    return tuple(keys.due_name(item["due_sk"]) for item in page.items)
