"""The client and its tokens against the simulated platform, on its good days and its bad ones."""

import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import boto3
import pytest

from chalicelib import runtime
from chalicelib.access_token import AccessTokens, Memory, fingerprint, scheduled_event
from chalicelib.door import log
from chalicelib.settings import Settings
from chalicelib.store import token as tokens
from chalicelib.store.dynamo import DynamoTable
from chalicelib.tokens.app_secret import AppSecret
from chalicelib.tokens.entry import token_refresh
from chalicelib.tokens.refresh import Refresher
from chalicelib.wechat.client import WechatClient
from chalicelib.wechat.connection import Connection
from chalicelib.wechat.errors import (
    AlreadyAccepted,
    Busy,
    DayLimit,
    MinuteLimit,
    OurMistake,
    RecipientGone,
    TokenRefused,
    UnknownOutcome,
    WechatError,
)
from chalicelib.wechat.stable_token import fetch_stable_token
from infra.local.wechat_simulator import CallbackResponse, Clock, Server, Simulator, serve
from infra.local.wechat_simulator.account import Account, generated
from tests.builders import ACCOUNT, NOON
from tests.support.tables import memory_table, moto_client, table_on

TOKEN_PATH = "/cgi-bin/stable_token"
USER_PATH = "/cgi-bin/user/info"


class World:
    """A simulated platform with one follower, and our side of it with short time limits."""

    def __init__(self, server: Server, account: Account, table: DynamoTable) -> None:
        self.simulator = server.simulator
        self.account = account
        self.table = table
        self.openid = self.simulator.add_follower(ACCOUNT, "小会")
        self.simulator.follow(self.openid, "poster-3")
        self.url = server.url
        self.connection = Connection(server.url, connect_seconds=1, read_seconds=0.3)
        self.memory = Memory()
        self.refresher = Refresher(
            table=table,
            secret=lambda _: AppSecret(account.appid, self.account.secret),
            fetch=lambda appid, secret: fetch_stable_token(self.connection, appid, secret),
            now=self.simulator.clock.now,
            new_id=lambda: "a-lease",
            sleep=self.simulator.clock.advance,
        )

    def client(self, *, patience: float = 0.0) -> WechatClient:
        """As one invocation of a worker gets it, with more patience where a call takes long."""
        connection = Connection(self.url, read_seconds=patience) if patience else self.connection
        source = AccessTokens(
            ACCOUNT,
            table=self.table,
            refresh=self.refresher.refresh,
            now=self.simulator.clock.now,
            memory=self.memory,
            jitter=lambda: 0.0,
        )
        return WechatClient(connection, source)

    def calls(self, path: str) -> int:
        return sum(entry["path"] == path for entry in self.simulator.log.entries() if entry["kind"] == "api")

    def token(self) -> str:
        return tokens.find(self.table, ACCOUNT).value

    def assert_nothing_secret_in(self, *texts: str) -> None:
        for secret in filter(None, (self.account.secret, self.openid, self.token())):
            assert not any(secret in text for text in texts)


class Callback:
    """A callback address that has nothing to say, in this process."""

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        return CallbackResponse(200, b"")

    def post(
        self, url: str, *, query: Mapping[str, str], body: bytes, headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        return CallbackResponse(200, b"success")


@contextmanager
def running() -> Iterator[tuple[Server, Account]]:
    account = generated(Random(7), account=ACCOUNT, callback_url="http://127.0.0.1/wechat")
    simulator = Simulator(clock=Clock(start=NOON, frozen=True), courier=Callback(), seed=7)
    simulator.add_account(account)
    server = serve(simulator, port=0)
    try:
        yield server, account
    finally:
        server.close()


@pytest.fixture
def world() -> Iterator[World]:
    with running() as (server, account), memory_table() as table:
        world = World(server, account, table)
        yield world
        world.connection.close()


@pytest.fixture
def logged() -> Iterator[list[str]]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(log.registered_formatter.format(record))

    keep, logger = Keep(), logging.getLogger(log.service)
    logger.addHandler(keep)
    yield lines
    logger.removeHandler(keep)


def test_a_new_follower_is_known_with_the_poster_that_brought_them(world: World) -> None:
    info = world.client().user_info(world.openid)

    assert info.following
    assert (info.subscribe_scene, info.scene) == ("ADD_SCENE_QR_CODE", "poster-3")
    assert info.subscribed_at == NOON


def test_a_follower_who_has_left_is_known_to_have_left(world: World) -> None:
    world.simulator.unfollow(world.openid)

    info = world.client().user_info(world.openid)

    assert not info.following


def test_the_menu_the_tags_and_a_poster_are_accepted(world: World) -> None:
    client = world.client()

    client.create_menu({"button": [{"type": "click", "name": "会员卡", "key": "cmd:card"}]})
    names = client.tag_names()
    temporary = client.create_qrcode("poster-4", seconds=3600)
    permanent = client.create_qrcode("door", permanent=True)

    assert names[2] == "星标组"
    assert temporary.ticket != permanent.ticket
    assert temporary.url.startswith("http")


def test_a_notice_of_each_kind_arrives_and_wechat_tells_its_number(world: World) -> None:
    world.simulator.set_switches(bizsend_returns_msgid=True)
    world.simulator.add_template(ACCOUNT, "order", "订单", {"thing1": "事项"})
    world.simulator.add_template(ACCOUNT, "arrivals", "到货", {"thing1": "事项"}, subscribe=True)
    world.simulator.say(world.openid, "在吗")
    world.simulator.accept(world.openid, "arrivals")
    client = world.client()

    template = client.send_template(world.openid, "order", {"thing1": "您的订单已发货"}, client_msg_id="a" * 32)
    again = client.send_template(world.openid, "order", {"thing1": "您的订单已发货"}, client_msg_id="a" * 32)
    subscription = client.send_subscription(world.openid, "arrivals", {"thing1": "新茶已到"})
    client.send_custom(world.openid, {"msgtype": "text", "text": {"content": "还有什么可以帮您？"}})

    shown = [message["type"] for message in world.simulator.inbox(world.openid)]
    assert template == again != subscription
    assert all(number.isdecimal() for number in (template, subscription))
    assert shown[-3:] == ["template", "subscribe", "text"]


def test_a_mass_to_ten_thousand_goes_out_in_one_call_and_is_known_when_it_is_repeated(world: World) -> None:
    openids = [world.openid, *(world.simulator.add_follower(ACCOUNT) for _ in range(9_999))]
    for openid in openids[1:3]:
        world.simulator.follow(openid)
    body = {"msgtype": "text", "text": {"content": "会员日"}}
    client = world.client(patience=20)

    number = client.send_mass(openids, body, client_id="b" * 32)
    with pytest.raises(MinuteLimit):
        client.send_mass(openids, body, client_id="b" * 32)
    world.simulator.clock.advance(61)
    with pytest.raises(AlreadyAccepted) as known:
        client.send_mass(openids, body, client_id="b" * 32)

    assert known.value.msg_id == number
    assert [message["text"] for message in world.simulator.inbox(world.openid)].count("会员日") == 1


def test_templates_and_quotas_are_told(world: World) -> None:
    world.simulator.add_template(ACCOUNT, "order", "订单", {"character_string1": "订单号", "time2": "时间"})
    world.simulator.add_template(ACCOUNT, "arrivals", "到货", {"thing1": "商品"}, subscribe=True)
    client = world.client()
    client.send_template(world.openid, "order", {"character_string1": "A-1001", "time2": "12:00"})

    (order,) = client.private_templates()
    (arrivals,) = client.subscription_templates()
    quota = client.quota("/cgi-bin/message/template/send")

    assert [(field.key, field.name) for field in order.fields] == [("character_string1", "订单号"), ("time2", "时间")]
    assert (arrivals.template_id, arrivals.long_term) == ("arrivals", False)
    assert (quota.limit, quota.used) == (100_000, 1)


def test_a_day_of_work_costs_a_handful_of_token_calls(world: World) -> None:
    for _ in range(24 * 12):
        world.refresher.refresh(ACCOUNT)
        assert world.client().user_info(world.openid).following
        world.simulator.clock.advance(300)

    assert world.calls(USER_PATH) == 24 * 12
    assert world.calls(TOKEN_PATH) <= 3 * 24 * 60 / 110


def test_a_token_that_an_operator_has_killed_is_replaced_unnoticed(world: World) -> None:
    world.client().user_info(world.openid)
    killed = world.token()
    fetch_stable_token(world.connection, world.account.appid, world.account.secret, force=True)

    info = world.client().user_info(world.openid)

    assert info.following
    assert world.token() != killed
    assert world.calls(TOKEN_PATH) == 3


def test_a_token_that_is_refused_for_ever_costs_a_bounded_number_of_calls(world: World, logged: list[str]) -> None:
    world.simulator.add_fault("api_token_rejected", path=USER_PATH, times=None)

    for _ in range(20):
        client = world.client()
        for _ in range(5):
            with pytest.raises(TokenRefused) as caught:
                client.user_info(world.openid)

    assert world.calls(TOKEN_PATH) == 2
    world.assert_nothing_secret_in(*logged, "".join(traceback.format_exception(caught.value)))


@pytest.mark.parametrize(
    ("fault", "settings", "error"),
    [
        ("api_busy", {}, Busy),
        ("api_daily_quota", {}, DayLimit),
        ("api_minute_quota", {}, MinuteLimit),
        ("api_errcode", {"errcode": 40003, "errmsg": "invalid openid"}, RecipientGone),
        ("api_errcode", {"errcode": 41009, "errmsg": "missing openid"}, OurMistake),
        ("api_status", {"status": 500}, UnknownOutcome),
        ("api_status", {"status": 502}, UnknownOutcome),
        ("api_not_json", {}, UnknownOutcome),
        ("api_timeout_before", {"seconds": 0.5}, UnknownOutcome),
        ("api_timeout_after", {"seconds": 0.5}, UnknownOutcome),
        ("api_reset_before", {}, UnknownOutcome),
        ("api_reset_after", {}, UnknownOutcome),
    ],
)
def test_each_trouble_of_the_platform_has_its_class_after_one_call(
    world: World, logged: list[str], fault: str, settings: dict[str, int], error: type[WechatError]
) -> None:
    client = world.client()
    client.tag_names()
    world.simulator.add_fault(fault, path=USER_PATH, **settings)

    with pytest.raises(WechatError) as caught:
        client.user_info(world.openid)

    assert type(caught.value) is error
    assert world.calls(USER_PATH) == 1
    assert caught.value.__context__ is None
    world.assert_nothing_secret_in(*logged, "".join(traceback.format_exception(caught.value)))


@pytest.mark.parametrize("trouble", ["our address", "the secret"])
def test_without_permission_to_fetch_tokens_the_operator_is_told_and_the_platform_left_alone(
    world: World, logged: list[str], trouble: str
) -> None:
    if trouble == "our address":
        world.simulator.add_account(replace(world.account, allowed_ips=("203.0.113.9",)))
    else:
        world.account = replace(world.account, secret="f" * 32)

    for _ in range(30):
        with pytest.raises(TokenRefused):
            world.client().user_info(world.openid)
        world.simulator.clock.advance(4)

    told = [json.loads(line) for line in logged if "token.refused" in line]
    assert world.calls(TOKEN_PATH) == len(told) == 2
    assert {line["code"] for line in told} == ({40164} if trouble == "our address" else {40125})
    assert all(line["rid"] for line in told)
    world.assert_nothing_secret_in(*logged)


@pytest.mark.parametrize("fault", ["api_busy", "api_status", "api_not_json", "api_reset_after"])
def test_a_platform_that_stumbles_over_one_token_call_is_forgiven(world: World, fault: str) -> None:
    world.simulator.add_fault(fault, path=TOKEN_PATH)
    if fault != "api_busy":
        with pytest.raises(TokenRefused):
            world.client().user_info(world.openid)
        world.simulator.clock.advance(10)

    info = world.client().user_info(world.openid)

    assert info.following
    assert world.calls(TOKEN_PATH) == 2


@pytest.mark.parametrize("asked_for", ["everyone", "one account"])
def test_the_deployed_refresher_fetches_the_tokens_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked_for: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with running() as (server, account), moto_client() as dynamo:
        settings = Settings(stage="test", wechat_api=server.url)
        runtime.use(runtime.Runtime(settings))
        table = table_on(dynamo)
        put_parameters(settings, account)
        detail = {"account": ACCOUNT, "refused": fingerprint("an older one")} if asked_for == "one account" else {}

        token_refresh(scheduled_event(detail), None)

        found = tokens.find(table, ACCOUNT)
    assert found.value
    assert found.expires_at is not None


def put_parameters(settings: Settings, account: Account) -> None:
    """What `make deploy` leaves in the parameter store; one account beside it is malformed."""
    ssm = boto3.client("ssm")
    names = ("appid", "gh_id", "token", "aes_key")
    credentials = {name: getattr(account, name) for name in names} | {"data_key": "0" * 64}
    values = {
        settings.secret_parameter("another"): "{}",
        settings.account_parameter(ACCOUNT): json.dumps(credentials),
        settings.secret_parameter(ACCOUNT): json.dumps({"secret": account.secret}),
    }
    for name, value in values.items():
        ssm.put_parameter(Name=name, Value=value, Type="SecureString")
