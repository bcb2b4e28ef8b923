"""What became of the pushes of some days: one row per kind, and why those that were not sent were not. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import NamedTuple, Self, TypeAlias

from chalicelib.journal.tallies import REST
from chalicelib.store.policy import kind_of
from infra.figures.period import Period


class Reason(NamedTuple):
    """So many pushes of a kind came to this state for this reason: a code of ours, or WeChat's."""

    kind: str
    state: str
    reason: str
    pushes: int


@dataclass(frozen=True, slots=True)
class Pushes:
    """Of one kind. What was planned is `waiting` or has gone one of the ways below it, always."""

    kind: str
    planned: int = 0
    sent: int = 0
    """Taken by WeChat, whatever became of it there."""
    delivered: int = 0
    undelivered: int = 0
    failed: int = 0
    held: int = 0
    expired: int = 0
    unknown: int = 0
    dead: int = 0
    unfollowed: int = 0
    """Followers who left within a day."""
    returned: int = 0
    """Of a reactivation: followers who were spoken to, or were to be, and acted within seven days of the draw."""

    @property
    def ended(self) -> int:
        return self.sent + self.failed + self.held + self.expired + self.unknown + self.dead

    @property
    def waiting(self) -> int:
        """Of what was planned in the period. None, where more has ended that was planned before it."""
        return max(0, self.planned - self.ended)

    @property
    def earlier(self) -> int:
        """How many at least were planned before the period, and ended in it."""
        return max(0, self.ended - self.planned)

    @property
    def unreported(self) -> int:
        """Taken by WeChat, which has not told their end; of some channels it never does."""
        return max(0, self.sent - self.delivered - self.undelivered)

    def plus(self, other: "Pushes") -> Self:
        return type(self)(self.kind, *(getattr(self, name) + getattr(other, name) for name in NUMBERS))


NUMBERS = tuple(field.name for field in fields(Pushes))[1:]
Column: TypeAlias = tuple[str, Callable[[Pushes], int]]
COLUMNS: tuple[Column, ...] = (
    ("计划", lambda one: one.planned),
    ("等待", lambda one: one.waiting),
    ("微信受理", lambda one: one.sent),
    ("送达", lambda one: one.delivered),
    ("未送达", lambda one: one.undelivered),
    ("被拒绝", lambda one: one.failed),
    ("未发", lambda one: one.held),
    ("过期", lambda one: one.expired),
    ("未知", lambda one: one.unknown),
    ("放弃", lambda one: one.dead),
    ("随后取关", lambda one: one.unfollowed),
    ("七天内回来", lambda one: one.returned),
)


def of_kinds(period: Period, *, kind: str = "") -> tuple[Pushes, ...]:
    """Every kind of the period, or the one, those with most pushes first. An unknown that cleared up later, and a dead
    one that was released, are counted where they went."""
    counted = {name: period.total(f"push.{name}") for name in (*NUMBERS, "resolved", "released")}
    counted["returned"] = _returned(period)
    kinds = [kind] if kind else sorted(set().union(*counted.values()))
    found = []
    for one in kinds:
        numbers = {name: counted[name][one] for name in NUMBERS}
        numbers["unknown"] = max(0, numbers["unknown"] - counted["resolved"][one])
        numbers["dead"] = max(0, numbers["dead"] - counted["released"][one])
        found.append(Pushes(one, **numbers))
    return tuple(sorted(found, key=lambda pushes: (-max(pushes.planned, pushes.ended), pushes.kind)))


def total(kinds: Iterable[Pushes]) -> Pushes:
    whole = Pushes("")
    for one in kinds:
        whole = whole.plus(one)
    return whole


def reasons(period: Period, *, kind: str = "") -> tuple[Reason, ...]:
    """The most frequent first."""
    ranked = period.total("push.reasons").most_common()
    found = (_reason(name, pushes) for name, pushes in ranked if name != REST)
    return tuple(reason for reason in found if kind in ("", reason.kind))


def _returned(period: Period) -> Counter[str]:
    """By kind: the returns of those whom a policy drew to be spoken to, on whichever day that was."""
    found = Counter[str]()
    for name, number in period.total("trial.returned").items():
        policy, *drawn = name.split("/")
        if drawn[:1] == ["treatment"]:
            found[kind_of(policy)] += number
    return found


def _reason(name: str, pushes: int) -> Reason:
    kind, state, reason = name.split("/", 2)
    return Reason(kind, state, reason, pushes)
