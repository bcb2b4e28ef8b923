"""A receipt: what was decided for one delivery, so that every retry gets the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from chalicelib.clock import epoch
from chalicelib.store import keys
from chalicelib.store.table import Absent, Item, Put

SCHEMA = 1
LIFE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The decision that was committed for a delivery."""

    account: str
    receipt_id: str
    attempt: str
    """Who committed it: a writer whose answer was lost recognises itself."""
    at: datetime
    reply: Mapping[str, Any] | None
    """What the follower is answered, without addresses; None is silence."""
    jobs: tuple[str, ...]
    """Names of the jobs and pushes to wake."""

    def put(self) -> Put:
        return Put(keys.receipt(self.account, self.receipt_id), self.to_item(), (Absent(),))

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "receipt_id": self.receipt_id,
            "attempt": self.attempt,
            "at": epoch(self.at),
            "reply": dict(self.reply) if self.reply is not None else None,
            "jobs": list(self.jobs),
            "expires_at": epoch(self.at + LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        at = datetime.fromtimestamp(item["at"], tz=UTC)
        return cls(item["account"], item["receipt_id"], item["attempt"], at, item["reply"], tuple(item["jobs"]))
