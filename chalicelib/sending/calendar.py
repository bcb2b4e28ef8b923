"""Working days in China: weekends, legal holidays, and the make-up days that are worked for them."""

from datetime import date
from functools import cache, lru_cache

from chalicelib.door import log

SATURDAY = 5


@lru_cache(maxsize=512)
def is_workday(day: date) -> bool:
    """As the State Council has announced it. A year that the library does not know yet has only its weekends off."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        _warn_of(day.year)
        return day.weekday() < SATURDAY


@cache
def _warn_of(year: int) -> None:
    """Once per process and year: the library has a release for each year's holidays, in the autumn before it."""
    log.warning("calendar.unknown_year", extra={"year": year})
