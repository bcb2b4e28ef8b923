"""Tells whoever listens that something changed, so that a page can fetch it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Any


class Listener:
    """What changed since it was last asked. Changes of one kind melt into one."""

    def __init__(self, condition: Condition) -> None:
        self._condition = condition
        self._pending: dict[str, Any] = {}
        self.is_closed = False

    def note(self, kind: str, value: Any) -> None:
        if kind == "chat":
            self._pending.setdefault("chat", {}).update(value)
        else:
            self._pending[kind] = value

    def wait(self, seconds: float) -> dict[str, Any]:
        """The changes, as soon as there are any; nothing after `seconds` without one."""
        with self._condition:
            self._condition.wait_for(lambda: self._pending or self.is_closed, timeout=seconds)
            pending, self._pending = self._pending, {}
            return pending


class Changes:
    """The bell that rings for all listeners."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._listeners: list[Listener] = []
        self._version = 0

    def tell(self, kind: str, value: Any) -> None:
        with self._condition:
            for listener in self._listeners:
                listener.note(kind, value)
            self._condition.notify_all()

    def tell_version(self, kind: str) -> None:
        """A change that carries no value but a growing number."""
        with self._condition:
            self._version += 1
            version = self._version
        self.tell(kind, version)

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        listener = Listener(self._condition)
        with self._condition:
            self._listeners.append(listener)
        try:
            yield listener
        finally:
            with self._condition:
                self._listeners.remove(listener)

    def close(self) -> None:
        """Wake every listener for the last time."""
        with self._condition:
            for listener in self._listeners:
                listener.is_closed = True
            self._condition.notify_all()
