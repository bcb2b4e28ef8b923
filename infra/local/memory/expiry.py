"""TTL: items whose `expires_at` has passed are deleted, late."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush

from infra.local.memory.values import Typed

ATTRIBUTE = "expires_at"
PAST = timedelta(days=5 * 365)
"""DynamoDB leaves alone what expired longer ago than this, taking it for a mistake."""


class Expiry:
    """Remembers when which key is due; an item that was rewritten or removed since is left alone."""

    def __init__(self, *, lag: timedelta) -> None:
        self.lag = lag
        self._due: list[tuple[float, str, str]] = []

    def watch(self, item: Typed) -> None:
        at = expires_at(item)
        if at is not None:
            heappush(self._due, (at, item["pk"]["S"], item["sk"]["S"]))

    def due(self, now: datetime) -> Iterator[tuple[str, str, float]]:
        """Keys that may go now, and the time that they had when they were written."""
        limit = (now - self.lag).timestamp()
        while self._due and self._due[0][0] <= limit:
            at, pk, sk = heappop(self._due)
            if at > (now - PAST).timestamp():
                yield pk, sk, at


def expires_at(item: Typed) -> float | None:
    """Epoch seconds; None where there is no number."""
    number = item.get(ATTRIBUTE, {}).get("N")
    return None if number is None else float(number)
