"""Fetching an account's token from WeChat: rarely, one at a time, and never in a loop."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from chalicelib.access_token import fingerprint
from chalicelib.door import count, log
from chalicelib.store import token as tokens
from chalicelib.store.table import Lost, Table
from chalicelib.store.token import Token
from chalicelib.tokens.app_secret import AppSecret
from chalicelib.wechat.errors import Busy, UnknownOutcome, WechatError

AHEAD = timedelta(minutes=10)
FRESH = timedelta(seconds=60)
"""A token that was fetched so lately is not fetched again, how short its life may be: WeChat has no other yet."""
LEASE = timedelta(seconds=10)
"""Longer than a call to WeChat may take. Whoever needs longer still may find a newer token in place of theirs."""
BREAK = timedelta(seconds=60)
PAUSE = 0.25
PATIENCE = 16
"""How many times to look whether the one who fetches is done, PAUSE seconds apart."""

Fetch: TypeAlias = Callable[[str, str], tuple[str, int]]
"""From appid and AppSecret to WeChat's token and the seconds it is good for. Raises WechatError."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refresher:
    """Puts tokens into the table. At most two calls to WeChat per refresh, whatever it answers.

    Who fetches holds a lease, so that two hundred Lambdas that miss the token together make one call. When WeChat
    refuses, a lease of a minute is left that nobody holds: that is the breaker, and the platform hears from us once a
    minute until someone has mended it. The old token is never killed (`force_refresh`): WeChat grants that
    twenty times a day, and every Lambda at work would fail with it.
    """

    table: Table
    secret: Callable[[str], AppSecret]
    fetch: Fetch
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    sleep: Callable[[float], None]

    def refresh(self, account: str, refused: str = "") -> None:
        """Return when the token is fresh, or nothing more can be done about it now.

        `refused` is the fingerprint of a token that WeChat no longer takes. Raises CredentialsError, Unavailable.
        """
        token = self._attended(account, refused)
        left = (token.expires_at - self.now()).total_seconds() if token.expires_at else 0
        count("TokenSecondsLeft", max(0, left), unit="Seconds", account=account)

    def _attended(self, account: str, refused: str) -> Token:
        """The token as it stands when all is done that can be."""
        for _ in range(PATIENCE):
            token = tokens.find(self.table, account)
            if self._is_fresh(token, refused) or self._is_broken(token):
                return token
            leased = self._lease(token)
            if leased:
                return self._renewed(leased, refused)
            self.sleep(PAUSE)
        log.info("token.waited", extra={"account": account})
        return tokens.find(self.table, account)

    def _is_fresh(self, token: Token, refused: str) -> bool:
        now = self.now()
        if token.expires_at is None or token.expires_at <= now or fingerprint(token.value) == refused:
            return False
        return token.expires_at > now + AHEAD or (token.fetched_at is not None and token.fetched_at > now - FRESH)

    def _is_broken(self, token: Token) -> bool:
        return self._is_leased(token) and not token.lease

    def _is_leased(self, token: Token) -> bool:
        return token.lease_until is not None and token.lease_until > self.now()

    def _lease(self, token: Token) -> Token | None:
        """The token under our lease, None while another holds one."""
        if self._is_leased(token):
            return None
        return self._write(replace(token, lease=self.new_id(), lease_until=self.now() + LEASE))

    def _renewed(self, leased: Token, refused: str) -> Token:
        """The new token, or the old one when none is to be had."""
        asked_at = self.now()
        try:
            value, seconds = self._fetched(self.secret(leased.account))
        except (Busy, UnknownOutcome) as error:  # it may pass: the lease ends by itself
            log.warning("token.unreached", extra=_told(leased.account, error))
        except WechatError as error:
            log.error("token.refused", extra=_told(leased.account, error))
            count("TokenRefused", account=leased.account)
            self._break(leased)
        else:
            expires_at = asked_at + timedelta(seconds=seconds)
            fetched = replace(leased, value=value, expires_at=expires_at, fetched_at=asked_at)
            self._store(fetched, refused)
            return fetched
        return leased

    def _fetched(self, app: AppSecret) -> tuple[str, int]:
        try:
            return self.fetch(app.appid, app.secret)
        except Busy:
            self.sleep(PAUSE)
        return self.fetch(app.appid, app.secret)

    def _store(self, token: Token, refused: str) -> None:
        """Write it unless someone has written since: a late answer never takes the place of a newer token."""
        if fingerprint(token.value) == refused:
            log.error("token.unchanged", extra={"account": token.account})
            count("TokenRefused", account=token.account)
            self._break(token)
            return
        if self._write(replace(token, lease_until=None)):
            log.info("token.fetched", extra={"account": token.account})

    def _break(self, token: Token) -> None:
        self._write(replace(token, lease="", lease_until=self.now() + BREAK))

    def _write(self, token: Token) -> Token | None:
        """The token as it now stands, None when another was first."""
        try:
            self.table.write([token.put()])
        except Lost:
            return None
        return replace(token, version=token.version + 1)


def _told(account: str, error: WechatError) -> dict[str, str | int | None]:
    return {
        "account": account,
        "error": type(error).__name__,
        "code": error.code,
        "rid": error.rid,
        "said": error.message or str(error),
    }
