"""Some days in a row, and what they come to together. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from chalicelib.store.figures import Figures

Column: TypeAlias = tuple[str, Callable[[Figures], int]]


@dataclass(frozen=True, slots=True)
class Channel:
    """Who came and who left by one channel."""

    name: str
    came: int
    left: int

    @property
    def net(self) -> int:
        return self.came - self.left


@dataclass(frozen=True, slots=True)
class Period:
    """Days of one account. `figures` has those that were counted."""

    account: str
    days: tuple[str, ...]
    figures: tuple[Figures, ...]

    def of_day(self, day: str) -> Figures | None:
        return next((figures for figures in self.figures if figures.day == day), None)

    def total(self, group: str) -> Counter[str]:
        """A group's figures over all days."""
        return sum((Counter(figures.counts.get(group, {})) for figures in self.figures), Counter())

    def groups(self) -> tuple[str, ...]:
        return tuple(sorted({group for figures in self.figures for group in figures.counts}))

    def channels(self) -> tuple[Channel, ...]:
        """By what they brought, the best first."""
        came, left = self.total("channels.in"), self.total("channels.out")
        channels = (Channel(name, came[name], left[name]) for name in came | left)
        return tuple(sorted(channels, key=lambda channel: (-channel.net, -channel.came, channel.name)))


def period(account: str, first: date, last: date, figures: Iterable[Figures]) -> Period:
    days = ((first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1))
    return Period(account, tuple(days), tuple(figures))


def amount(figures: Figures, group: str, *names: str) -> int:
    """The sum of these figures of a group, or of all of them."""
    known = figures.counts.get(group, {})
    return sum(known.get(name, 0) for name in names) if names else sum(known.values())


def came(figures: Figures) -> int:
    return amount(figures, "follows", "new", "returned")


def left(figures: Figures) -> int:
    return amount(figures, "unfollows")


def total(figures: Sequence[Figures], column: Callable[[Figures], int]) -> int:
    return sum(map(column, figures))


COLUMNS: tuple[Column, ...] = (
    ("关注", came),
    ("其中回来", lambda day: amount(day, "follows", "returned")),
    ("取关", left),
    ("净增", lambda day: came(day) - left(day)),
    ("活跃会员", lambda day: day.active),
    ("消息", lambda day: amount(day, "messages")),
    ("已回答", lambda day: amount(day, "faq", "answer")),
    ("反问", lambda day: amount(day, "faq", "clarify")),
    ("没答上", lambda day: amount(day, "faq", "miss")),
    ("转人工", lambda day: amount(day, "human", "transfer")),
    ("退订", lambda day: amount(day, "marketing", "opted_out")),
)
"""What a day is told by."""
NOT_ADDED = frozenset({"活跃会员"})
"""Who is active on two days is one member: such figures have no sum."""
