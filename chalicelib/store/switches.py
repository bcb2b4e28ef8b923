"""What is paused, and by whom: read before each send, so that a pause holds at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from chalicelib.clock import iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.table import Absent, Equals, Item, Put, Table

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when, and why: ``operator``, or the code of what the system saw."""

    since: datetime
    reason: str

    def to_item(self) -> dict[str, str]:
        return {"since": iso(self.since), "reason": self.reason}

    @classmethod
    def from_item(cls, item: Mapping[str, str]) -> Self:
        return cls(parse_iso(item["since"]), item["reason"])


@dataclass(frozen=True, slots=True)
class Switches:
    """Pauses of the account, of kinds and of channels; and which kinds have shown that they may run today."""

    account: str
    paused: Pause | None = None
    kinds: Mapping[str, Pause] = field(default_factory=dict)
    channels: Mapping[str, Pause] = field(default_factory=dict)
    cleared: Mapping[str, str] = field(default_factory=dict)
    """The day (Asia/Shanghai) for which a kind's canary batch came back well."""
    version: int = 0

    def put(self) -> Put:
        """Write it, if it is still as it was read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.switches(self.account), replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "paused": self.paused.to_item() if self.paused else None,
            "kinds": {name: pause.to_item() for name, pause in self.kinds.items()},
            "channels": {name: pause.to_item() for name, pause in self.channels.items()},
            "cleared": dict(self.cleared),
            "version": self.version,
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            Pause.from_item(item["paused"]) if item["paused"] else None,
            {name: Pause.from_item(pause) for name, pause in item["kinds"].items()},
            {name: Pause.from_item(pause) for name, pause in item["channels"].items()},
            item["cleared"],
            item["version"],
        )


def find(table: Table, account: str) -> Switches:
    """The switches; a new account has none thrown."""
    item = table.get(keys.switches(account))
    return Switches.from_item(item) if item else Switches(account)
