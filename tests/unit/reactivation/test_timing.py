"""When a step is taken."""

from datetime import datetime, timedelta

import pytest

from chalicelib.clock import SHANGHAI
from chalicelib.reactivation.timing import SPREAD, end_of, time_of
from chalicelib.sending.hours import is_quiet
from chalicelib.store.policy import Rung, Step
from tests.builders import a_member
from tests.support.policies import CIRCULAR, NEWS, POINTS, WORD

BY_DAYS = Rung((POINTS,), days=14)
BY_HOURS = Rung((WORD,), hours=46)
WEEKEND = Step("subscribe", "activity", "events", {"thing1": "活动"})


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_notice_goes_out_at_once_in_the_daytime() -> None:
    now = shanghai("2026-03-04 10:00")

    assert time_of(BY_DAYS, POINTS, a_member(), now) == now


@pytest.mark.parametrize(
    ("step", "now", "earliest"),
    [
        (POINTS, "2026-03-04 23:30", "2026-03-05 08:00"),
        (NEWS, "2026-03-06 19:00", "2026-03-09 09:00"),
        (WEEKEND, "2026-03-04 10:00", "2026-03-04 18:00"),
        (NEWS, "2026-02-14 12:00", "2026-02-14 12:00"),
        (NEWS, "2026-02-15 00:05", "2026-02-24 09:00"),
        (WEEKEND, "2026-02-17 00:05", "2026-02-17 09:00"),
        (NEWS, "2031-10-01 00:05", "2031-10-01 09:00"),
        (NEWS, "2028-02-29 00:00", "2028-02-29 09:00"),
        (NEWS, "2026-12-31 23:59", "2027-01-01 09:00"),
    ],
)
def test_the_others_wait_for_their_hour_whatever_the_calendar_says(step: Step, now: str, earliest: str) -> None:
    at = time_of(BY_DAYS, step, a_member(), shanghai(now))

    assert shanghai(earliest) <= at < shanghai(earliest) + SPREAD
    assert not is_quiet(at)


def test_members_of_one_cohort_do_not_get_it_all_in_the_same_minute() -> None:
    now = shanghai("2026-03-04 10:00")

    times = {time_of(BY_DAYS, WEEKEND, a_member(member_no=f"m-{number}"), now) for number in range(50)}

    assert len(times) > 40


def test_a_mass_message_goes_to_all_at_one_time() -> None:
    night = shanghai("2026-03-04 10:00")

    times = {time_of(BY_DAYS, CIRCULAR, a_member(member_no=f"m-{number}"), night) for number in range(50)}

    assert times == {shanghai("2026-03-04 18:00")}


@pytest.mark.parametrize("minute", range(0, 24 * 60, 30))
def test_a_word_reaches_everyone_by_day_and_while_they_can_be_reached(minute: int) -> None:
    last = shanghai("2026-03-03 00:00") + timedelta(minutes=minute)
    member = a_member(last_message_at=last)

    at = time_of(BY_HOURS, WORD, member, shanghai("2026-03-04 00:05"))

    assert not is_quiet(at)
    assert last + timedelta(hours=36) <= at < last + timedelta(hours=48)
    assert end_of(BY_HOURS, member) == last + timedelta(hours=48)


def test_a_word_whose_time_has_passed_is_said_now() -> None:
    now = shanghai("2026-03-05 12:00")

    assert time_of(BY_HOURS, WORD, a_member(last_message_at=shanghai("2026-03-03 13:00")), now) == now


def test_who_has_never_written_has_no_window_to_wait_for() -> None:
    now = shanghai("2026-03-04 10:00")

    assert time_of(BY_HOURS, WORD, a_member(), now) == now
    assert end_of(BY_HOURS, a_member()) is None
    assert end_of(BY_DAYS, a_member(last_message_at=now)) is None
