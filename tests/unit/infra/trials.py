"""Members who were assigned, came back and left, as the journal and the figures tell of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.clock import day_start
from chalicelib.journal.recount import recount
from chalicelib.store.journal import Entry
from chalicelib.store.policy import Policy, Rung, Step
from chalicelib.store.table import Table
from tests.builders import ACCOUNT

FIRST, SECOND = "2026-03-02", "2026-03-03"
LATER = datetime.fromisoformat("2026-06-01T12:00:00+08:00")
POLICY = Policy(
    ACCOUNT, "milk", (Rung((Step("mass", "activity", text="好久不见"),), days=14), Rung((), days=30)), hold_out=10
)


def at(day: str, hours: float = 10) -> datetime:
    return day_start(day) + timedelta(hours=hours)


def assigned(member_no: str, arm: str, day: str = FIRST, *, policy: str = "milk", rung: int = 0) -> Entry:
    """Given an arm at ten in the morning."""
    return _trial(member_no, arm, at(day), "assigned", policy, rung)


def advanced(member_no: str, arm: str, when: datetime, *, rung: int = 1) -> Entry:
    return _trial(member_no, arm, when, "advanced", "milk", rung)


def returned(member_no: str, arm: str, *, hours: int, day: str = FIRST, policy: str = "milk") -> Entry:
    """So long after the assignment."""
    return _end(member_no, arm, hours, day, policy, "text", "faq.answer")


def left(member_no: str, arm: str, *, hours: int, day: str = FIRST, policy: str = "milk") -> Entry:
    return _end(member_no, arm, hours, day, policy, "event.unsubscribe", "unfollowed")


def write(table: Table, entries: Iterable[Entry]) -> None:
    for entry in entries:
        table.write([entry.put()])


def roll(table: Table, *days: str) -> None:
    """Final figures of the days, from what the journal holds."""
    for day in days:
        table.write([recount(table, ACCOUNT, day, now=LATER).put()])


def _trial(member_no: str, arm: str, when: datetime, outcome: str, policy: str, rung: int) -> Entry:
    details: dict[str, str | int] = {"policy": policy, "rung": rung, "arm": arm, "cycle": "2026-02-16"}
    return Entry(ACCOUNT, f"{member_no}-{policy}-{when}-trial", when, "trial", outcome, member_no, details)


def _end(member_no: str, arm: str, hours: int, day: str, policy: str, what: str, outcome: str) -> Entry:
    when = at(day) + timedelta(hours=hours)
    details = {"trials": f"aaa/treatment/2026-02-27/80;{policy}/{arm}/{day}/{hours}"}
    return Entry(ACCOUNT, f"{member_no}-{when}-{outcome}", when, what, outcome, member_no, details)
