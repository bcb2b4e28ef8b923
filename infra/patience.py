"""An operator's command may run for an hour; only trouble has a deadline."""

import time
from collections.abc import Callable

from chalicelib.door import Deadline
from chalicelib.runtime import Runtime

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
