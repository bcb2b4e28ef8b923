"""Whatever happens, neither log nor metrics tell who wrote what, or with which secret."""

import json
from collections.abc import Iterator
from functools import cache

import pytest

from tests.simulation.stage import SHOP
from tests.support.doings import everything_done
from tests.support.shop import DATA_KEY, RELEASE, an_account
from tests.support.watched import TILL_SECRET, Watched

TELLING = 2
"""A text of so many characters tells something; single digits and letters are in every line."""


@cache
def _seen() -> tuple[str, frozenset[str]]:
    """All that was written while everything was done once, and what must not be in it."""
    written = "".join(done.written for done in everything_done())
    secrets = {secret for done in everything_done() for secret in _secrets(done.stage)}
    return written, frozenset(secret for secret in secrets if len(secret) >= TELLING)


def _secrets(stage: Watched) -> Iterator[str]:
    account = an_account(SHOP)
    yield from (account.token, account.aes_key, account.secret, DATA_KEY, TILL_SECRET)
    yield from (item["value"] for item in stage.items("A#") if item["sk"] == "TOKEN")
    yield from (person["openid"] for person in stage.simulator.followers(SHOP))
    yield from (push.text for push in stage.evidence.pushes.values())
    yield from (notice.key for notice in stage.evidence.notices.perhaps.values())
    yield from (entry.answer for entry in RELEASE.entries)
    yield from (RELEASE.welcome, "鲜奶", "订单一")


def test_nothing_that_was_done_tells_who_wrote_what_or_with_which_secret() -> None:
    written, secrets = _seen()

    told = [secret for secret in secrets if secret in _plain(written)]

    assert told == []


def test_something_was_done_in_secret_and_something_was_written() -> None:
    written, secrets = _seen()

    kinds = {json.loads(line)["message"] for line in written.splitlines() if '"message"' in line}

    assert len(secrets) > 25
    assert {"callback.settled", "callback.refused", "job.done", "token.fetched", "events.taken", "push.sent"} <= kinds
    assert '"CloudWatchMetrics"' in written


@pytest.mark.parametrize("leak", ["plain", "escaped"])
def test_a_leak_is_found_however_it_is_written(leak: str) -> None:
    _, secrets = _seen()
    text = next(secret for secret in secrets if not secret.isascii())

    line = json.dumps({"message": text}, ensure_ascii=leak == "escaped")

    assert text in _plain(line)


def _plain(written: str) -> str:
    """What is written, and once more with the characters that JSON escapes."""
    return written + "".join(json.dumps(json.loads(line), ensure_ascii=False) for line in written.splitlines() if line)
