"""When a message suits its reader."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import SHANGHAI
from chalicelib.sending.best_time import ENOUGH_ACTS, best_time
from chalicelib.sending.calendar import is_workday
from chalicelib.store.push import ContentClass

UNKNOWN = (0,) * 24
TIMES = st.integers(1_100_000_000, 1_890_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""From 2004 to 2029: years that are known, and some that are not."""
HOURS = st.lists(st.integers(0, 9), min_size=24, max_size=24)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def acting_at(*busy: int, acts: int = ENOUGH_ACTS) -> tuple[int, ...]:
    """A histogram of so many acts in each of these hours."""
    return tuple(acts if hour in busy else 0 for hour in range(24))


@pytest.mark.parametrize("content_class", ["service", "public"])
def test_what_the_reader_waits_for_is_told_at_once_but_not_at_night(content_class: ContentClass) -> None:
    noon, night = shanghai("2026-03-04T12:00"), shanghai("2026-03-04T23:30")

    assert best_time(content_class, acting_at(20), noon) == noon
    assert best_time(content_class, acting_at(20), night) == shanghai("2026-03-05T08:00")


@pytest.mark.parametrize(
    ("now", "best"),
    [
        ("2026-03-04T07:00", "2026-03-04T09:00"),
        ("2026-03-04T14:00", "2026-03-04T14:00"),
        ("2026-03-04T18:00", "2026-03-05T09:00"),
        ("2026-03-06T18:00", "2026-03-09T09:00"),
        ("2026-02-13T18:00", "2026-02-14T09:00"),
        ("2026-02-14T18:00", "2026-02-24T09:00"),
        ("2026-12-31T18:00", "2027-01-01T09:00"),
    ],
    ids=["early", "now", "evening", "Friday evening", "a Saturday is made up", "Spring Festival", "an unknown year"],
)
def test_news_of_products_comes_in_working_hours(now: str, best: str) -> None:
    assert best_time("product", UNKNOWN, shanghai(now)) == shanghai(best)


@pytest.mark.parametrize("content_class", ["activity", "brand"])
@pytest.mark.parametrize(
    ("now", "best"),
    [
        ("2026-03-04T10:00", "2026-03-04T18:00"),
        ("2026-03-04T20:00", "2026-03-04T20:00"),
        ("2026-03-04T21:30", "2026-03-05T18:00"),
        ("2026-03-06T21:30", "2026-03-07T09:00"),
        ("2026-03-07T11:00", "2026-03-07T11:00"),
        ("2026-02-14T11:00", "2026-02-14T18:00"),
        ("2026-02-17T03:00", "2026-02-17T09:00"),
        ("2024-02-28T22:00", "2024-02-29T18:00"),
    ],
)
def test_activities_and_the_brand_come_in_leisure_time(content_class: ContentClass, now: str, best: str) -> None:
    assert best_time(content_class, UNKNOWN, shanghai(now)) == shanghai(best)


@pytest.mark.parametrize(
    ("now", "best"),
    [
        ("2026-03-04T10:00", "2026-03-04T20:00"),
        ("2026-03-04T20:40", "2026-03-04T20:40"),
        ("2026-03-04T21:00", "2026-03-05T20:00"),
        ("2026-03-07T10:00", "2026-03-07T20:00"),
    ],
)
def test_who_is_known_well_is_told_in_their_own_hour(now: str, best: str) -> None:
    assert best_time("activity", acting_at(20), shanghai(now)) == shanghai(best)


def test_who_has_hardly_acted_is_told_as_everyone() -> None:
    assert best_time("activity", acting_at(20, acts=ENOUGH_ACTS - 1), shanghai("2026-03-04T10:00")) == shanghai(
        "2026-03-04T18:00"
    )


def test_an_hour_outside_what_is_allowed_is_not_chosen() -> None:
    at_night = acting_at(3)

    assert best_time("product", at_night, shanghai("2026-03-04T07:00")) == shanghai("2026-03-04T09:00")


def test_of_two_hours_alike_the_earlier_is_chosen() -> None:
    assert best_time("product", acting_at(11, 15), shanghai("2026-03-04T07:00")) == shanghai("2026-03-04T11:00")


def test_the_last_hour_of_an_evening_ends_with_the_evening() -> None:
    late = acting_at(21)

    assert best_time("brand", late, shanghai("2026-03-04T21:29")) == shanghai("2026-03-04T21:29")
    assert best_time("brand", late, shanghai("2026-03-04T21:30")) == shanghai("2026-03-05T21:00")


def test_where_nobody_ever_works_news_of_products_comes_by_day() -> None:
    never = shanghai("2026-03-04T23:00")

    assert best_time("product", UNKNOWN, never, set[date]().__contains__) == shanghai("2026-03-05T08:00")


@given(st.sampled_from(["service", "public", "activity", "product", "brand"]), HOURS, TIMES)
def test_the_best_time_is_ahead_within_ten_days_and_never_at_night(
    content_class: ContentClass, hours: list[int], now: datetime
) -> None:
    best = best_time(content_class, hours, now)

    assert now <= best <= now + timedelta(days=10)
    assert 8 <= best.astimezone(SHANGHAI).hour < 22


@given(st.sampled_from(["activity", "product", "brand"]), HOURS, TIMES)
def test_the_best_time_keeps_to_what_its_class_allows(
    content_class: ContentClass, hours: list[int], now: datetime
) -> None:
    best = best_time(content_class, hours, now).astimezone(SHANGHAI)

    minutes = best.hour * 60 + best.minute
    if content_class == "product":
        assert is_workday(best.date())
        assert 9 * 60 <= minutes < 18 * 60
    else:
        assert (18 if is_workday(best.date()) else 9) * 60 <= minutes < 21 * 60 + 30


@given(st.sampled_from(["service", "activity", "product"]), HOURS, TIMES)
def test_the_best_time_is_a_good_time_when_it_comes(
    content_class: ContentClass, hours: list[int], now: datetime
) -> None:
    best = best_time(content_class, hours, now)

    assert best_time(content_class, hours, best) == best


@given(HOURS, TIMES, st.sets(st.dates(date(2004, 1, 1), date(2030, 1, 1)), max_size=5))
def test_any_calendar_has_a_best_time(hours: list[int], now: datetime, worked: set[date]) -> None:
    assert best_time("product", hours, now, worked.__contains__) >= now
