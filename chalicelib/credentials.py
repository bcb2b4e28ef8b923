"""What an account's parameters hold. Fetched on first use, kept a few minutes, unknown accounts too."""

import base64
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Literal, Protocol, Self

from chalicelib.door import log
from chalicelib.errors import CredentialsError, Unavailable, UnknownAccount

KEPT = timedelta(minutes=5)
KEPT_BAD = timedelta(minutes=1)
"""For accounts that do not exist or are malformed."""
KEPT_UNREACHABLE = timedelta(hours=1)
"""How long credentials serve after they were last read, while they cannot be read again."""
RETRIED = timedelta(minutes=1)
MOST_KEPT = 256
ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
Mode = Literal["safe", "compatible", "plain"]
_MODES: dict[str, Mode] = {"safe": "safe", "compatible": "compatible", "plain": "plain"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """One account: who it is, and the keys that its callbacks are signed and encrypted with."""

    account: str
    appid: str
    token: str = field(repr=False)
    aes_keys: tuple[bytes, ...] = field(repr=False)
    """The current key first, then the previous one while a rotation is under way. 32 bytes each."""
    data_key: bytes = field(repr=False)
    """Key of the HMAC that stands for an openid in tombstones and logs. It must never change."""
    mode: Mode = "safe"

    def handle(self, openid: str) -> str:
        """A stable name for an openid that does not tell it: keyed HMAC-SHA256, hex."""
        return hmac.digest(self.data_key, openid.encode(), "sha256").hex()

    @classmethod
    def from_json(cls, account: str, text: str, *, parameter: str) -> Self:
        """Raises CredentialsError naming parameter and field, never a value."""
        fields = _Fields(text, parameter)
        return cls(
            account=account,
            appid=fields.text("appid", r"wx[0-9a-z]{16}"),
            token=fields.text("token", r"[A-Za-z0-9]{3,32}"),
            aes_keys=tuple(fields.aes_key(name) for name in ("aes_key", "previous_aes_key") if fields.has(name)),
            data_key=fields.text("data_key", r"[0-9a-f]{64}").encode(),
            mode=fields.mode(),
        )


class Parameters(Protocol):
    """Where secrets are kept, by name."""

    def get(self, name: str) -> str | None:
        """The decrypted value, or None when there is no such parameter. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read, when, and until when nobody asks again."""

    found: Credentials | CredentialsError
    read_at: datetime
    until: datetime


class Accounts:
    """Credentials by account, in two bounded memories, so that guessed names push no real account out."""

    def __init__(self, parameters: Parameters, *, name: Callable[[str], str], now: Callable[[], datetime]) -> None:
        self._parameters = parameters
        self._name = name
        self._now = now
        self._good: dict[str, _Known] = {}
        self._bad: dict[str, _Known] = {}
        self._lock = Lock()

    def find(self, account: str) -> Credentials:
        """Raises UnknownAccount, CredentialsError when malformed, Unavailable when out of reach and not known well
        enough: what was good within the last hour goes on serving meanwhile."""
        if not ACCOUNT.fullmatch(account):
            raise UnknownAccount("not a name of an account")
        known = self._good.get(account) or self._bad.get(account)
        if known is None or self._now() >= known.until:
            known = self._read(account, known)
        if isinstance(known.found, CredentialsError):
            raise type(known.found)(*known.found.args)  # anew: an exception gathers frames each time it is raised
        return known.found

    def _read(self, account: str, known: _Known | None) -> _Known:
        parameter, now = self._name(account), self._now()
        try:
            found = _parsed(account, self._parameters.get(parameter), parameter)
        except CredentialsError as error:
            return self._keep(account, _Known(error.with_traceback(None), now, now + KEPT_BAD))
        except Unavailable:
            if known is None or isinstance(known.found, CredentialsError) or now >= known.read_at + KEPT_UNREACHABLE:
                raise
            log.warning("credentials.stale", extra={"account": account})
            return self._keep(account, replace(known, until=now + RETRIED))
        return self._keep(account, _Known(found, now, now + KEPT))

    def _keep(self, account: str, known: _Known) -> _Known:
        memory = self._bad if isinstance(known.found, CredentialsError) else self._good
        with self._lock:
            self._good.pop(account, None)
            self._bad.pop(account, None)
            memory[account] = known
            if len(memory) > MOST_KEPT:
                del memory[next(iter(memory))]
        return known


def _parsed(account: str, text: str | None, parameter: str) -> Credentials:
    if text is None:
        raise UnknownAccount(f"there is no parameter {parameter}")
    return Credentials.from_json(account, text, parameter=parameter)


class _Fields:
    """The fields of a parameter, each checked by name."""

    def __init__(self, text: str, parameter: str) -> None:
        self._parameter = parameter
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise CredentialsError(f"parameter {parameter} is not a JSON object")
        self._found: Mapping[str, Any] = found

    def has(self, name: str) -> bool:
        return name == "aes_key" or self._found.get(name) is not None

    def text(self, name: str, pattern: str) -> str:
        value = self._found.get(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self._wrong(name)
        return value

    def aes_key(self, name: str) -> bytes:
        return base64.b64decode(self.text(name, r"[A-Za-z0-9+/]{43}") + "=")

    def mode(self) -> Mode:
        mode = _MODES.get(str(self._found.get("mode", "safe")))
        if mode is None:
            raise self._wrong("mode")
        return mode

    def _wrong(self, name: str) -> CredentialsError:
        return CredentialsError(f"parameter {self._parameter}: field {name} is missing or malformed")
