"""Customer-service windows: until when, and how often, an account may write to a follower by itself. Pure.

Official page on customer-service messages, rule of 2023-06-12: five messages within 48 hours of the follower's
message; three within one minute of a menu click, a follow or a scan. Allowances do not add up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.store.member import Member

AFTER_MESSAGE = (5, timedelta(hours=48))
AFTER_ACT = (3, timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Window:
    """An open window: its allowance counted from its opening, and its end."""

    allowance: int
    opened_at: datetime
    until: datetime


def customer_service_window(member: Member, now: datetime) -> Window | None:
    """The best open window: the larger allowance wins, then the later end. None when none is open."""
    triggers = ((member.last_message_at, AFTER_MESSAGE), (member.last_click_at, AFTER_ACT),
                (member.followed_at, AFTER_ACT), (member.last_scan_at, AFTER_ACT))  # fmt: skip
    opened = [Window(count, at, at + length) for at, (count, length) in triggers if at and now < at + length]
    return max(opened, key=lambda window: (window.allowance, window.until), default=None)
