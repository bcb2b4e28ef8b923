"""When a step is taken: at its best time, or before the customer-service window closes. Pure."""

import zlib
from datetime import datetime, timedelta

from chalicelib.sending.best_time import best_time
from chalicelib.sending.hours import is_quiet, next_morning
from chalicelib.sending.windows import AFTER_MESSAGE
from chalicelib.store.member import Member
from chalicelib.store.policy import Rung, Step

WINDOW = AFTER_MESSAGE[1]
MARGIN = timedelta(minutes=30)
"""A message that leaves with less time left than this may come too late."""
SPREAD = timedelta(minutes=30)
"""Over which messages go out that would all be sent in the same minute: less than the least that a band is open."""
NIGHT = timedelta(hours=10)
"""How long nobody is disturbed: see `sending/hours.py`."""
UNKNOWN_HOURS = (0,) * 24


def time_of(rung: Rung, step: Step, member: Member, now: datetime) -> datetime:
    """When the member would get it. A mass message goes to all at once."""
    if rung.hours:
        return _in_window(rung, member, now)
    if step.channel == "mass":
        return best_time(step.content_class, UNKNOWN_HOURS, now)
    at = best_time(step.content_class, member.hours, now)
    return at if at == now else at + _share(member, SPREAD)


def end_of(rung: Rung, member: Member) -> datetime | None:
    """When it is no longer worth sending; None where that does not depend on the member."""
    return member.last_message_at + WINDOW if rung.hours and member.last_message_at else None


def _in_window(rung: Rung, member: Member, now: datetime) -> datetime:
    """So long after their last message; at night in the morning, or, where the window is closed by then, in the
    evening before."""
    if member.last_message_at is None:
        return now
    at = max(now, member.last_message_at + timedelta(hours=rung.hours))
    if not is_quiet(at):
        return at
    morning = next_morning(at)
    if morning + MARGIN <= member.last_message_at + WINDOW:
        return morning
    return max(now, morning - NIGHT - MARGIN - _share(member, SPREAD))


def _share(member: Member, over: timedelta) -> timedelta:
    """The member's own place in a stretch of time: the same whenever it is asked for."""
    return over * (zlib.crc32(member.member_no.encode()) % 1_000 / 1_000)
