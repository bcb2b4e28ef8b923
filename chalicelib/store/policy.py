"""A reactivation policy: whom to speak to after how much silence, by what, and within which limits."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

from chalicelib.store import keys
from chalicelib.store.push import Channel, ContentClass
from chalicelib.store.table import Absent, Equals, Item, Put, Table, all_items
from chalicelib.store.tolerance import known

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One way to say it. Placeholders in the content, ``{points}``, are filled from what is known of the member."""

    channel: Channel
    content_class: ContentClass
    template: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    text: str = ""
    """Of `kefu` and `mass`."""


@dataclass(frozen=True, slots=True)
class Rung:
    """After so much silence the first step is taken that is allowed then. Either days, or hours, is given.

    With hours (less than 48) the follower's customer-service window is still open when it is sent.
    """

    steps: tuple[Step, ...]
    days: int = 0
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Audience:
    """Empty is no restriction."""

    any_tag: tuple[str, ...] = ()
    no_tag: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    """Scenes that they came by."""
    joined_before: str = ""
    """A day, ``YYYY-MM-DD``, Asia/Shanghai."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many members are planned at most."""

    per_tick: int = 200
    per_day: int = 2_000


@dataclass(frozen=True, slots=True)
class Backlog:
    """Those who were silent beyond the first rung when the policy began: how far back, and in which order."""

    days: int = 0
    order: Literal["newest", "oldest"] = "newest"


@dataclass(frozen=True, slots=True)
class Policy:
    """`version` grows with each save; a disabled policy plans nothing, and what it has planned waits."""

    account: str
    name: str
    rungs: tuple[Rung, ...]
    """In the order of the silence."""
    audience: Audience = field(default_factory=Audience)
    hold_out: int = 10
    """Percent of the members who are not spoken to, so that one can tell what speaking does."""
    limits: Limits = field(default_factory=Limits)
    backlog: Backlog = field(default_factory=Backlog)
    repeat_days: int = 0
    """After the last rung, again each so many days of further silence; 0 is never."""
    first_day: str = ""
    last_day: str = ""
    """Days, ``YYYY-MM-DD``, Asia/Shanghai, both included. Empty is unlimited."""
    stop_unfollows: int = 0
    """Percent of the treated who unfollow within a week, above which the policy disables itself; 0 is never."""
    enabled: bool = False
    enabled_on: str = ""
    """The day on which it was last enabled (Asia/Shanghai)."""
    retired: bool = False
    """Removed: never planned, and kept because its pushes, trials and figures bear its name. Saved anew it is a new
    one, whose version goes on."""
    version: int = 0

    @property
    def kind(self) -> str:
        """The kind of the pushes that it plans."""
        return kind_of(self.name)

    def put(self) -> Put:
        """Write it, if it is still as it was read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.policy(self.account, self.name), replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        return {"v": SCHEMA, **_plain(asdict(self))}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        given = known(cls, item)
        audience = known(Audience, item["audience"])
        audience |= {name: tuple(value) for name, value in audience.items() if isinstance(value, list)}
        given["rungs"] = tuple(map(_rung, item["rungs"]))
        given["audience"] = Audience(**audience)
        given["limits"] = Limits(**known(Limits, item["limits"]))
        given["backlog"] = Backlog(**known(Backlog, item["backlog"]))
        return cls(**given)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a policy has been planned: everything before it is planned, what follows is not."""

    account: str
    policy: str
    day: str
    """The day that is planned (Asia/Shanghai)."""
    began_on: str
    """The first day that was ever planned: with it goes the backlog."""
    target: int = 0
    """Which of the day's cohorts."""
    shard: int = 0
    after: str = ""
    """How the openid begins that was planned last in the shard: enough to go on, too little to name a person."""
    counted_on: str = ""
    counted: int = 0
    """Members planned on that day, against the limit of a day."""
    ladder: str = ""
    """Which rungs `target` counts the cohorts of: when they are changed, the day begins anew."""
    version: int = 0

    def put(self) -> Put:
        """Write it, if it is still as it was read."""
        unchanged = (Equals("version", self.version),) if self.version else (Absent(),)
        return Put(keys.run(self.account, self.policy), replace(self, version=self.version + 1).to_item(), unchanged)

    def to_item(self) -> dict[str, Any]:
        return {"v": SCHEMA, **asdict(self)}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(**known(cls, item))


def kind_of(name: str) -> str:
    """The kind of the pushes that the policy of this name plans."""
    return f"reactivation.{name}"


def find(table: Table, account: str, name: str) -> Policy | None:
    """Also one that was removed."""
    item = table.get(keys.policy(account, name))
    return Policy.from_item(item) if item else None


def list_all(table: Table, account: str) -> Iterator[Policy]:
    """Every policy of the account, by name, those that were removed among them."""
    return map(Policy.from_item, all_items(table, keys.policy(account, "").pk, prefix=keys.POLICY))


def cursor(table: Table, policy: Policy) -> Cursor | None:
    """None before its first tick."""
    item = table.get(keys.run(policy.account, policy.name))
    return Cursor.from_item(item) if item else None


def _rung(item: Mapping[str, Any]) -> Rung:
    return Rung(tuple(Step(**known(Step, step)) for step in item["steps"]), item["days"], item["hours"])


def _plain(value: Any) -> Any:
    """Tuples as lists, as the table holds them."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value
