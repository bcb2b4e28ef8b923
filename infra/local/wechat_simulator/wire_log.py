"""The wire log: the last deliveries, API calls and clock moves."""

from collections import deque
from datetime import datetime
from threading import Lock
from typing import Any

KEPT = 2_000
LONGEST_LIST = 100
SECRET_FIELDS = frozenset({"access_token", "refresh_token", "secret", "appsecret"})


class WireLog:
    """A ring of entries that are ready for JSON. Safe between threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=kept)
        self._last = 0
        self._lock = Lock()

    @property
    def last(self) -> int:
        return self._last

    def add(self, kind: str, at: datetime, *, account: str, title: str, **fields: object) -> int:
        """Fields that are None are left out. Answers the entry's number."""
        given = {name: value for name, value in fields.items() if value is not None}
        with self._lock:
            self._last += 1
            entry = {"seq": self._last, "at": at.isoformat(), "kind": kind, "account": account, "title": title}
            self._entries.append({**entry, **given})
            return self._last

    def entries(self, *, after: int = 0, account: str = "") -> list[dict[str, Any]]:
        """Newer than `after`; of one account, together with what concerns all of them."""
        with self._lock:
            kept = tuple(self._entries)
        return [entry for entry in kept if entry["seq"] > after and (not account or entry["account"] in ("", account))]


def masked(value: Any) -> Any:
    """The same JSON value without tokens and secrets, and with long lists cut."""
    if isinstance(value, dict):
        return {name: _mask(name, item) for name, item in value.items()}
    if isinstance(value, list):
        shown = [masked(item) for item in value[:LONGEST_LIST]]
        return shown if len(value) <= LONGEST_LIST else [*shown, f"…（共 {len(value)} 项）"]
    return value


def _mask(name: str, item: Any) -> Any:
    if name in SECRET_FIELDS and isinstance(item, str):
        return f"{item[:4]}…" if len(item) > 8 else "…"
    return masked(item)
