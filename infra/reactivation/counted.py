"""What became of those who were given an arm, by day of assignment. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from infra.reactivation.score import Sample

TREATMENT, CONTROL = ARMS = ("treatment", "control")
OBSERVED = 7
"""Days after the one of the assignment in which its returns and losses may still come."""


class Cohort(NamedTuple):
    """Who was given an arm, and did so within seven days, whether or not a message reached them."""

    assigned: int = 0
    returned: int = 0
    lost: int = 0

    @property
    def returns(self) -> Sample:
        return Sample(self.returned, self.assigned)

    @property
    def losses(self) -> Sample:
        return Sample(self.lost, self.assigned)


class Reached(NamedTuple):
    """Who was still silent at a later rung, and returned within seven days of it: only the journal tells that."""

    number: int = 0
    returned: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one policy. `cohorts` are by day of assignment and arm, `later` by number of the rung and arm."""

    days: tuple[str, ...]
    cohorts: Mapping[tuple[str, str], Cohort] = field(default_factory=dict)
    later: Mapping[tuple[int, str], Reached] = field(default_factory=dict)
    is_whole: bool = True
    """Whether no name of a crowded day was left out of its figures."""

    def of_day(self, day: str, arm: str) -> Cohort:
        return self.cohorts.get((day, arm), Cohort())

    def total(self, arm: str) -> Cohort:
        of_arm = [self.of_day(day, arm) for day in self.days]
        return Cohort(*map(sum, zip(*of_arm, strict=True))) if of_arm else Cohort()


def last_observed(day: str) -> str:
    """The day of assignment is counted to the end when this day is."""
    return (date.fromisoformat(day) + timedelta(days=OBSERVED)).isoformat()
