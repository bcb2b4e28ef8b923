"""An account's access tokens: two pools that know nothing of each other (official docs, getStableAccessToken)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from infra.local.wechat_simulator.account import LETTERS_AND_DIGITS, letters
from infra.local.wechat_simulator.switches import Switches

_SHAPE = re.compile(r"[A-Za-z0-9_-]{64,512}")


def is_token_shaped(text: str) -> bool:
    return _SHAPE.fullmatch(text) is not None


@dataclass(slots=True)
class Token:
    text: str
    expires_at: datetime

    def seconds_left(self, now: datetime) -> int:
        return int((self.expires_at - now).total_seconds())


class Tokens:
    """Issues tokens and says of one whether it is good."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._issued: dict[str, Token] = {}
        self._classic: Token | None = None
        self._stable: Token | None = None
        self._forced_at: datetime | None = None
        self._forced_days: dict[str, int] = {}

    def classic(self, now: datetime, switches: Switches) -> Token:
        """Each call makes a new token; the one before works for five more minutes."""
        if self._classic is not None:
            overlap = now + timedelta(seconds=switches.token_overlap_seconds)
            self._classic.expires_at = min(self._classic.expires_at, overlap)
        self._classic = self._new(now, switches)
        return self._classic

    def stable(self, now: datetime, switches: Switches) -> Token:
        """The same token until five minutes before its end, then a new one beside it."""
        if self._stable is None or self._stable.seconds_left(now) < switches.token_overlap_seconds:
            self._stable = self._new(now, switches)
        return self._stable

    def forced(self, now: datetime, day: str, switches: Switches) -> Token | None:
        """A new token that kills the old one. The same one when asked again too soon; None beyond the limit."""
        soon = timedelta(seconds=switches.force_refresh_spacing_seconds)
        if self._forced_at is not None and now - self._forced_at < soon:
            return self.stable(now, switches)
        used = self._forced_days.get(day, 0)
        if used >= switches.force_refresh_per_day:
            return None
        self._forced_at, self._forced_days = now, {day: used + 1}
        if self._stable is not None:
            del self._issued[self._stable.text]
        self._stable = self._new(now, switches)
        return self._stable

    def has_expired(self, text: str, now: datetime) -> bool:
        """Of a token that is known."""
        return self._issued[text].expires_at <= now

    def knows(self, text: str) -> bool:
        return text in self._issued

    def _new(self, now: datetime, switches: Switches) -> Token:
        lifetime = timedelta(seconds=switches.token_lifetime_seconds)
        long_gone = now - timedelta(days=1)
        self._issued = {text: token for text, token in self._issued.items() if token.expires_at > long_gone}
        token = Token("90_" + letters(self._random, 133, LETTERS_AND_DIGITS + "-_"), now + lifetime)
        self._issued[token.text] = token
        return token
