"""Times as they are written and read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import SHANGHAI, day_start, epoch, iso, next_midnight, parse_iso, shanghai_day

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.builds(
    lambda microseconds, zone: datetime(1971, 1, 1, tzinfo=zone) + timedelta(microseconds=microseconds),
    st.integers(0, 200 * 365 * 86_400 * 1_000_000),
    ZONES,
)


def test_a_time_is_written_in_utc_with_milliseconds() -> None:
    at = datetime(2026, 1, 31, 17, 0, 0, 123_999, tzinfo=SHANGHAI)

    assert iso(at) == "2026-01-31T09:00:00.123Z"


@given(TIMES)
def test_what_is_written_is_read_back_to_the_millisecond(at: datetime) -> None:
    read = parse_iso(iso(at))

    assert read == at - timedelta(microseconds=at.microsecond % 1000)
    assert read.tzinfo is UTC


@given(TIMES, TIMES)
def test_written_times_sort_as_the_times_do(one: datetime, other: datetime) -> None:
    assert (iso(one) < iso(other)) is (parse_iso(iso(one)) < parse_iso(iso(other)))


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-01-31T09:00:00", "2026-01-31", "1772596800", "2026-13-01T00:00:00Z"]
)
def test_a_time_without_a_zone_or_no_time_at_all_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        parse_iso(text)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC), "2026-03-04"),
        (datetime(2026, 3, 4, 16, 0, 0, tzinfo=UTC), "2026-03-05"),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), "2027-01-01"),
        (datetime(2026, 3, 5, 0, 0, 0, tzinfo=SHANGHAI), "2026-03-05"),
    ],
)
def test_a_day_begins_at_midnight_in_shanghai(at: datetime, day: str) -> None:
    assert shanghai_day(at) == day


@given(TIMES)
def test_a_day_has_its_start_in_shanghai(at: datetime) -> None:
    start = day_start(shanghai_day(at))

    assert timedelta(0) <= at - start < timedelta(days=1)
    assert shanghai_day(start) == shanghai_day(at)


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-01", "2026-02-30", "2026-03-04T00:00"])
def test_what_is_no_day_has_no_start(day: str) -> None:
    with pytest.raises(ValueError):
        day_start(day)


def test_epoch_seconds_are_whole_and_never_ahead() -> None:
    assert epoch(datetime(2026, 3, 4, 4, 0, 0, 999_999, tzinfo=UTC)) == 1_772_596_800
    assert epoch(datetime(1970, 1, 1, 8, 0, tzinfo=SHANGHAI)) == 0


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC), datetime(2026, 3, 4, 16, 0, tzinfo=UTC)),
        (datetime(2026, 3, 4, 16, 0, tzinfo=UTC), datetime(2026, 3, 5, 16, 0, tzinfo=UTC)),
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), datetime(2026, 12, 31, 16, 0, tzinfo=UTC)),
    ],
)
def test_midnight_is_the_next_one(now: datetime, midnight: datetime) -> None:
    assert next_midnight(now) == midnight
