"""Where a Lambda gets its access token: its own memory, the table, and at last the one function that may fetch it."""

import hashlib
import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.door import log
from chalicelib.errors import Unavailable
from chalicelib.store import token as tokens
from chalicelib.store.table import Table
from chalicelib.store.token import Token
from chalicelib.wechat.errors import TokenRefused

KEPT = timedelta(seconds=60)
EARLY = timedelta(seconds=300)
"""From then on WeChat hands out the next token; both are good until the old one ends (official page)."""
JITTER = timedelta(seconds=60)
MOST_REFRESHES = 2

Refresh: TypeAlias = Callable[[str, str], None]
"""Have a token fetched for the account, if need be; the fingerprint of a refused one, or nothing. Raises Unavailable.

That it returns does not say that there is a new one: look into the table.
"""


class Memory:
    """What one process has read from the table within the last minute."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Token, datetime]] = {}

    def recall(self, account: str, now: datetime) -> str:
        """The token's value, or nothing."""
        token, until = self._kept.get(account, (None, now))
        return token.value if token and now < until else ""

    def keep(self, token: Token, now: datetime) -> None:
        self._kept[token.account] = (token, min(now + KEPT, token.expires_at or now))

    def forget(self, account: str) -> None:
        self._kept.pop(account, None)


class AccessTokens:
    """Implements `wechat.calls.TokenSource` for one account and one invocation: it asks for at most two refreshes."""

    def __init__(
        self,
        account: str,
        *,
        table: Table,
        refresh: Refresh,
        now: Callable[[], datetime],
        memory: Memory,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._account = account
        self._table = table
        self._refresh = refresh
        self._now = now
        self._memory = memory
        self._early = EARLY + JITTER * jitter()
        self._refreshes_left = MOST_REFRESHES

    def get(self) -> str:
        """A token that should be good. Raises TokenRefused when none is to be had, Unavailable."""
        now = self._now()
        known = self._memory.recall(self._account, now)
        if known:
            return known
        token = tokens.find(self._table, self._account)
        if not _is_good(token, now + self._early):
            token = self._refreshed(token)
        return self._keep(token)

    def renew(self, refused: str) -> str:
        """Another token than the one that WeChat has refused. Raises TokenRefused when there is none, Unavailable."""
        self._memory.forget(self._account)
        token = tokens.find(self._table, self._account)
        if token.value == refused or not _is_good(token, self._now()):
            self._ask(fingerprint(refused))
            token = tokens.find(self._table, self._account)
        if token.value == refused:
            raise TokenRefused("the same token again")
        return self._keep(token)

    def _refreshed(self, old: Token) -> Token:
        """What stands in the table after a refresh; the old token while it lasts, should that fail."""
        try:
            self._ask("")
        except (Unavailable, TokenRefused):
            if _is_good(old, self._now()):
                return old
            raise
        return tokens.find(self._table, self._account)

    def _ask(self, refused: str) -> None:
        if not self._refreshes_left:
            raise TokenRefused("renewed twice already")
        self._refreshes_left -= 1
        self._refresh(self._account, refused)

    def _keep(self, token: Token) -> str:
        if not _is_good(token, self._now()):
            raise TokenRefused("there is no token")
        self._memory.keep(token, self._now())
        return token.value


def fingerprint(token: str) -> str:
    """Names a token without giving it away."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def refresh_by_invoke(client: Any, function_name: str) -> Refresh:
    """Refresh by calling the Lambda `token_refresh` and waiting for it.

    `client` is boto3's for Lambda, with no retries of its own and a read timeout longer than one refresh takes: 20 s.
    """

    def refresh(account: str, refused: str) -> None:
        payload = json.dumps(scheduled_event({"account": account, "refused": refused})).encode()
        if not _has_run(client, function_name, payload):
            raise Unavailable("the token could not be refreshed")

    return refresh


def scheduled_event(detail: dict[str, str]) -> dict[str, Any]:
    """An event of EventBridge's shape, as Chalice's schedules demand it, with our own detail."""
    empty = dict.fromkeys(("account", "region", "time"), "")
    return empty | {
        "version": "0",
        "id": "on-demand",
        "source": "huiyuan",
        "detail-type": "Token Refresh",
        "resources": [],
        "detail": detail,
    }


def _has_run(client: Any, function_name: str, payload: bytes) -> bool:
    try:
        answer = client.invoke(FunctionName=function_name, InvocationType="RequestResponse", Payload=payload)
    except (BotoCoreError, ClientError) as error:
        log.warning("token.uninvoked", extra={"error": type(error).__name__})
        return False
    answer["Payload"].close()
    return "FunctionError" not in answer


def _is_good(token: Token, at: datetime) -> bool:
    return bool(token.value) and token.expires_at is not None and token.expires_at > at
