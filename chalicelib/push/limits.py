"""When followers do not want what they are sent: how many blocks and unfollows a kind may cause. Pure."""

from dataclasses import dataclass

from chalicelib.sending.wilson import interval
from chalicelib.store.watch import Reception

LEAST_HITS = 5
"""Fewer prove nothing, whatever their share is: one family, one tester."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The largest share of `trials` that may be `hits`; both are counts of a Reception."""

    reason: str
    share: float
    hits: str
    trials: str

    def is_exceeded(self, seen: Reception) -> bool:
        """With statistical confidence: even the low end of what the true share may be is above the limit."""
        hits, trials = self._counts(seen)
        return hits >= LEAST_HITS and interval(hits, trials).low > self.share

    def is_kept(self, seen: Reception) -> bool:
        """As far as it was seen. Neither this nor exceeded: it takes more pushes to tell."""
        hits, trials = self._counts(seen)
        return hits <= self.share * trials

    def _counts(self, seen: Reception) -> tuple[int, int]:
        hits: int = getattr(seen, self.hits)
        return hits, max(hits, getattr(seen, self.trials))


LIMITS = (
    Limit("blocks", 0.02, "blocked", "reported"),
    Limit("unfollows", 0.01, "unfollowed", "sent"),
    Limit("undelivered", 0.10, "failed", "reported"),
)
"""Notices that are wanted are blocked by a few in a thousand, and an account loses fewer than one follower in a hundred
per day anyway: more is the kind's doing. One in ten that WeChat cannot deliver is a fault of content or account.
The first one that is exceeded is the reason of the pause."""


def exceeded(seen: Reception) -> str:
    """The reason to pause; empty when there is none."""
    return next((limit.reason for limit in LIMITS if limit.is_exceeded(seen)), "")


def are_kept(seen: Reception) -> bool:
    return all(limit.is_kept(seen) for limit in LIMITS)
