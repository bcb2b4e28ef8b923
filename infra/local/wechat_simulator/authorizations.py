"""What people allowed a page to know of them: codes and user-level tokens (official docs, web authorisation)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from infra.local.wechat_simulator.account import LETTERS_AND_DIGITS, letters
from infra.local.wechat_simulator.switches import Switches

CODE_SECONDS = 300
REFRESH_DAYS = 30
FORGOTTEN_AFTER = timedelta(days=REFRESH_DAYS)


@dataclass(frozen=True, slots=True)
class Grant:
    """Who is known to the page and how much of them. On a snapshot page openid, unionid and name are made up."""

    openid: str
    name: str
    unionid: str
    scope: str
    is_snapshot: bool = False

    @property
    def tells_profile(self) -> bool:
        return self.scope == "snsapi_userinfo"


@dataclass(slots=True)
class Code:
    grant: Grant
    expires_at: datetime
    is_used: bool = False


@dataclass(slots=True)
class UserToken:
    """An access token for one person, and the refresh token that came with it."""

    text: str
    refresh: str
    grant: Grant
    expires_at: datetime
    refresh_until: datetime


class Authorizations:
    """One account's codes and user tokens."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, UserToken] = {}
        self.by_refresh: dict[str, UserToken] = {}

    def knows(self, token: str) -> bool:
        return token in self.tokens

    def new_code(self, grant: Grant, now: datetime) -> str:
        self._forget_before(now - FORGOTTEN_AFTER)
        text = letters(self._random, 32)
        self.codes[text] = Code(grant, now + timedelta(seconds=CODE_SECONDS))
        return text

    def redeem(self, code: Code, now: datetime, switches: Switches) -> UserToken:
        code.is_used = True
        token = UserToken(
            text=self._new_text(),
            refresh=self._new_text(),
            grant=code.grant,
            expires_at=now + timedelta(seconds=switches.token_lifetime_seconds),
            refresh_until=now + timedelta(days=REFRESH_DAYS),
        )
        self.tokens[token.text] = self.by_refresh[token.refresh] = token
        return token

    def renew(self, token: UserToken, now: datetime, switches: Switches) -> None:
        """Give the token a new life, under another name when it had expired or a switch says so."""
        if token.expires_at <= now or not switches.oauth_refresh_keeps_token:
            del self.tokens[token.text]
            token.text = self._new_text()
            self.tokens[token.text] = token
        token.expires_at = now + timedelta(seconds=switches.token_lifetime_seconds)

    def _forget_before(self, moment: datetime) -> None:
        """What was over by then need not be told from what never was."""
        self.codes = {text: one for text, one in self.codes.items() if one.expires_at > moment}
        self.by_refresh = {text: one for text, one in self.by_refresh.items() if one.refresh_until > moment}
        self.tokens = {one.text: one for one in self.by_refresh.values()}

    def _new_text(self) -> str:
        return "90_" + letters(self._random, 86, LETTERS_AND_DIGITS + "-_")
