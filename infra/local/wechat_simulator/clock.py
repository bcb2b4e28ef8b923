"""The one clock: real time plus an offset, or frozen, and movable."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

Subscriber = Callable[[], None]


class Clock:
    """Aware UTC time that can be moved. Safe to share between threads."""

    def __init__(self, *, start: datetime | None = None, frozen: bool = False) -> None:
        self._lock = Lock()
        self._frozen = frozen
        self._subscribers: list[Subscriber] = []
        first = aware(start) if start else datetime.now(UTC)
        self._still = first
        self._offset = first - datetime.now(UTC) if start else timedelta()

    def now(self) -> datetime:
        with self._lock:
            return self._still if self._frozen else datetime.now(UTC) + self._offset

    @property
    def offset_seconds(self) -> float:
        """How far this clock is ahead of the wall clock."""
        with self._lock:
            offset = self._still - datetime.now(UTC) if self._frozen else self._offset
        return round(offset.total_seconds(), 3)

    def advance(self, seconds: float) -> None:
        """Move forward, then tell the subscribers."""
        if not seconds >= 0:
            raise ValueError("the clock advances by zero or more seconds")
        self._move(timedelta(seconds=seconds))

    def set(self, instant: datetime) -> None:
        """Jump to an instant, also backwards, then tell the subscribers."""
        self._move(aware(instant) - self.now())

    def subscribe(self, callback: Subscriber) -> None:
        """Have `callback()` called after each move."""
        with self._lock:
            self._subscribers.append(callback)

    def _move(self, step: timedelta) -> None:
        with self._lock:
            self._still += step
            self._offset += step
            subscribers = tuple(self._subscribers)
        for callback in subscribers:
            callback()


def aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("the clock needs an aware datetime")
    return instant.astimezone(UTC)
