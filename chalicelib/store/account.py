"""An account's state: what every message must know, read with each of them."""

from dataclasses import dataclass, replace
from typing import Any, Self

from chalicelib.store import keys
from chalicelib.store.table import Absent, Equals, Item, Put, Table

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class AccountState:
    """`release` is the FAQ release that answers; 0 is none. Switching it is publishing or rolling back."""

    account: str
    release: int = 0
    version: int = 0

    def put(self) -> Put:
        """Write it, if it is still as it was read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.account_state(self.account), replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        return {"v": SCHEMA, "account": self.account, "release": self.release, "version": self.version}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(item["account"], item["release"], item["version"])


def find(table: Table, account: str) -> AccountState:
    """The state; a new account has the first one."""
    item = table.get(keys.account_state(account))
    return AccountState.from_item(item) if item else AccountState(account)
