"""Whatever is written and whenever it is rolled, the figures are what a count from scratch gives."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.clock import shanghai_day
from chalicelib.journal import days
from chalicelib.journal.days import SETTLED_AFTER
from chalicelib.store import figures as stored
from infra.local.memory.faults import Crashed, Fault
from tests.builders import ACCOUNT, NOON
from tests.unit.journal.ledger import YESTERDAY, Ledger, an_act, counted

PAIRS = (
    ("event.subscribe", "followed"), ("event.subscribe", "stale"), ("event.unsubscribe", "unfollowed"),
    ("text", "faq.answer"), ("text", "faq.clarify"), ("text", "new.outcome"), ("member.profile", "unfollowed.found"),
)  # fmt: skip


class AnyJournal(RuleBasedStateMachine):
    """Entries come late by less than an hour takes to settle; rollers die, are cut short and meet each other."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.closed: dict[str, object] = {}

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.ledger.now += timedelta(minutes=minutes)

    @rule(pair=st.sampled_from(PAIRS), member=st.integers(0, 5), channel=st.sampled_from(["", "a", "b"]),
          late=st.integers(0, SETTLED_AFTER // timedelta(seconds=1) - 1), times=st.integers(1, 4))  # fmt: skip
    def something_happens(self, pair: tuple[str, str], member: int, channel: str, late: int, times: int) -> None:
        at = self.ledger.now - timedelta(seconds=late)
        self.ledger.write(*(an_act(*pair, at=at, member=f"m-{member}", channel=channel) for _ in range(times)))

    @rule()
    def it_is_rolled(self) -> None:
        self.ledger.roll()
        for day in self._days():
            assert self.ledger.is_right(day)

    @rule(looks=st.integers(0, 30))
    def it_is_rolled_with_little_time(self, looks: int) -> None:
        self.ledger.roll(seconds=15 + looks, each=1.0)

    @rule(fault=st.sampled_from([Fault.CRASH_BEFORE, Fault.CRASH_AFTER]), skip=st.integers(0, 40))
    def a_roller_dies(self, fault: Fault, skip: int) -> None:
        self.ledger.faults.plan(fault, skip=skip)
        try:
            self.ledger.roll()
        except Crashed:
            pass
        finally:
            self.ledger.faults.stop()

    @rule(skip=st.integers(0, 40))
    def two_roll_at_once(self, skip: int) -> None:
        self.ledger.faults.interrupt(self.ledger.roll, skip=skip)
        self.ledger.roll()
        self.ledger.faults.stop()

    @invariant()
    def what_is_final_is_right_and_stays(self) -> None:
        for figures in stored.list_days(self.ledger.table, ACCOUNT, first=YESTERDAY, last=self._today()):
            if figures.final:
                assert days.is_over(figures.day, self.ledger.now)
                assert self.ledger.is_right(figures.day)
                assert self.closed.setdefault(figures.day, counted(figures)) == counted(figures)

    def _days(self) -> list[str]:
        return list(days.days_between(shanghai_day(NOON), self._today()))

    def _today(self) -> str:
        return shanghai_day(self.ledger.now)


TestAnyJournal = AnyJournal.TestCase
TestAnyJournal.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
