"""Trials counted from the journal itself: slow, and each member counts once, with the first assignment of the period.

Who falls silent again is assigned again, always to the same arm. Such assignments are not independent of each other,
and counting them all makes intervals too narrow; the daily figures cannot tell them apart, the journal can.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.clock import shanghai_day
from chalicelib.journal.trials import LOST, WITHIN
from chalicelib.store.journal import Entry
from infra.reactivation.counted import OBSERVED, Cohort, Counted, Reached


class End(NamedTuple):
    """A trial's return, or its loss."""

    at: datetime
    assigned_day: str
    hours: int
    is_loss: bool


class Advance(NamedTuple):
    """A member's being reached by a later rung."""

    member_no: str
    arm: str
    rung: int
    at: datetime


@dataclass(slots=True)
class Ledger:
    """Takes entries in any order and remembers what they tell of one policy's trials."""

    policy: str
    days: frozenset[str]
    first: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    """When each member was first assigned in the days, and to which arm."""
    advances: list[Advance] = field(default_factory=list)
    ends: dict[str, list[End]] = field(default_factory=dict)

    def watching(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The same entries, on their way to whoever else counts them."""
        for entry in entries:
            self.note(entry)
            yield entry

    def note(self, entry: Entry) -> None:
        if entry.what == "trial" and entry.details["policy"] == self.policy and shanghai_day(entry.at) in self.days:
            self._note_trial(entry, str(entry.details["arm"]))
        for text in filter(None, str(entry.details.get("trials", "")).split(";")):
            policy, _, day, hours = text.split("/")
            if policy == self.policy:
                end = End(entry.at, day, int(hours), entry.outcome in LOST)
                self.ends.setdefault(entry.member_no, []).append(end)

    def counted(self, days: Sequence[str]) -> Counted:
        cohorts = dict[tuple[str, str], Cohort]()
        for member_no, (at, arm) in self.first.items():
            day = shanghai_day(at)
            ends = [end for end in self.ends.get(member_no, ()) if end.assigned_day == day and end.hours < WITHIN]
            before = cohorts.get((day, arm), Cohort())
            returned, lost = any(not end.is_loss for end in ends), any(end.is_loss for end in ends)
            cohorts[day, arm] = Cohort(before.assigned + 1, before.returned + returned, before.lost + lost)
        return Counted(tuple(days), cohorts, self._later())

    def _note_trial(self, entry: Entry, arm: str) -> None:
        if entry.outcome == "advanced":
            self.advances.append(Advance(entry.member_no, arm, int(entry.details["rung"]), entry.at))
        elif entry.member_no not in self.first or entry.at < self.first[entry.member_no][0]:
            self.first[entry.member_no] = entry.at, arm

    def _later(self) -> dict[tuple[int, str], Reached]:
        reached, returned = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
        for advance in self.advances:
            reached[advance.rung, advance.arm] += 1
            returned[advance.rung, advance.arm] += self._came_back(advance)
        return {key: Reached(number, returned[key]) for key, number in reached.items()}

    def _came_back(self, advance: Advance) -> bool:
        over = advance.at + timedelta(days=OBSERVED)
        ends = self.ends.get(advance.member_no, ())
        return any(not end.is_loss and advance.at <= end.at < over for end in ends)
