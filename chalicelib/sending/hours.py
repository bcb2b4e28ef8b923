"""The hours at which nobody is disturbed. Pure.

WeChat has no rule on them; 22:00 to 08:00 is what the trade keeps for all that is not urgent. China has one time zone
and no summer time.
"""

from datetime import date, datetime, time, timedelta

from chalicelib.clock import SHANGHAI

QUIET_FROM = time(22)
QUIET_UNTIL = time(8)


def is_quiet(at: datetime) -> bool:
    now = at.astimezone(SHANGHAI).time()
    return now >= QUIET_FROM or now < QUIET_UNTIL


def next_morning(at: datetime) -> datetime:
    """The first end of the quiet hours after `at`."""
    today = at.astimezone(SHANGHAI).date()
    morning = morning_of(today)
    return morning if at < morning else morning_of(today + timedelta(days=1))


def morning_of(day: date) -> datetime:
    return datetime.combine(day, QUIET_UNTIL, SHANGHAI)
