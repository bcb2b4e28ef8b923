"""What stays of a member who left or had everything erased: a keyed hash, the time, and whether they had opted out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from chalicelib.clock import epoch, iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.table import Absent, Check, Delete, Equals, Item, Patch, Put

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
    follows: bool = False
    """They had everything erased and follow still: nobody we know, but nobody who left."""

    def put(self) -> Put:
        return Put(keys.tombstone(self.account, self.handle), self.to_item())

    def put_over(self, known: Self | None) -> Put:
        """Write it in place of the one that was read, or of none: a later leaving and an opt-out are not undone."""
        stands = (Equals("at", iso(known.at)), Equals("opted_out", known.opted_out)) if known else (Absent(),)
        return Put(keys.tombstone(self.account, self.handle), self.to_item(), stands)

    def delete(self) -> Delete:
        """Remove it, if it is still as it was read."""
        return Delete(keys.tombstone(self.account, self.handle), (Equals("at", iso(self.at)),))

    def prolong(self, now: datetime) -> Patch:
        """Keep it for its full life from now on, if it is still as it was read."""
        stands = (Equals("at", iso(self.at)),)
        return Patch(keys.tombstone(self.account, self.handle), {"expires_at": epoch(now + LIFE)}, stands)

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "handle": self.handle,
            "at": iso(self.at),
            "opted_out": self.opted_out,
            "follows": self.follows,
            "expires_at": epoch(self.at + LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Also of one that was written before it told who follows still."""
        at, follows = parse_iso(item["at"]), item.get("follows", False)
        return cls(item["account"], item["handle"], at, item["opted_out"], follows)


def still_absent(account: str, handle: str) -> Check:
    """Let a member be created only if nobody has left meanwhile."""
    return Check(keys.tombstone(account, handle), (Absent(),))
