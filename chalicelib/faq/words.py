"""Placeholders in answers: ``{shop}`` becomes what the release says it stands for."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from chalicelib.clock import SHANGHAI
from chalicelib.store.release import Release

NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,30})\}")
BUILT_IN = ("today", "service_from", "service_until")


def filled(text: str, release: Release, now: datetime) -> str:
    """The text as the follower reads it. A placeholder that nothing is known of stays as it is written."""
    known = known_words(release, now)
    return _PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text)


def unknown(text: str, release: Release) -> Iterator[str]:
    """The placeholders of a text that nothing would replace."""
    for found in _PLACEHOLDER.finditer(text):
        if found[1] not in release.words and found[1] not in BUILT_IN:
            yield found[0]


def known_words(release: Release, now: datetime) -> Mapping[str, str]:
    local = now.astimezone(SHANGHAI)
    return {
        "today": f"{local.month}月{local.day}日",
        "service_from": release.service_from,
        "service_until": release.service_until,
        **release.words,
    }
