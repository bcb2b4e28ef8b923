"""When hours and days are over. Pure.

An entry bears the time of its commit's decision, so it can only be late by what a Lambda takes from deciding to
committing (Lambda stops it after 15 minutes at most; ours after two) and by its clock.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from chalicelib.clock import day_start, next_midnight

HOURS = 24
SETTLED_AFTER = timedelta(minutes=15)
"""An hour is no longer counted anew when this has passed since its end. Were an entry later still, the closing of the
day would find it."""
CLOSED_AFTER = timedelta(hours=2)
"""A day is counted once more, from the start, when this has passed since its end, and is final then."""


def is_over(day: str, now: datetime) -> bool:
    """Whether the day may be closed."""
    return now >= next_midnight(day_start(day)) + CLOSED_AFTER


def settled_hours(day: str, now: datetime) -> int:
    """How many hours of the day, from its start, need not be counted again until it closes."""
    passed = now - SETTLED_AFTER - day_start(day)
    return min(HOURS, max(0, passed // timedelta(hours=1)))


def hour_start(day: str, hour: int) -> datetime:
    return day_start(day) + timedelta(hours=hour)


def next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def days_between(first: str, last: str) -> Iterator[str]:
    """Every day from first to last; none when last is earlier."""
    while first <= last:
        yield first
        first = next_day(first)
