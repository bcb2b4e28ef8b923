"""When a run of the watch over pushes could find anything: a year of runs every five minutes would find nothing."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.push.limits import LEAST_HITS
from chalicelib.push.reception import LOOKS_BACK
from chalicelib.sending.allowance import CANARY


@dataclass(slots=True)
class Signs:
    """Unfollows, and pushes that did not arrive. The watch needs some within its look back to pause a kind, and a
    whole canary batch within a day to have one to clear."""

    seen: deque[datetime] = field(default_factory=deque)
    undelivered: int = 0
    is_fresh: bool = False
    sent_before: int = 0
    """Calls until the last midnight."""

    def left(self, at: datetime) -> None:
        """Somebody has left."""
        self._note(at)

    def count(self, at: datetime, *, sent: int, arrived: int) -> None:
        """So many calls to send so far, so many messages that arrived."""
        missing = sent - arrived
        while self.undelivered < missing:
            self.undelivered += 1
            self._note(at)

    def is_due(self, at: datetime, *, sent: int) -> bool:
        """Whether the watch should run at its next turn; it has not seen the newest signs yet."""
        while self.seen and at - self.seen[0] > LOOKS_BACK:
            self.seen.popleft()
        return (self.is_fresh and len(self.seen) >= LEAST_HITS) or sent - self.sent_before >= CANARY

    def _note(self, at: datetime) -> None:
        self.seen.append(at)
        self.is_fresh = True
