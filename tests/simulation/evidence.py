"""What was seen of a run: deliveries and answers on the way, the table at its end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from tests.simulation.notices import Notices

Item: TypeAlias = Mapping[str, Any]
Content: TypeAlias = tuple[tuple[str, str], ...] | None
"""A reply without its time; None is silence."""


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one delivery was answered."""

    status: int
    content: Content = None
    from_memory: bool = False
    """The table was out of reach: a plain question was answered without effects, and counted as Degraded."""


@dataclass(slots=True)
class Push:
    """Something that WeChat told us, however often."""

    fields: Mapping[str, Any]
    answers: list[Answer] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.fields.get("Event", "")).lower() or str(self.fields["MsgType"])

    @property
    def text(self) -> str:
        return str(self.fields.get("Content", ""))

    @property
    def openid(self) -> str:
        return str(self.fields.get("OpenID") or self.fields["FromUserName"])

    @property
    def created(self) -> datetime:
        return datetime.fromtimestamp(int(self.fields["CreateTime"]), tz=UTC)

    @property
    def settled(self) -> list[Answer]:
        """Answers that were accepted: what they say is true of the table."""
        return [answer for answer in self.answers if answer.status == 200 and not answer.from_memory]


@dataclass(slots=True)
class Evidence:
    """Everything that the invariants look at."""

    pushes: dict[bytes, Push] = field(default_factory=dict)
    """By their XML: two pushes that are told apart nowhere else are two here."""
    hostile: list[tuple[int, bool]] = field(default_factory=list)
    """Of each request that is not WeChat's: the status of its answer, and whether the table changed."""
    token_calls: list[int] = field(default_factory=list)
    """Calls to WeChat of each run of `token_refresh`."""
    refreshes: list[int] = field(default_factory=list)
    """Runs of `token_refresh` that each invocation asked for."""
    printed: list[str] = field(default_factory=list)
    """What Lambdas wrote to their output: metrics."""
    following: dict[str, bool] = field(default_factory=dict)
    """Who follows, as WeChat knows it."""
    followed_at: dict[str, datetime] = field(default_factory=dict)
    """When they began to, where they do."""
    bystander: tuple[Any, Any] = ((), ())
    """The items of someone who did nothing, before and after."""
    erased: set[str] = field(default_factory=set)
    """Whom an operator erased."""
    notices: Notices = field(default_factory=Notices)
    """What was to be told to followers, and what WeChat took of it."""
    account: str = ""
    items: list[Item] = field(default_factory=list)
    now: datetime = LONG_AGO
    unrest: str = ""
    """Why the run did not come to rest."""

    def partition(self, prefix: str) -> list[Item]:
        return [item for item in self.items if item["pk"].startswith(prefix)]

    def settled(self, openid: str = "") -> Iterator[Push]:
        return (push for push in self.pushes.values() if push.settled and openid in ("", push.openid))

    @property
    def members(self) -> list[Item]:
        return [item for item in self.partition("M#") if item["sk"] == "PROFILE"]

    @property
    def receipts(self) -> list[Item]:
        return self.partition("R#")

    @property
    def jobs(self) -> list[Item]:
        return self.partition("J#")

    @property
    def callback_entries(self) -> list[Item]:
        return [entry for entry in self.partition("L#") if "-" not in entry["entry_id"]]

    @property
    def job_entries(self) -> list[Item]:
        return [
            entry
            for entry in self.partition("L#")
            if "-" in entry["entry_id"] and entry["what"] not in ("operator", "push", "trial", "ticket")
        ]

    @property
    def push_entries(self) -> list[Item]:
        return [entry for entry in self.partition("L#") if entry["what"] == "push"]
