"""What each channel is like: which call, how WeChat deduplicates it, and its published daily quota. Pure.

Sources: the platform's pages on template messages, subscription notices, customer-service messages, mass sending, and
on call limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.store.push import Channel, ContentClass

NEVER = timedelta(0)


@dataclass(frozen=True, slots=True)
class Traits:
    """`repeat_within` is how long after the first attempt the same send may be tried again under its key at WeChat:
    less than WeChat remembers it. Without such a key a send is never tried again once it may have been accepted."""

    api: str
    daily: int
    """Calls a day, until `quota/get` says otherwise."""
    repeat_within: timedelta = NEVER
    classes: frozenset[ContentClass] = frozenset({"service", "public", "activity", "product", "brand"})
    """Content that the platform allows on it."""


TRAITS: Mapping[Channel, Traits] = {
    "template": Traits(
        "/cgi-bin/message/template/send", 100_000, timedelta(minutes=8), frozenset({"service", "public"})
    ),
    "subscribe": Traits("/cgi-bin/message/subscribe/bizsend", 100_000),
    "kefu": Traits("/cgi-bin/message/custom/send", 500_000, classes=frozenset({"service", "public", "activity"})),
    "mass": Traits("/cgi-bin/message/mass/send", 100, timedelta(hours=23)),
}
SLOW = timedelta(minutes=1)
"""How long a call rests after WeChat said that it comes too often."""
RESERVE = 0.2
"""The part of a day's quota that is kept for service notices."""


def most_for(content_class: ContentClass, limit: int) -> int:
    """How much of the day's limit this class may use up."""
    return limit if content_class == "service" else int(limit * (1 - RESERVE))
