"""Times as this system writes them: aware UTC inside, ISO text in the table, days and hours of Asia/Shanghai."""

from datetime import UTC, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps UTC+8 all year since 1991, so no time zone database is needed."""


def iso(at: datetime) -> str:
    """UTC with milliseconds, sortable as text: ``2026-01-31T09:00:00.000Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_iso(text: str) -> datetime:
    """The inverse of `iso`. Raises ValueError on anything else than an aware ISO time."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without zone")
    return at.astimezone(UTC)


def shanghai_day(at: datetime) -> str:
    """The calendar day in Asia/Shanghai, ``YYYY-MM-DD``."""
    return at.astimezone(SHANGHAI).date().isoformat()


def day_start(day: str) -> datetime:
    """When a day of `shanghai_day` begins. Raises ValueError for anything else."""
    return datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=SHANGHAI)


def next_midnight(at: datetime) -> datetime:
    """When the next day in Asia/Shanghai begins. WeChat's daily quotas begin anew then (from memory of the field, not
    documented)."""
    return day_start(shanghai_day(at)) + timedelta(days=1)


def epoch(at: datetime) -> int:
    """Whole seconds since 1970, as the table's TTL and WeChat count them."""
    return int(at.timestamp())
