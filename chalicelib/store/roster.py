"""A walk over the account's followers: how far it has come, and the pages that are still to be gone through."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from chalicelib.clock import epoch, iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.table import Absent, Delete, Equals, Item, Put, Table, all_items
from chalicelib.store.tolerance import known

SCHEMA = 1
PART_LIFE = timedelta(days=30)
"""After this the table itself drops openids that nobody has gone through."""
Kind = Literal["import", "reconcile"]
Phase = Literal["listing", "settling", "checking", "over", "stopped"]
"""WeChat's list is read; what was read is gone through; our own members are checked; done; something is not right."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far our own members have been walked through: behind `openid` of a day's shard."""

    day: str
    shard: int = 0
    openid: str = field(default="", repr=False)

    def to_item(self) -> dict[str, Any]:
        return {"day": self.day, "shard": self.shard, "openid": self.openid}


@dataclass(frozen=True, slots=True)
class Run:
    """The latest walk of its kind. Only its own job and operators write it."""

    account: str
    kind: Kind
    run_id: str
    started_at: datetime
    pace: int = 2
    """Pages of WeChat's list per minute; each holds up to 10,000 followers."""
    daily: bool = False
    """The next one begins a day after this one did."""
    phase: Phase = "listing"
    cursor: str = field(default="", repr=False)
    """The last openid that WeChat has listed; gone when the list is through."""
    place: Place | None = None
    total: int = 0
    """Followers, as WeChat counts them."""
    listed: int = 0
    pages: int = 0
    parts: int = 0
    settled: int = 0
    """Parts whose outcome is in `counts`."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Followers by what became of them."""
    restarts: int = 0
    """How often WeChat did not know the cursor any more."""
    steps: int = 0
    """Jobs that have worked on it: the next one bears this number."""
    waits_for: str = ""
    """`quota` while the day's calls are used up."""
    due_at: datetime | None = None
    """When its next job is due."""
    finished_at: datetime | None = None
    last_counts: Mapping[str, int] = field(default_factory=dict)
    """Of the walk before, where they are daily."""
    last_finished_at: datetime | None = None
    version: int = 0

    def __repr__(self) -> str:
        return f"Run(kind={self.kind!r}, run_id={self.run_id!r}, phase={self.phase!r})"

    @property
    def job_id(self) -> str:
        """Of the job that works on it next."""
        return f"followers.list-{self.run_id}-{self.steps}"

    @property
    def is_over(self) -> bool:
        return self.phase in ("over", "stopped")

    def put(self) -> Put:
        """Write it, if it is still as it was read; a new one only if there is none."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        key = keys.roster_run(self.account, self.kind)
        return Put(key, replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        item: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        item |= {name: iso(at) for name in _TIMES if (at := getattr(self, name))}
        place = self.place.to_item() if self.place else None
        return item | {"v": SCHEMA, "counts": dict(self.counts), "last_counts": dict(self.last_counts), "place": place}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        given: dict[str, Any] = {name: item[name] for name in _PLAIN}
        given |= {name: parse_iso(item[name]) for name in _TIMES if name in item}
        place = Place(**known(Place, item["place"])) if item["place"] else None
        return cls(**given, counts=item["counts"], last_counts=item["last_counts"], place=place)


_PLAIN = ("account", "kind", "run_id", "pace", "daily", "phase", "cursor", "total", "listed", "pages", "parts",
          "settled", "restarts", "steps", "waits_for", "version")  # fmt: skip
_TIMES = ("started_at", "due_at", "finished_at", "last_finished_at")


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the openids of a page. What is through is named no longer."""

    account: str
    kind: Kind
    run_id: str
    number: int
    openids: tuple[str, ...] = field(repr=False)
    """Those that are still to be gone through."""
    listed_at: datetime
    """Just before WeChat was asked for the page."""
    counts: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)
    """What of `counts` the journal knows already."""
    steps: int = 0
    version: int = 0

    @property
    def job_id(self) -> str:
        """Of the job that works on it next."""
        return f"followers.part-{self.run_id}-{self.number}-{self.steps}"

    def put(self) -> Put:
        """Write it, if it is still as it was read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(self._key, replace(self, version=self.version + 1).to_item(), unchanged)

    def delete(self) -> Delete:
        """Remove it, if it is still as it was read."""
        return Delete(self._key, (Equals("version", self.version),))

    @property
    def _key(self) -> keys.Key:
        return keys.roster_part(self.account, self.run_id, self.number)

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "kind": self.kind,
            "run_id": self.run_id,
            "number": self.number,
            "openids": list(self.openids),
            "listed_at": iso(self.listed_at),
            "counts": dict(self.counts),
            "told": dict(self.told),
            "steps": self.steps,
            "version": self.version,
            "expires_at": epoch(self.listed_at + PART_LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            item["kind"],
            item["run_id"],
            item["number"],
            tuple(item["openids"]),
            parse_iso(item["listed_at"]),
            item["counts"],
            item["told"],
            item["steps"],
            item["version"],
        )


def find(table: Table, account: str, kind: Kind) -> Run | None:
    """The latest walk of the kind."""
    item = table.get(keys.roster_run(account, kind))
    return Run.from_item(item) if item else None


def find_part(table: Table, account: str, run_id: str, number: int) -> Part | None:
    """None when it is through and counted."""
    item = table.get(keys.roster_part(account, run_id, number))
    return Part.from_item(item) if item else None


def list_parts(table: Table, run: Run) -> tuple[Part, ...]:
    """Those that are not counted yet, in the order of the list; few, because a walk waits for its parts."""
    return tuple(map(Part.from_item, all_items(table, keys.roster_partition(run.account, run.run_id))))
