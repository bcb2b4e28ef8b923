"""What time is to an operator's command: it may run for an hour, only trouble has a deadline; and what day it is."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

import requests

from chalicelib.door import Deadline
from chalicelib.runtime import Runtime

CLOCK = "HUIYUAN_CLOCK"
"""Names the address of the simulator's clock, on a laptop where it can be moved."""
CALM = 15.0
"""Seconds without trouble after which the next one is a new one: longer than a call and the pause after it take."""


class Patience(Deadline):
    """So many seconds for each trouble. Asked only when a call has failed: whoever was not asked lately was served."""

    def __init__(self, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(seconds, monotonic=monotonic)
        self._seconds = seconds
        self._asked_at = monotonic()

    def left(self) -> float:
        now = self._monotonic()
        if now - self._asked_at > CALM:
            self._end = now + self._seconds
        self._asked_at = now
        return self._end - now


class OperatorRuntime(Runtime):
    """Nobody waits five seconds for an operator: one call may take as long as a slow line needs."""

    read_seconds = 10.0

    def now(self) -> datetime:
        return present()


def present() -> datetime:
    """The time in the world that the command is about."""
    return datetime.now(UTC) + _ahead(os.environ.get(CLOCK, ""))


@cache
def _ahead(clock: str) -> timedelta:
    """How far a laptop's world is ahead of us; where no clock is named, not at all."""
    if not clock:
        return timedelta()
    with requests.Session() as session:
        session.trust_env = False  # it is on loopback: no proxy
        return timedelta(seconds=session.get(clock, timeout=5).json()["offset_seconds"])
