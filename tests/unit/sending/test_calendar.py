"""Working days in China."""

from datetime import date

import pytest

from chalicelib.sending.calendar import is_workday
from tests.support.logs import logged


@pytest.mark.parametrize("day", [14, 28])
def test_the_saturdays_around_spring_festival_2026_are_worked(day: int) -> None:
    assert is_workday(date(2026, 2, day))


@pytest.mark.parametrize("day", range(15, 24))
def test_the_nine_days_of_spring_festival_2026_are_free(day: int) -> None:
    assert not is_workday(date(2026, 2, day))


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 3, 4), True),
        (date(2026, 3, 7), False),
        (date(2026, 10, 10), True),
        (date(2026, 1, 4), True),
        (date(2024, 2, 29), True),
        (date(2025, 10, 8), False),
    ],
)
def test_weekends_and_legal_holidays_are_free_unless_they_are_made_up_for(day: date, is_worked: bool) -> None:
    with logged() as written:
        assert is_workday(day) is is_worked

    assert written.text == ""


def test_a_year_that_nobody_has_announced_has_its_weekends_off() -> None:
    assert [is_workday(date(2027, 1, day)) for day in range(1, 8)] == [True, False, False, True, True, True, True]


def test_an_unknown_year_is_warned_of_once_however_often_it_is_asked_for() -> None:
    with logged() as written:
        worked = [is_workday(date(2041, month, 1)) for month in range(1, 13)]
        again = [is_workday(date(2041, month, 1)) for month in range(1, 13)]

    assert worked == again
    assert [(line["level"], line["message"], line["year"]) for line in written.lines] == [
        ("WARNING", "calendar.unknown_year", 2041)
    ]


def test_each_unknown_year_is_warned_of() -> None:
    with logged() as written:
        assert is_workday(date(1990, 1, 1))
        assert is_workday(date(2042, 1, 1))

    assert [line["year"] for line in written.lines] == [1990, 2042]
