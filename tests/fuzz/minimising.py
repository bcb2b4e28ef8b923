"""From a long story that ends in a finding to the shortest that still does."""

import time
from collections.abc import Callable
from typing import TypeVar

from tests.fuzz.cases import Case

Story = tuple[Case, ...]
T = TypeVar("T", Story, bytes)
Fails = Callable[[Story], bool]
"""Whether these cases, run in a fresh world, end in the same finding."""
NAME = 16
"""Bytes of a part that is a choice rather than a content: it is left as it is."""
MOST_TRIES = 400
MOST_SECONDS = 20.0
"""Of CPU time: what is found because it is slow is slow to shorten."""


def minimised(story: Story, fails: Fails) -> Story:
    """The last case alone if that is enough, else as few as are needed; then as few bytes."""
    still = Tries(fails)
    story = story[-1:] if still(story[-1:]) else shortened(story, still)
    for at, name in [
        (at, name) for at, case in enumerate(story) for name in case.parts if len(case.parts[name]) > NAME
    ]:
        story = _with_less(story, at, name, still)
    return story


def _with_less(story: Story, at: int, name: str, still: Fails) -> Story:
    """With as few bytes in one part of one case as are needed."""

    def instead(part: bytes) -> Story:
        return (*story[:at], story[at].but(**{name: part}), *story[at + 1 :])

    return instead(shortened(story[at].parts[name], lambda part: still(instead(part))))


class Tries:
    """Asks only so often."""

    def __init__(self, fails: Fails) -> None:
        self._fails = fails
        self._left = MOST_TRIES
        self._end = time.process_time() + MOST_SECONDS

    def __call__(self, story: Story) -> bool:
        self._left -= 1
        return self._left >= 0 and time.process_time() < self._end and self._fails(story)


def shortened(whole: T, still: Callable[[T], bool]) -> T:
    """Leave out ever smaller pieces while it still fails."""
    size = len(whole) // 2
    while size:
        start = 0
        while start < len(whole):
            shorter = whole[:start] + whole[start + size :]
            if still(shorter):
                whole = shorter
            else:
                start += size
        size //= 2
    return whole
