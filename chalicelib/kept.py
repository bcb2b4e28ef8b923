"""What accounts' parameters hold: fetched on first use, kept a few minutes, unknown accounts too."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, Protocol, TypeVar

from chalicelib.door import log
from chalicelib.errors import CredentialsError, Unavailable, UnknownAccount

T = TypeVar("T")

KEPT_BAD = timedelta(minutes=1)
"""For accounts that do not exist or are malformed."""
KEPT_UNREACHABLE = timedelta(hours=1)
"""How long what was read serves on, while it cannot be read again."""
RETRIED = timedelta(minutes=1)
MOST_KEPT = 256
ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class Parameters(Protocol):
    """Where secrets are kept, by name."""

    def get(self, name: str) -> str | None:
        """The decrypted value, or None when there is no such parameter. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class _Known(Generic[T]):
    """What was read, when, and until when nobody asks again."""

    found: T | CredentialsError
    read_at: datetime
    until: datetime


class Kept(Generic[T]):
    """By account, in two bounded memories, so that guessed names push no real account out."""

    def __init__(
        self,
        parameters: Parameters,
        *,
        name: Callable[[str], str],
        read: Callable[[str, str, str], T],
        now: Callable[[], datetime],
        lasts: timedelta,
    ) -> None:
        """`read` takes account, text and the parameter's name; it raises CredentialsError."""
        self._parameters = parameters
        self._name = name
        self._make = read
        self._now = now
        self._lasts = lasts
        self._good: dict[str, _Known[T]] = {}
        self._bad: dict[str, _Known[T]] = {}
        self._lock = Lock()

    def find(self, account: str) -> T:
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

    def _read(self, account: str, known: _Known[T] | None) -> _Known[T]:
        parameter, now = self._name(account), self._now()
        try:
            found = self._made(account, self._parameters.get(parameter), parameter)
        except CredentialsError as error:
            return self._keep(account, _Known(error.with_traceback(None), now, now + KEPT_BAD))
        except Unavailable:
            if known is None or isinstance(known.found, CredentialsError) or now >= known.read_at + KEPT_UNREACHABLE:
                raise
            log.warning("credentials.stale", extra={"account": account})
            return self._keep(account, replace(known, until=now + RETRIED))
        return self._keep(account, _Known(found, now, now + self._lasts))

    def _made(self, account: str, text: str | None, parameter: str) -> T:
        if text is None:
            raise UnknownAccount(f"there is no parameter {parameter}")
        return self._make(account, text, parameter)

    def _keep(self, account: str, known: _Known[T]) -> _Known[T]:
        memory = self._bad if isinstance(known.found, CredentialsError) else self._good
        with self._lock:
            self._good.pop(account, None)
            self._bad.pop(account, None)
            memory[account] = known
            if len(memory) > MOST_KEPT:
                del memory[next(iter(memory))]
        return known
