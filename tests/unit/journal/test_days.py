"""When hours settle and days close, in Shanghai."""

from datetime import UTC, datetime, timedelta

from chalicelib.journal import days
from tests.unit.journal.ledger import TODAY

MIDNIGHT = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
"""When the day begins."""


def test_a_day_closes_two_hours_after_its_end() -> None:
    closes = MIDNIGHT + timedelta(hours=26)

    assert not days.is_over(TODAY, closes - timedelta(seconds=1))
    assert days.is_over(TODAY, closes)


def test_an_hour_settles_a_quarter_after_its_end() -> None:
    assert days.settled_hours(TODAY, MIDNIGHT - timedelta(days=3)) == 0
    assert days.settled_hours(TODAY, MIDNIGHT + timedelta(minutes=74)) == 0
    assert days.settled_hours(TODAY, MIDNIGHT + timedelta(minutes=75)) == 1
    assert days.settled_hours(TODAY, MIDNIGHT + timedelta(days=3)) == 24


def test_days_follow_each_other_across_the_end_of_a_month() -> None:
    assert list(days.days_between("2026-02-27", "2026-03-01")) == ["2026-02-27", "2026-02-28", "2026-03-01"]
    assert list(days.days_between("2026-03-02", "2026-03-01")) == []
