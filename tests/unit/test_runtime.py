"""How the outside world is put together."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import runtime as module
from chalicelib.door import Deadline, log
from chalicelib.errors import SettingsError, Unavailable, UnknownAccount
from chalicelib.runtime import Runtime, runtime, use
from chalicelib.settings import Settings
from tests.support.logs import logged

SETTINGS = Settings(stage="test", wechat_api="http://127.0.0.1:1")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS that nobody serves; the process has no runtime yet; the log's level is put back."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setattr(module, "_current", None)
    level = log.log_level
    yield
    log.setLevel(level)


@pytest.fixture
def r() -> Runtime:
    return Runtime(SETTINGS)


def test_the_runtime_is_built_once_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYUAN_STAGE", "from-outside")

    built = runtime()

    assert built.settings.stage == "from-outside"
    assert runtime() is built


def test_a_runtime_that_is_told_too_little_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUIYUAN_STAGE", raising=False)

    with pytest.raises(SettingsError, match="HUIYUAN_STAGE"):
        runtime()


def test_another_world_can_be_used_instead(r: Runtime) -> None:
    assert use(r) is r
    assert runtime() is r


def test_the_log_is_as_loud_as_the_settings_say() -> None:
    Runtime(Settings(stage="test", log_level="ERROR"))

    with logged() as written:
        log.warning("unheard")
        log.error("heard")

    assert [line["message"] for line in written.lines] == ["heard"]


def test_now_is_aware_and_now(r: Runtime) -> None:
    assert r.now().tzinfo is UTC
    assert abs(r.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_ids_are_long_and_never_the_same(r: Runtime) -> None:
    ids = {r.new_id() for _ in range(1_000)}

    assert len(ids) == 1_000
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)


def test_collaborators_are_built_once(r: Runtime) -> None:
    assert r.accounts is r.accounts
    assert r.parameters is r.parameters
    assert r.queues is r.queues
    assert r.wechat_connection is r.wechat_connection


def test_a_table_is_bound_to_its_deadline_and_shares_the_connection(r: Runtime) -> None:
    assert r.table(Deadline(1)) is not r.table(Deadline(1))


def test_an_account_can_be_asked_for_without_anything_being_reached(r: Runtime) -> None:
    with pytest.raises(UnknownAccount):
        r.accounts.find("no/account")


def test_a_client_of_wechat_can_be_had_for_an_account(r: Runtime) -> None:
    table = r.table(Deadline(1))

    assert type(r.wechat("demo", table)).__name__ == "WechatClient"
    assert r.wechat("demo", table) is not r.wechat("demo", table)


def test_what_is_out_of_reach_is_given_up_soon_and_called_unavailable(r: Runtime) -> None:
    began = time.monotonic()

    with pytest.raises(Unavailable):
        r.accounts.find("demo")
    with pytest.raises(Unavailable):
        r.refresh_token("demo", "")
    assert r.queues.wake(["job-1"]) == 0

    assert time.monotonic() - began < 10


def test_a_pause_is_a_pause(r: Runtime) -> None:
    began = time.monotonic()

    r.sleep(0.02)

    assert time.monotonic() - began >= 0.02
