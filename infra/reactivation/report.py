"""All that a report on one policy tells, whatever it is written as. Pure."""

from dataclasses import dataclass

from scipy.stats import binomtest

from chalicelib.journal.days import days_between
from chalicelib.store.policy import Policy
from infra.figures import pushes
from infra.figures.period import Period
from infra.figures.pushes import Pushes, Reason
from infra.reactivation.counted import CONTROL, TREATMENT, Cohort, Counted
from infra.reactivation.effect import Effect, effect

DOLLARS_PER_SEND = 30.4 / 1_000_000
"""What AWS asks for a notice from its planning to WeChat's report on it: see docs/cost.md."""
UNLIKELY = 0.001
"""So improbable a split between the arms has another cause than the lot."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report: days of assignment, both included."""

    policy: Policy
    first: str
    last: str
    by_person: bool = False
    """Each member counts once; else each assignment does."""


@dataclass(frozen=True, slots=True)
class Report:
    """By assignment: who was to be spoken to beside who was not, whatever then became of the message."""

    asked: Asked
    counted: Counted
    """Of those days whose seven days are over."""
    treated: Cohort
    control: Cohort
    returns: Effect | None
    losses: Effect | None
    pushes: Pushes
    """What happened on those days to pushes of the policy's kind, whenever they were planned."""
    reasons: tuple[Reason, ...]
    unclosed: tuple[str, ...]
    """Days that it is made of and that are not final, or were never counted."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Days whose seven days are not over: while there are any, whoever looks does so too early."""
        known = frozenset(self.counted.days)
        return tuple(day for day in days_between(self.asked.first, self.asked.last) if day not in known)

    @property
    def calls(self) -> int:
        """Messages that WeChat counts against a quota: also those that it refused, and that may have arrived."""
        return self.pushes.sent + self.pushes.failed + self.pushes.unknown

    @property
    def dollars(self) -> float:
        return self.calls * DOLLARS_PER_SEND

    @property
    def most_cycles(self) -> int:
        """How often one member may be among the assigned: falling silent anew takes as long as the first rung."""
        silence = self.asked.policy.rungs[0].days or 1
        days = len(self.counted.days)
        return 1 if self.asked.by_person or not days else 1 + (days - 1) // silence

    @property
    def is_split_oddly(self) -> bool:
        """Whether the arms are of other sizes than the lot would make them: then something else chose, too.

        Who is assigned several times is in the same arm each time, and counts as one.
        """
        assigned, share = self.treated.assigned + self.control.assigned, self.asked.policy.hold_out / 100
        persons, controls = assigned // self.most_cycles, self.control.assigned // self.most_cycles
        return persons > 0 and float(binomtest(min(controls, persons), persons, share).pvalue) < UNLIKELY


def report(asked: Asked, counted: Counted, period: Period, *, unclosed: tuple[str, ...] = ()) -> Report:
    """`period` are the days of assignment that were counted."""
    treated, control = counted.total(TREATMENT), counted.total(CONTROL)
    (of_kind,) = pushes.of_kinds(period, kind=asked.policy.kind)
    return Report(
        asked,
        counted,
        treated,
        control,
        effect(treated.returns, control.returns),
        effect(treated.losses, control.losses),
        of_kind,
        pushes.reasons(period, kind=asked.policy.kind),
        unclosed,
    )
