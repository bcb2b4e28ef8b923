"""When a message suits its reader best: by its class of content, the calendar and the reader's own hours. Pure.

News of products belongs into working hours, activities and the brand into leisure: evenings, weekends, holidays. What
the reader waits for (service) or should know (public matters) is told at once, but not at night.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeAlias

from chalicelib.clock import SHANGHAI
from chalicelib.sending.calendar import is_workday
from chalicelib.sending.hours import is_quiet, next_morning
from chalicelib.store.push import ContentClass

Workdays: TypeAlias = Callable[[date], bool]

ENOUGH_ACTS = 12
"""From so many acts on, the member's own histogram tells more than the rule."""
HORIZON = 11
"""Days that are looked at; the longest stretch of days off (nine, Spring Festival 2026) fits well."""


class Band(NamedTuple):
    """A stretch of a day, in Asia/Shanghai."""

    begins: time
    ends: time


OFFICE = Band(time(9), time(18))
EVENING = Band(time(18), time(21, 30))
DAY_OFF = Band(time(9), time(21, 30))


def best_time(
    content_class: ContentClass, hours: Sequence[int], now: datetime, workdays: Workdays = is_workday
) -> datetime:
    """The next good moment, `now` if it is one. `hours` has the member's acts per hour of the day."""
    if content_class in ("service", "public"):
        return _soonest(now)
    today = now.astimezone(SHANGHAI).date()
    days = (today + timedelta(days=ahead) for ahead in range(HORIZON))
    moments = (_on(day, band, hours, now) for day in days if (band := _band(content_class, workdays(day))))
    return next((moment for moment in moments if moment), _soonest(now))


def _soonest(now: datetime) -> datetime:
    return next_morning(now) if is_quiet(now) else now


def _band(content_class: ContentClass, is_workday: bool) -> Band | None:
    """When such content is welcome on such a day; None when it is not."""
    if content_class == "product":
        return OFFICE if is_workday else None
    return EVENING if is_workday else DAY_OFF


def _on(day: date, band: Band, hours: Sequence[int], now: datetime) -> datetime | None:
    """The day's good moment; None when it has passed."""
    band = _narrowed(band, hours)
    begins, ends = (datetime.combine(day, at, SHANGHAI) for at in band)
    if now >= ends:
        return None
    return max(now, begins)


def _narrowed(band: Band, hours: Sequence[int]) -> Band:
    """The member's busiest hour within the band, the earliest of equals; the whole band for who is hardly known."""
    acts = {hour: hours[hour] for hour in range(band.begins.hour, 24) if time(hour) < band.ends}
    if sum(hours) < ENOUGH_ACTS or not any(acts.values()):
        return band
    busiest = max(acts, key=acts.__getitem__)
    return Band(time(busiest), min(time(busiest + 1), band.ends))
