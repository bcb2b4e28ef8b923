"""What stays of a member who left: a keyed hash, the time, and whether they had opted out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from chalicelib.clock import epoch, iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.table import Absent, Check, Delete, Equals, Item, Put

SCHEMA = 1
LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Keeps late retries, jobs and imports from reviving a member; only an act newer than `at` does."""

    account: str
    handle: str
    """Keyed HMAC of the openid."""
    at: datetime
    opted_out: bool = False

    def put(self) -> Put:
        return Put(keys.tombstone(self.account, self.handle), self.to_item())

    def put_over(self, known: Self | None) -> Put:
        """Write it in place of the one that was read, or of none: a later leaving and an opt-out are not undone."""
        stands = (Equals("at", iso(known.at)), Equals("opted_out", known.opted_out)) if known else (Absent(),)
        return Put(keys.tombstone(self.account, self.handle), self.to_item(), stands)

    def delete(self) -> Delete:
        """Remove it, if it is still as it was read."""
        return Delete(keys.tombstone(self.account, self.handle), (Equals("at", iso(self.at)),))

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "handle": self.handle,
            "at": iso(self.at),
            "opted_out": self.opted_out,
            "expires_at": epoch(self.at + LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(item["account"], item["handle"], parse_iso(item["at"]), item["opted_out"])


def still_absent(account: str, handle: str) -> Check:
    """Let a member be created only if nobody has left meanwhile."""
    return Check(keys.tombstone(account, handle), (Absent(),))
