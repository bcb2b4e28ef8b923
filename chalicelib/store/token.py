"""The access token of an account, shared by every Lambda."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from chalicelib.clock import iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.table import Absent, Equals, Item, Put, Table

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Token:
    """WeChat's stable token and until when it is good. Empty while none was fetched."""

    account: str
    value: str = field(default="", repr=False)
    expires_at: datetime | None = None
    fetched_at: datetime | None = None
    lease_until: datetime | None = None
    """While a refresher is at work, others wait instead of asking WeChat too."""
    lease: str = ""
    """Whose lease it is: a random id."""
    version: int = 0

    def put(self) -> Put:
        """Write it, if it is still as it was read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.access_token(self.account), replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        item: dict[str, Any] = {
            "v": SCHEMA, "account": self.account, "value": self.value, "lease": self.lease, "version": self.version,
        }  # fmt: skip
        return item | {name: iso(getattr(self, name)) for name in _TIMES if getattr(self, name)}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        times = {name: parse_iso(item[name]) for name in _TIMES if name in item}
        return cls(item["account"], item["value"], lease=item["lease"], version=item["version"], **times)


_TIMES = ("expires_at", "fetched_at", "lease_until")


def find(table: Table, account: str) -> Token:
    """The token; an account that never had one gets the empty one."""
    item = table.get(keys.access_token(account))
    return Token.from_item(item) if item else Token(account)
