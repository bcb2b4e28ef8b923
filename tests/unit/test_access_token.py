"""Where a Lambda's token comes from, and how seldom it asks for another."""

import io
import json
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from chalice.app import CloudWatchEvent

from chalicelib.access_token import AccessTokens, Memory, fingerprint, refresh_by_invoke
from chalicelib.errors import Unavailable
from chalicelib.store import token as tokens
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.token import Token
from chalicelib.wechat.errors import TokenRefused
from tests.builders import ACCOUNT, NOON
from tests.support.tables import memory_table


class World:
    """A table, a clock that is moved by hand, and a refresher that stores what it is told to."""

    def __init__(self, table: DynamoTable) -> None:
        self.table = table
        self.now = NOON
        self.memory = Memory()
        self.fetched: list[str] = []
        self.asked: list[tuple[str, str]] = []
        self.out_of_reach = False

    def store(self, value: str, *, minutes: float = 120) -> None:
        found = tokens.find(self.table, ACCOUNT)
        expires_at = self.now + timedelta(minutes=minutes)
        self.table.write([Token(ACCOUNT, value, expires_at, self.now, version=found.version).put()])

    def pass_time(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)

    def refresh(self, account: str, refused: str) -> None:
        self.asked.append((account, refused))
        if self.out_of_reach:
            raise Unavailable("the token could not be refreshed")
        if self.fetched:
            self.store(self.fetched.pop(0))

    def tokens(self, *, jitter: float = 0.0) -> AccessTokens:
        return AccessTokens(
            ACCOUNT,
            table=self.table,
            refresh=self.refresh,
            now=self.clock,
            memory=self.memory,
            jitter=lambda: jitter,
        )

    def clock(self) -> datetime:
        return self.now


@pytest.fixture
def world() -> Iterator[World]:
    with memory_table() as table:
        yield World(table)


def test_a_good_token_in_the_table_is_used_without_asking(world: World) -> None:
    world.store("first")

    value = world.tokens().get()

    assert value == "first"
    assert world.asked == []


def test_for_a_minute_the_process_remembers_the_token(world: World) -> None:
    world.store("first")
    world.tokens().get()
    world.store("second")

    world.pass_time(seconds=59)
    remembered = world.tokens().get()
    world.pass_time(seconds=1)
    read_again = world.tokens().get()

    assert (remembered, read_again) == ("first", "second")


def test_a_remembered_token_is_not_used_beyond_its_end(world: World) -> None:
    world.store("first", minutes=0.5)
    world.tokens().get()
    world.fetched = ["second"]

    world.pass_time(seconds=31)

    assert world.tokens().get() == "second"


def test_two_accounts_are_not_mixed_up(world: World) -> None:
    world.store("first")
    world.tokens().get()

    other = AccessTokens("other", table=world.table, refresh=world.refresh, now=world.clock, memory=world.memory)

    with pytest.raises(TokenRefused):
        other.get()


@pytest.mark.parametrize(
    ("minutes_left", "jitter", "asks"), [(5.1, 0.0, False), (4.9, 0.0, True), (6.1, 1.0, False), (5.9, 1.0, True)]
)
def test_a_new_token_is_asked_for_before_the_old_one_ends(
    world: World, minutes_left: float, jitter: float, asks: bool
) -> None:
    world.store("first", minutes=minutes_left)
    world.fetched = ["second"]

    value = world.tokens(jitter=jitter).get()

    assert value == ("second" if asks else "first")


def test_the_first_token_ever_is_fetched_by_asking_once(world: World) -> None:
    world.fetched = ["first"]

    value = world.tokens().get()

    assert value == "first"
    assert world.asked == [(ACCOUNT, "")]


def test_when_wechat_has_no_newer_token_yet_the_old_one_serves(world: World) -> None:
    world.store("first", minutes=4)

    value = world.tokens().get()

    assert value == "first"
    assert len(world.asked) == 1


def test_when_nobody_can_refresh_the_old_token_serves_while_it_lasts(world: World) -> None:
    world.store("first", minutes=4)
    world.out_of_reach = True

    assert world.tokens().get() == "first"

    world.pass_time(minutes=5)
    with pytest.raises(Unavailable):
        world.tokens().get()


def test_without_any_token_the_call_is_given_up(world: World) -> None:
    with pytest.raises(TokenRefused):
        world.tokens().get()

    assert len(world.asked) == 1


def test_a_refused_token_that_someone_has_replaced_costs_nothing(world: World) -> None:
    world.store("first")
    source = world.tokens()
    refused = source.get()
    world.store("second")

    value = source.renew(refused)

    assert value == "second"
    assert world.asked == []
    assert world.tokens().get() == "second"


def test_a_refused_token_is_reported_by_its_fingerprint(world: World) -> None:
    world.store("first")
    world.fetched = ["second"]
    source = world.tokens()

    value = source.renew(source.get())

    assert value == "second"
    assert world.asked == [(ACCOUNT, fingerprint("first"))]
    assert "first" not in fingerprint("first")


def test_a_replacement_that_has_ended_is_renewed_too(world: World) -> None:
    world.store("second", minutes=1)
    world.pass_time(minutes=2)
    world.fetched = ["third"]

    assert world.tokens().renew("first") == "third"


def test_a_token_that_stays_refused_costs_two_refreshes_however_often_it_is_tried(world: World) -> None:
    world.store("first")
    source = world.tokens()

    for _ in range(10):
        with pytest.raises(TokenRefused) as caught:
            source.renew(source.get())

    assert len(world.asked) == 2
    assert "first" not in "".join(traceback.format_exception(caught.value))


def test_after_two_refreshes_a_missing_token_is_not_asked_for_again(world: World) -> None:
    source = world.tokens()

    for _ in range(5):
        with pytest.raises(TokenRefused):
            source.get()

    assert len(world.asked) == 2


class Lambda:
    """boto3's client of Lambda, as far as it is used."""

    def __init__(self, outcome: dict[str, Any] | Exception) -> None:
        self._outcome = outcome
        self.calls: list[dict[str, Any]] = []

    def invoke(self, **request: Any) -> dict[str, Any]:
        self.calls.append(request)
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return {"StatusCode": 200, "Payload": io.BytesIO(b"null"), **self._outcome}


def test_the_refresher_is_called_with_an_event_that_chalice_takes_for_a_schedule() -> None:
    client = Lambda({})

    refresh_by_invoke(client, "huiyuan-dev-token_refresh")(ACCOUNT, fingerprint("first"))

    (call,) = client.calls
    event = CloudWatchEvent(json.loads(call.pop("Payload")), None)
    assert call == {"FunctionName": "huiyuan-dev-token_refresh", "InvocationType": "RequestResponse"}
    assert event.detail == {"account": ACCOUNT, "refused": fingerprint("first")}


@pytest.mark.parametrize(
    "outcome",
    [
        {"FunctionError": "Unhandled"},
        ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "secret-text"}}, "Invoke"),
        ReadTimeoutError(endpoint_url="https://secret-text"),
    ],
    ids=["error", "throttled", "timeout"],
)
def test_a_refresher_that_fails_is_out_of_reach(outcome: dict[str, Any] | Exception) -> None:
    client = Lambda(outcome)

    with pytest.raises(Unavailable) as caught:
        refresh_by_invoke(client, "huiyuan-dev-token_refresh")(ACCOUNT, "")

    assert len(client.calls) == 1
    assert "secret-text" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
