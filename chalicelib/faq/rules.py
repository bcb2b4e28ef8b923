"""What the FAQ calculates: when human service is open, what a number reply means, which tags a member has then."""

import re
from datetime import datetime, time, timedelta

from chalicelib.clock import SHANGHAI
from chalicelib.faq.availability import is_within, minutes
from chalicelib.faq.engine import normalise
from chalicelib.store.release import FaqEntry, Release

MOST_TAGS = 20
"""WeChat allows a follower no more (errcode 45059)."""
NONE_OF_THEM = frozenset({"都不是", "以上都不是", "都不对", "不是", "都没有", "没有", "0"})
"""How followers turn all suggestions down."""
_NUMBERS = {"1": 1, "2": 2, "3": 3, "一": 1, "二": 2, "三": 3}
_BARE_NUMBER = re.compile(r"[0-9]{1,2}")
_CHOICE = re.compile(r"(?:我?选|我?要)?第?([1-3一二三])(?:个|项|条|号)?")


def is_open(release: Release, now: datetime) -> bool:
    """Whether human service is there now. Equal times mean around the clock."""
    return is_within(release.service_from, release.service_until, now)


def next_opening(release: Release, now: datetime) -> datetime:
    """When human service begins next, in Asia/Shanghai: later today, or tomorrow."""
    local = now.astimezone(SHANGHAI)
    hour, minute = divmod(minutes(release.service_from) % (24 * 60), 60)
    opening = datetime.combine(local.date(), time(hour, minute), SHANGHAI)
    return opening if opening > local else opening + timedelta(days=1)


def chosen(text: str) -> int | None:
    """The number in a reply to suggestions, however it is written: "2", "２。", "第二个"."""
    found = _CHOICE.fullmatch(normalise(text))
    return _NUMBERS[found[1]] if found else None


def turns_all_down(text: str) -> bool:
    return normalise(text) in NONE_OF_THEM


def is_number(text: str) -> bool:
    """Whether nothing but a number is said that could choose from a list, whichever list that was."""
    return _BARE_NUMBER.fullmatch(normalise(text)) is not None


def is_reply(text: str) -> bool:
    """Whether the text only makes sense after suggestions: by itself it asks nothing."""
    return is_number(text) or turns_all_down(text)


def retagged(tags: tuple[str, ...], entry: FaqEntry) -> tuple[str, ...]:
    """The tags after an answer with this entry. What is there is never pushed out by what is added."""
    kept = tuple(tag for tag in tags if tag not in entry.remove_tags)
    return tuple(dict.fromkeys(kept + entry.add_tags))[: max(MOST_TAGS, len(kept))]
