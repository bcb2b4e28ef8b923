"""Who is told of new tickets: followers of the account who answer them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from chalicelib.store import keys
from chalicelib.store.table import Absent, Equals, Item, Put, Table

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Staff:
    """Of one account. The openids are personal data of people who work there: kept until an operator removes them."""

    account: str
    openids: tuple[str, ...] = ()
    template: str = ""
    """A template for those whose customer-service window is closed; without one they are not told."""
    data: Mapping[str, str] = field(default_factory=dict)
    """Its fields as they are sent: ``{"thing1": "有新的工单"}``."""
    version: int = 0

    def __repr__(self) -> str:
        return f"Staff({len(self.openids)}, version={self.version})"

    def put(self) -> Put:
        """Write it, if it is still as it was read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.staff(self.account), replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "openids": list(self.openids),
            "template": self.template,
            "data": dict(self.data),
            "version": self.version,
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(item["account"], tuple(item["openids"]), item["template"], item["data"], item["version"])


def find(table: Table, account: str) -> Staff:
    """Nobody, where nobody was named yet."""
    item = table.get(keys.staff(account))
    return Staff.from_item(item) if item else Staff(account)
