"""A member's sending ledger: what workers and finish events write, apart from what the member does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from chalicelib.store import keys
from chalicelib.store.table import Absent, Delete, Equals, Item, Put

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Sends:
    """Subscription sends that were used, by template id. Bound to one incarnation of the member."""

    account: str
    openid: str
    member_no: str
    credits_used: Mapping[str, int] = field(default_factory=dict)
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

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "openid": self.openid,
            "member_no": self.member_no,
            "credits_used": dict(self.credits_used),
            "version": self.version,
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(item["account"], item["openid"], item["member_no"], item["credits_used"], item["version"])
