"""The words of the gate: what is known when a push is judged, and what may come of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from chalicelib.store.member import Member
from chalicelib.store.quota import Quota
from chalicelib.store.sends import Sends
from chalicelib.store.switches import Switches


@dataclass(frozen=True, slots=True)
class Known:
    """Read in one round trip, right before the send. `sends` is that of the member's own incarnation, or None."""

    now: datetime
    switches: Switches
    quota: Quota
    """Of the push's channel, today."""
    left: bool = False
    """Whether a tombstone says that the recipient left, and not only that they had everything erased."""
    member: Member | None = None
    sends: Sends | None = None


@dataclass(frozen=True, slots=True)
class Go:
    """It may be sent now. With `canary`, as one of the first of its kind today."""

    canary: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: look again then."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Not this one, ever."""

    reason: str


Verdict: TypeAlias = Go | Wait | Stop
