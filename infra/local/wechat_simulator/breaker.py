"""MarkFail: WeChat stops pushing to a server that failed too often (official docs, interface alarms)."""

from collections import deque
from datetime import datetime, timedelta

from infra.local.wechat_simulator.switches import Switches


class Breaker:
    """Counts an account's failures and keeps the pause. What is pushed in the pause is lost."""

    def __init__(self) -> None:
        self._failures: deque[datetime] = deque()
        self._until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self._until is not None and now < self._until

    def note_failure(self, now: datetime, switches: Switches) -> None:
        if not switches.breaker_failures:
            return
        self._failures.append(now)
        oldest = now - timedelta(seconds=switches.breaker_window_seconds)
        while self._failures and self._failures[0] < oldest:
            self._failures.popleft()
        if len(self._failures) >= switches.breaker_failures:
            self._until = now + timedelta(seconds=switches.breaker_pause_seconds)
            self._failures.clear()
