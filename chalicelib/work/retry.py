"""When a job that WeChat did not let through is tried again. Pure."""

from datetime import datetime, timedelta

from chalicelib.clock import next_midnight
from chalicelib.wechat import errors

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""Between one attempt and the next."""
MOST_ATTEMPTS = len(PAUSES) + 1


def lease(attempts: int) -> timedelta:
    """How long the claim of an attempt holds, the first from 1. Longer than the function may run (30 s), so that `tick`
    leaves a worker alone; and growing, so that whatever makes workers crash has time to pass."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def next_try(error: errors.WechatError, *, attempts: int, now: datetime) -> datetime | None:
    """The time of the next attempt after `attempts` of them; None when trying again cannot help."""
    if isinstance(error, (errors.OurMistake, errors.ContentRefused, errors.RecipientGone, errors.LoginAgain)):
        return None
    if attempts >= MOST_ATTEMPTS:
        return None
    if isinstance(error, errors.DayLimit):
        return next_midnight(now)
    return now + PAUSES[attempts - 1]
