"""What an answer of WeChat's, or none, makes of a push: one table by error class and channel. Pure.

Retry follows the channel, not the kind: where WeChat knows our key, a send may be tried again while it remembers it;
elsewhere what may have been accepted is never tried again. After an unanswered attempt nothing proves any more that
WeChat has not accepted it: from then on a push is put off only for as long as the key is remembered, and a refusal
ends it as unknown.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from chalicelib.clock import next_midnight
from chalicelib.sending.traits import NEVER, TRAITS
from chalicelib.store.push import Push, State
from chalicelib.store.sends import SendState
from chalicelib.wechat import errors

AT_ONCE = 2
"""How often a busy WeChat is asked again in the same breath."""
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
"""Between one attempt and the next, where WeChat has not accepted it for certain."""
MOST_ATTEMPTS = len(PAUSES) + 1
AGAIN_SOON = timedelta(seconds=45)
"""When an unanswered send is tried again under its key: several times before WeChat forgets it."""
MORNING_SPREAD = timedelta(minutes=40)

Effect: TypeAlias = Literal["close_day", "slow", "pause_kind", "pause_channel", "ask_about_member"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the push becomes. `again_at` with `deferred`; `accepted` is whether WeChat may have taken it."""

    state: State
    reason: str = ""
    again_at: datetime | None = None
    effects: tuple[Effect, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.state in ("sent", "unknown") or self.reason == "unanswered"

    @property
    def in_ledger(self) -> SendState:
        """What the member's ledger says of a push that WeChat may have accepted: what the push itself says, so that
        a finish event knows where it stood. One that will be tried again is under way still."""
        if self.state == "sent":
            return "sent"
        return "claimed" if self.state == "deferred" else "unknown"


def after(error: errors.WechatError, push: Push, now: datetime) -> Outcome:
    """What an attempt that raised comes to; `push` is as it was claimed for it."""
    if isinstance(error, errors.AlreadyAccepted):
        return Outcome("sent")
    if may_be_accepted(error):
        return _unanswered(push, now)
    told = _refused(error, push, now)
    if not push.doubtful:
        return told
    if told.again_at and may_repeat(push, told.again_at):
        return replace(told, reason="unanswered")
    return Outcome("unknown", told.reason, effects=told.effects)


def may_be_accepted(error: errors.WechatError) -> bool:
    """Timeouts, resets, HTTP errors; and "busy", which does not say that nothing was done."""
    if isinstance(error, errors.Unreachable):
        return False
    return isinstance(error, (errors.UnknownOutcome, errors.Busy))


def may_ask_at_once(error: errors.WechatError, push: Push, now: datetime) -> bool:
    """Whether a busy WeChat can be asked again in the same breath."""
    return isinstance(error, errors.Unreachable) or (isinstance(error, errors.Busy) and may_repeat(push, now))


def _unanswered(push: Push, now: datetime) -> Outcome:
    again_at = now + AGAIN_SOON
    if may_repeat(push, again_at):
        return Outcome("deferred", "unanswered", again_at)
    return Outcome("unknown", "unanswered")


def may_repeat(push: Push, at: datetime) -> bool:
    """Whether WeChat still knows our key at that time, so that the same send can be tried again."""
    first, within = push.first_tried_at or at, TRAITS[push.channel].repeat_within
    return within > NEVER and at < first + within


def _refused(error: errors.WechatError, push: Push, now: datetime) -> Outcome:
    """WeChat has not accepted it. The first class that fits says what follows."""
    rule = next(rule for kind, rule in RULES if isinstance(error, kind))
    return rule(error, push, now)


def _failed(*effects: Effect) -> "Rule":
    return lambda error, _push, _now: Outcome("failed", _code(error), effects=effects)


def _too_fast(_error: errors.WechatError, push: Push, now: datetime) -> Outcome:
    return _later(push, "too_fast", now + next_minute(push, now), effects=("slow",))


def _day_spent(_error: errors.WechatError, push: Push, now: datetime) -> Outcome:
    return _later(push, "quota", morning_after(push, now), effects=("close_day",))


def _again_later(reason: str) -> "Rule":
    return lambda _error, push, now: _backed_off(push, reason, now)


def _unheard_of(error: errors.WechatError, push: Push, now: datetime) -> Outcome:
    """A code that we do not know: twice more, then an operator looks at it."""
    return _backed_off(push, str(error.code), now) if push.attempts <= AT_ONCE else _dead(error, push, now)


def _dead(error: errors.WechatError, _push: Push, _now: datetime) -> Outcome:
    return Outcome("dead", _code(error))


def _code(error: errors.WechatError) -> str:
    return str(error.code or type(error).__name__)


Rule: TypeAlias = Callable[[errors.WechatError, Push, datetime], Outcome]
RULES: tuple[tuple[type[errors.WechatError], Rule], ...] = (
    (errors.MinuteLimit, _too_fast),
    (errors.DayLimit, _day_spent),
    (errors.RecipientMonthLimit, _failed()),
    (errors.MonthLimit, _failed("pause_channel")),
    (errors.RecipientGone, _failed("ask_about_member")),
    (errors.NoWindow, _failed()),
    (errors.NoCredit, _failed()),
    (errors.ContentRefused, _failed("pause_kind")),
    (errors.NotAllowed, _failed("pause_channel")),
    (errors.WaitingForAdmin, _again_later("waiting_admin")),
    (errors.TokenRefused, _again_later("token")),
    (errors.Unreachable, _again_later("busy")),
    (errors.UnknownCode, _unheard_of),
    (errors.WechatError, _dead),
)


def _backed_off(push: Push, reason: str, now: datetime) -> Outcome:
    if push.attempts >= MOST_ATTEMPTS:
        return Outcome("dead", reason)
    return _later(push, reason, now + PAUSES[push.attempts - 1])


def _later(push: Push, reason: str, at: datetime, *, effects: tuple[Effect, ...] = ()) -> Outcome:
    if at >= push.expires_at:
        return Outcome("expired", reason, effects=effects)
    return Outcome("deferred", reason, at, effects)


def next_minute(push: Push, now: datetime) -> timedelta:
    """To somewhere in the minute after this one, so that what was put off does not come back at once."""
    return timedelta(seconds=60 - now.second) + spread(push, timedelta(minutes=1))


def morning_after(push: Push, now: datetime) -> datetime:
    """When the next day's quota may be drawn on."""
    return next_midnight(now) + spread(push, MORNING_SPREAD)


def spread(push: Push, over: timedelta) -> timedelta:
    """The push's own place in a stretch of time: the same whenever it is asked for."""
    return over * (zlib.crc32(push.push_id.encode()) % 10_000 / 10_000)
