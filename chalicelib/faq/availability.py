"""Whether an entry holds: its days, its hours of the day, its audience. Pure."""

import re
from collections.abc import Collection
from datetime import datetime

from chalicelib.clock import SHANGHAI
from chalicelib.store.release import FaqEntry

CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def is_available(entry: FaqEntry, *, now: datetime, tags: Collection[str]) -> bool:
    """Whether the entry may be answered or offered to a member with these tags now."""
    conditions = entry.conditions
    day = now.astimezone(SHANGHAI).date().isoformat()
    if day < conditions.valid_from or (conditions.valid_until and day > conditions.valid_until):
        return False
    if conditions.hours_from and not is_within(conditions.hours_from, conditions.hours_until, now):
        return False
    if conditions.only_tags and not any(tag in tags for tag in conditions.only_tags):
        return False
    return not any(tag in tags for tag in conditions.not_tags)


def is_within(opens: str, closes: str, now: datetime) -> bool:
    """Whether it is between two clock times, the second excluded. Equal times mean around the clock."""
    first, last = minutes(opens), minutes(closes)
    local = now.astimezone(SHANGHAI)
    minute = local.hour * 60 + local.minute
    if first < last:
        return first <= minute < last
    return first == last or minute >= first or minute < last


def minutes(clock_time: str) -> int:
    """Minutes since midnight of an ``HH:MM``."""
    hour, minute = clock_time.split(":")
    return int(hour) * 60 + int(minute)
