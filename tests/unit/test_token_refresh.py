"""How seldom WeChat is asked for a token, whoever asks and whatever it answers."""

import json
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from chalicelib.access_token import AccessTokens, Memory, fingerprint
from chalicelib.credentials import Accounts
from chalicelib.door import log
from chalicelib.errors import CredentialsError, UnknownAccount
from chalicelib.store import token as tokens
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.token import Token
from chalicelib.tokens import app_secret
from chalicelib.tokens.app_secret import AppSecret
from chalicelib.tokens.refresh import BREAK, LEASE, PATIENCE, Refresher
from chalicelib.wechat.codes import error_for
from chalicelib.wechat.errors import UnknownOutcome, Unreachable, WechatError
from tests.builders import ACCOUNT, APPID, NOON
from tests.support.tables import OpenTable, memory_table, on_both_tables

SECRET = "0123456789abcdef0123456789abcdef"
RID = "6523a1b2-1a2b3c4d-5e6f7081"


class Wechat:
    """Hands out each token or error in turn, the last one for ever, and counts."""

    def __init__(self, *answers: str | WechatError, seconds: int = 7200) -> None:
        self.answers = list(answers)
        self.seconds = seconds
        self.calls = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def fetch(self, appid: str, secret: str) -> tuple[str, int]:
        assert (appid, secret) == (APPID, SECRET)
        self.calls += 1
        self.meanwhile()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, WechatError):
            raise answer
        return answer, self.seconds


class World:
    """A table, a clock that moves when someone waits, and refreshers that share them."""

    def __init__(self, table: DynamoTable) -> None:
        self.table = table
        self.now = NOON
        self._ids = count()

    def refresher(self, wechat: Wechat) -> Refresher:
        return Refresher(
            table=self.table,
            secret=lambda _: AppSecret(APPID, SECRET),
            fetch=wechat.fetch,
            now=self.clock,
            new_id=lambda: f"id-{next(self._ids)}",
            sleep=lambda seconds: self.pass_time(seconds=seconds),
        )

    def pass_time(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)

    def clock(self) -> datetime:
        return self.now

    def token(self) -> Token:
        return tokens.find(self.table, ACCOUNT)

    def store(self, **fields: object) -> None:
        self.table.write([replace(self.token(), **fields).put()])  # type: ignore[arg-type]


@pytest.fixture
def world() -> Iterator[World]:
    with memory_table() as table:
        yield World(table)


@pytest.fixture
def logged() -> Iterator[list[dict[str, object]]]:
    """What goes to the log, as it is written."""
    lines: list[dict[str, object]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(log.registered_formatter.format(record)))

    keep, logger = Keep(), logging.getLogger(log.service)
    logger.addHandler(keep)
    yield lines
    logger.removeHandler(keep)


def test_the_first_token_is_fetched_and_stored(world: World) -> None:
    wechat = Wechat("first")

    world.refresher(wechat).refresh(ACCOUNT)

    token = world.token()
    assert (token.value, token.expires_at, token.fetched_at) == ("first", NOON + timedelta(hours=2), NOON)
    assert token.lease_until is None
    assert wechat.calls == 1


def test_a_token_with_more_than_ten_minutes_left_is_left_alone(world: World) -> None:
    wechat = Wechat("first", "second")
    refresher = world.refresher(wechat)
    refresher.refresh(ACCOUNT)

    world.pass_time(minutes=109)
    refresher.refresh(ACCOUNT)
    early = world.token().value
    world.pass_time(minutes=1)
    refresher.refresh(ACCOUNT)

    assert (early, world.token().value) == ("first", "second")
    assert wechat.calls == 2


def test_a_short_lived_token_is_not_fetched_again_within_a_minute(world: World) -> None:
    wechat = Wechat("first", seconds=310)
    refresher = world.refresher(wechat)

    for _ in range(100):
        refresher.refresh(ACCOUNT)

    assert wechat.calls == 1


def test_an_expired_token_is_fetched_again_however_lately_it_came(world: World) -> None:
    wechat = Wechat("first", "second", seconds=30)
    refresher = world.refresher(wechat)
    refresher.refresh(ACCOUNT)

    world.pass_time(seconds=31)
    refresher.refresh(ACCOUNT)

    assert world.token().value == "second"


def test_a_refused_token_is_replaced_however_long_it_would_last(world: World) -> None:
    wechat = Wechat("first", "second")
    refresher = world.refresher(wechat)
    refresher.refresh(ACCOUNT)

    refresher.refresh(ACCOUNT, fingerprint("first"))

    assert world.token().value == "second"


def test_a_report_about_a_token_that_is_gone_changes_nothing(world: World) -> None:
    wechat = Wechat("second")
    refresher = world.refresher(wechat)
    refresher.refresh(ACCOUNT)

    refresher.refresh(ACCOUNT, fingerprint("first"))

    assert wechat.calls == 1


def test_a_token_that_wechat_refuses_and_hands_out_costs_one_call_a_minute(
    world: World, logged: list[dict[str, object]]
) -> None:
    wechat = Wechat("first")
    refresher = world.refresher(wechat)
    refresher.refresh(ACCOUNT)

    for _ in range(180):
        refresher.refresh(ACCOUNT, fingerprint("first"))
        world.pass_time(seconds=1)

    assert wechat.calls == 1 + 3
    assert [line["level"] for line in logged if line["message"] == "token.unchanged"] == ["ERROR"] * 3


@pytest.mark.parametrize("code", [40001, 40013, 40125, 40164, 40243, 45009, 45011, 89503, 99999])
def test_a_permanent_refusal_costs_one_call_a_minute_and_tells_the_operator(
    world: World, logged: list[dict[str, object]], capsys: pytest.CaptureFixture[str], code: int
) -> None:
    wechat = Wechat(error_for(code, f"no {SECRET} rid: {RID}", path="/cgi-bin/stable_token"))
    refresher = world.refresher(wechat)

    for _ in range(180):
        refresher.refresh(ACCOUNT)
        world.pass_time(seconds=1)

    refusals = [line for line in logged if line["message"] == "token.refused"]
    assert wechat.calls == len(refusals) == 3
    assert (refusals[0]["account"], refusals[0]["code"], refusals[0]["rid"]) == (ACCOUNT, code, RID)
    assert refusals[0]["level"] == "ERROR"
    assert SECRET not in json.dumps(logged)
    printed = capsys.readouterr().out
    assert printed.count('"TokenRefused":[1.0]') == 3
    assert SECRET not in printed


def test_how_long_a_token_lasts_is_told_each_time_it_is_looked_after(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    refresher = world.refresher(Wechat("first", error_for(40164)))

    refresher.refresh(ACCOUNT)
    world.pass_time(minutes=100)
    refresher.refresh(ACCOUNT)
    world.pass_time(minutes=30)
    refresher.refresh(ACCOUNT)

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    left = [line["TokenSecondsLeft"] for line in told if "TokenSecondsLeft" in line]
    assert left == [[7200.0], [1200.0], [0.0]]


def test_once_the_operator_has_mended_it_the_next_token_comes_within_a_minute(world: World) -> None:
    wechat = Wechat(error_for(40164), "first")
    refresher = world.refresher(wechat)
    refresher.refresh(ACCOUNT)

    world.pass_time(seconds=BREAK.total_seconds())
    refresher.refresh(ACCOUNT)

    assert world.token().value == "first"


def test_the_old_token_stays_while_a_new_one_is_refused(world: World) -> None:
    wechat = Wechat("first", error_for(40164))
    refresher = world.refresher(wechat)
    refresher.refresh(ACCOUNT)

    world.pass_time(minutes=115)
    refresher.refresh(ACCOUNT)

    assert world.token().value == "first"


@pytest.mark.parametrize("passing", [error_for(-1), Unreachable("no connection")], ids=["busy", "unreachable"])
def test_a_busy_platform_is_asked_once_more(world: World, passing: WechatError) -> None:
    wechat = Wechat(passing, "first")

    world.refresher(wechat).refresh(ACCOUNT)

    assert world.token().value == "first"
    assert wechat.calls == 2


@pytest.mark.parametrize(
    ("trouble", "calls"), [(error_for(-1), 2), (Unreachable("no connection"), 2), (UnknownOutcome("timeout"), 1)]
)
def test_a_platform_that_is_down_is_asked_now_and_then(
    world: World, logged: list[dict[str, object]], trouble: WechatError, calls: int
) -> None:
    wechat = Wechat(trouble)
    refresher = world.refresher(wechat)

    refresher.refresh(ACCOUNT)
    first = wechat.calls
    for _ in range(20):
        refresher.refresh(ACCOUNT)

    assert first == calls
    waited = (world.now - NOON) / LEASE
    assert wechat.calls <= calls * (waited + 1)
    assert {line["level"] for line in logged if line["message"] == "token.unreached"} == {"WARNING"}


def test_whoever_comes_second_waits_for_the_first_and_does_not_ask(world: World) -> None:
    wechat = Wechat("first")
    refresher = world.refresher(wechat)
    world.store(lease="someone", lease_until=NOON + LEASE)
    naps = count()

    def sleep(_: float) -> None:
        if next(naps) == 2:
            world.store(value="theirs", expires_at=NOON + timedelta(hours=2), fetched_at=NOON, lease_until=None)

    replace(refresher, sleep=sleep).refresh(ACCOUNT)

    assert world.token().value == "theirs"
    assert wechat.calls == 0


def test_whoever_waits_in_vain_gives_up_quietly(world: World, logged: list[dict[str, object]]) -> None:
    wechat = Wechat("first")
    world.store(lease="someone", lease_until=NOON + LEASE)
    naps: list[float] = []

    replace(world.refresher(wechat), sleep=naps.append).refresh(ACCOUNT)

    assert len(naps) == PATIENCE
    assert sum(naps) < LEASE.total_seconds()
    assert wechat.calls == 0
    assert [line["message"] for line in logged] == ["token.waited"]


def test_the_work_of_a_lambda_that_died_is_taken_over_when_its_lease_ends(world: World) -> None:
    wechat = Wechat("first")
    world.store(lease="dead", lease_until=NOON + LEASE)

    world.pass_time(seconds=LEASE.total_seconds())
    world.refresher(wechat).refresh(ACCOUNT)

    assert world.token().value == "first"


def test_a_late_answer_never_takes_the_place_of_a_newer_token(world: World) -> None:
    slow, fast = Wechat("old"), Wechat("new")

    def overtake() -> None:
        world.pass_time(seconds=LEASE.total_seconds())
        world.refresher(fast).refresh(ACCOUNT)

    slow.meanwhile = overtake
    world.refresher(slow).refresh(ACCOUNT)

    assert world.token().value == "new"


@on_both_tables
def test_two_hundred_lambdas_that_miss_the_token_together_make_one_call(open_table: OpenTable) -> None:
    with open_table() as table:
        world, wechat = World(table), Wechat("first")
        wechat.meanwhile = lambda: time.sleep(0.2)
        refresher = replace(world.refresher(wechat), sleep=lambda _: time.sleep(0.2))

        def environment(_: int) -> str:
            source = AccessTokens(
                ACCOUNT,
                table=table,
                refresh=refresher.refresh,
                now=world.clock,
                memory=Memory(),
            )
            return source.get()

        with ThreadPoolExecutor(200) as pool:
            got = list(pool.map(environment, range(200)))

    assert set(got) == {"first"}
    assert wechat.calls == 1


class Parameters:
    """A parameter store with these values."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def get(self, name: str) -> str | None:
        return self._values.get(name)


def read_secret(text: str | None, *, account: str = ACCOUNT) -> AppSecret:
    credentials = {
        "appid": APPID, "gh_id": "gh_0123456789ab", "token": "abc", "aes_key": "A" * 43, "data_key": "0" * 64,
    }  # fmt: skip
    values = {f"/accounts/{ACCOUNT}": json.dumps(credentials)}
    parameters = Parameters(values | ({f"/secrets/{ACCOUNT}": text} if text is not None else {}))
    return app_secret.read(
        account,
        accounts=Accounts(parameters, name="/accounts/{}".format, now=lambda: NOON),
        parameters=parameters,
        name="/secrets/{}".format,
    )


def test_the_app_secret_is_read_beside_the_appid_and_not_shown() -> None:
    found = read_secret(json.dumps({"secret": SECRET}))

    assert found == AppSecret(APPID, SECRET)
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    "text", [None, "", SECRET, "[1]", "{}", json.dumps({"secret": SECRET + "!"}), '{"secret": 1}', "[" * 5_000]
)
def test_a_malformed_app_secret_is_named_and_not_shown(text: str | None) -> None:
    with pytest.raises(CredentialsError) as caught:
        read_secret(text)

    told = "".join(traceback.format_exception(caught.value))
    assert f"parameter /secrets/{ACCOUNT}: field secret" in told
    assert SECRET not in told


def test_an_account_that_nobody_has_set_up_has_no_secret() -> None:
    with pytest.raises(UnknownAccount):
        read_secret(None, account="nobody")
