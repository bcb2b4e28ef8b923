"""The releases that this process has compiled. A broken one never silences the account: the previous one answers."""

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from chalicelib.decision import Faq
from chalicelib.door import count, log
from chalicelib.errors import AppError, Unavailable
from chalicelib.faq.engine import compile_release
from chalicelib.store import release as stored
from chalicelib.store.release import Release
from chalicelib.store.table import Table

LOADING_NEEDS = 2.0
"""Seconds that must be left for an answer before a release is loaded."""
RETRY_AFTER = timedelta(seconds=30)
KEPT = 3
"""Compiled releases per account: the current one, and those that a slower thread or a roll-back asks for."""
NOTHING = compile_release(Release(version=0))
_UNREADABLE = (zlib.error, ValueError, LookupError, TypeError, AttributeError)
"""What reading raises when the stored bytes are not a release."""


class BrokenRelease(AppError):
    """The version is missing, not whole, or not readable. Another one must answer."""


def load(table: Table, account: str, version: int) -> Release:
    """A release that is whole. Raises BrokenRelease."""
    try:
        release = stored.find(table, account, version)
    except _UNREADABLE as error:
        raise BrokenRelease("unreadable") from error
    if release is None:
        raise BrokenRelease("missing or not whole")
    return release


class Releases:
    """One per process. Each version is loaded at most once, also under threads; a failure is retried after a pause."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._compiled: dict[str, dict[int, Faq]] = {}
        self._latest: dict[str, Faq] = {}
        self._retry_at: dict[tuple[str, int], datetime] = {}

    def current(
        self, account: str, version: int, *, table: Table, now: datetime, time_left: Callable[[], float]
    ) -> Faq:
        """The release to answer with: the version, or the previous one where it cannot be had in time.

        Raises Unavailable where there is no previous one: who asks must not be told that we know nothing.
        """
        if version == 0:
            return NOTHING
        faq = self._known(account, version) or self._loaded(account, version, table, now, time_left)
        if faq is None:
            return self._instead(account, version, now)
        self._latest[account] = faq
        return faq

    def latest(self, account: str) -> Faq | None:
        """What answered last, for when the table cannot be reached; None in a process that has answered nothing."""
        return self._latest.get(account)

    def _instead(self, account: str, version: int, now: datetime) -> Faq:
        """Of a broken release nothing is known; for one that only could not be read in time, WeChat comes again."""
        if account in self._latest:
            return self._latest[account]
        if self._failed_lately(account, version, now):
            return NOTHING
        raise Unavailable("no release could be read in time")

    def _known(self, account: str, version: int) -> Faq | None:
        return self._compiled.get(account, {}).get(version)

    def _loaded(
        self, account: str, version: int, table: Table, now: datetime, time_left: Callable[[], float]
    ) -> Faq | None:
        """Load it, unless time is short, it failed just now, or another thread does so for too long."""
        if time_left() < LOADING_NEEDS or self._failed_lately(account, version, now):
            return None
        if not self._lock.acquire(timeout=max(time_left() - LOADING_NEEDS, 0.0)):
            return None
        try:
            if self._failed_lately(account, version, now):
                return None
            return self._known(account, version) or self._load(account, version, table, now)
        finally:
            self._lock.release()

    def _failed_lately(self, account: str, version: int, now: datetime) -> bool:
        retry_at = self._retry_at.get((account, version))
        return retry_at is not None and now < retry_at

    def _load(self, account: str, version: int, table: Table, now: datetime) -> Faq | None:
        try:
            faq = compile_release(load(table, account, version))
        except Unavailable:
            if account in self._latest:
                self._retry_at[account, version] = now + RETRY_AFTER
            log.warning("faq.release_unreached", extra={"account": account, "version": version})
            return None
        except BrokenRelease as error:
            self._retry_at[account, version] = now + RETRY_AFTER
            log.error("faq.release_broken", extra={"account": account, "version": version, "why": str(error)})
            count("ReleaseBroken", account=account)
            return None
        self._retry_at.pop((account, version), None)
        self._keep(account, version, faq)
        return faq

    def _keep(self, account: str, version: int, faq: Faq) -> None:
        """Replace the account's releases as a whole, so that readers need no lock."""
        kept = [*self._compiled.get(account, {}).items(), (version, faq)][-KEPT:]
        self._compiled[account] = dict(kept)
