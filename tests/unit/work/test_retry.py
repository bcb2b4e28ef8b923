"""When a job that WeChat did not let through is tried again."""

from datetime import datetime, timedelta

import pytest

from chalicelib.clock import SHANGHAI
from chalicelib.wechat import errors
from chalicelib.wechat.errors import WechatError
from chalicelib.work.retry import MOST_ATTEMPTS, lease, next_try
from tests.builders import NOON

FUNCTION_TIMEOUT = timedelta(seconds=30)
HOPELESS = (errors.OurMistake, errors.ContentRefused, errors.RecipientGone, errors.LoginAgain)
PASSING = (
    errors.Busy, errors.Unreachable, errors.UnknownOutcome, errors.UnknownCode, errors.TokenRefused,
    errors.MinuteLimit, errors.MonthLimit, errors.RecipientMonthLimit, errors.NoWindow, errors.NoCredit,
    errors.NotAllowed, errors.WaitingForAdmin, errors.Harmless,
)  # fmt: skip


def minutes(error: WechatError, *, attempts: int) -> float | None:
    at = next_try(error, attempts=attempts, now=NOON)
    return (at - NOON).total_seconds() / 60 if at else None


@pytest.mark.parametrize("error", PASSING)
def test_what_may_pass_is_tried_again_later_and_later_five_times_in_all(error: type[WechatError]) -> None:
    assert [minutes(error("x"), attempts=n) for n in range(1, 6)] == [1, 5, 30, 120, None]


@pytest.mark.parametrize("error", HOPELESS)
def test_what_trying_again_cannot_help_is_given_up_at_once(error: type[WechatError]) -> None:
    assert next_try(error("x"), attempts=1, now=NOON) is None


def test_a_spent_day_is_over_at_midnight_in_shanghai() -> None:
    at = next_try(errors.DayLimit("x"), attempts=1, now=NOON)

    assert at == datetime(2026, 3, 5, 0, 0, tzinfo=SHANGHAI)


def test_after_five_spent_days_nobody_tries_again_by_themselves() -> None:
    assert next_try(errors.DayLimit("x"), attempts=MOST_ATTEMPTS, now=NOON) is None


def test_a_claim_outlasts_the_function_and_crashes_back_off() -> None:
    leases = [lease(attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]

    assert leases[0] > FUNCTION_TIMEOUT
    assert leases == sorted(leases)
    assert leases[-1] == timedelta(hours=2)
