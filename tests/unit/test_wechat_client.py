"""The client against a server on this machine that answers as it is told, well or badly."""

import gzip
import json
import logging
import socket
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TypeAlias

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from chalicelib.wechat.client import QrCode, UserInfo, WechatClient
from chalicelib.wechat.connection import MOST_BYTES, Connection
from chalicelib.wechat.errors import (
    Busy,
    DayLimit,
    NotAllowed,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
    WechatError,
)
from chalicelib.wechat.stable_token import fetch_stable_token

OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXY12"
TOKEN = "90_first-" + "t" * 120
NEXT_TOKEN = "90_next-" + "t" * 120
SECRET = "0123456789abcdef0123456789abcdef"
APPID = "wx0123456789abcdef"

Answer: TypeAlias = Callable[[Request], Response]


@dataclass(slots=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Platform:
    """Gives each answer in turn, the last one for ever."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        query, headers = request.args.to_dict(), dict(request.headers)
        self.seen.append(Seen(request.method, request.path, query, headers, request.get_data()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request)

    def tokens_used(self) -> list[str]:
        return [one.query["access_token"] for one in self.seen]


class QuietHandler(WSGIRequestHandler):
    """Keeps no access log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class KeepingHandler(BaseHTTPRequestHandler):
    """Keeps its connections, which werkzeug's server does not, and answers with the caller's port."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps({"subscribe": 1, "remark": self.client_address[1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


class Tokens:
    """A source with these tokens, one after the other."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)
        self.refused: list[str] = []

    def get(self) -> str:
        return self._tokens[0]

    def renew(self, refused: str) -> str:
        self.refused.append(refused)
        self._tokens.pop(0)
        return self._tokens[0]


@pytest.fixture
def platform() -> Iterator[Platform]:
    with serving(Platform()) as platform:
        yield platform


@contextmanager
def serving(platform: Platform) -> Iterator[Platform]:
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = make_server("127.0.0.1", 0, Request.application(platform), threaded=True, request_handler=QuietHandler)
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def connection_to(platform: Platform) -> Connection:
    return Connection(platform.url, connect_seconds=0.5, read_seconds=0.3)


def client_of(platform: Platform, *tokens: str) -> WechatClient:
    return WechatClient(connection_to(platform), Tokens(*(tokens or (TOKEN, NEXT_TOKEN))))


def says(answer: object) -> Answer:
    return lambda _: Response(json.dumps(answer, ensure_ascii=False), content_type="application/json")


def refuses(code: int, errmsg: str = "") -> Answer:
    return says({"errcode": code, "errmsg": f"{errmsg} rid: 6523a1b2-1a2b3c4d-5e6f7081"})


def raw(body: bytes | Iterable[bytes], status: int = 200) -> Answer:
    return lambda _: Response(body, status=status)


def moved(request: Request) -> Response:
    return Response(status=302, headers={"Location": f"/elsewhere?{request.query_string.decode()}"})


def silence(_: Request) -> Response:
    time.sleep(0.6)
    return Response("{}")


def reset(request: Request) -> Response:
    connection = request.environ["werkzeug.socket"]
    assert isinstance(connection, socket.socket)
    connection.shutdown(socket.SHUT_RDWR)
    return Response("{}")


def trickle(_: Request) -> Response:
    def drops() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.1)
            yield b" "

    return Response(drops())


def cut_short(_: Request) -> Response:
    return Response(iter([b'{"subscribe"']), headers={"Content-Length": "500"})


def test_a_followers_profile_is_read_as_wechat_tells_it(platform: Platform) -> None:
    platform.answers = [
        says(
            {
                "subscribe": 1, "openid": OPENID, "unionid": "uABC", "remark": "老顾客", "tagid_list": [2, 100],
                "subscribe_scene": "ADD_SCENE_QR_CODE", "subscribe_time": 1772596800, "qr_scene": 0,
                "qr_scene_str": "poster-3",
            }
        )
    ]  # fmt: skip

    info = client_of(platform).user_info(OPENID)

    assert info == UserInfo(
        following=True,
        unionid="uABC",
        remark="老顾客",
        tag_ids=(2, 100),
        subscribe_scene="ADD_SCENE_QR_CODE",
        scene="poster-3",
        subscribed_at=datetime(2026, 3, 4, 4, 0, tzinfo=UTC),
    )
    assert (platform.seen[0].method, platform.seen[0].path) == ("GET", "/cgi-bin/user/info")
    assert platform.seen[0].query == {"access_token": TOKEN, "openid": OPENID, "lang": "zh_CN"}


def test_a_profile_with_half_characters_or_without_end_is_cut_to_what_the_table_holds() -> None:
    info = UserInfo.from_answer(
        {"subscribe": 1, "unionid": "u\ud800", "remark": "x" * 1_000_000, "qr_scene_str": "\udfff"}
    )

    assert (info.unionid, info.remark, info.scene) == ("u?", "x" * 200, "?")


def test_a_profile_shows_neither_unionid_nor_remark_by_accident() -> None:
    info = UserInfo(following=True, unionid="uABC", remark="老顾客")

    assert "uABC" not in repr(info)
    assert "老顾客" not in repr(info)


def test_of_someone_who_does_not_follow_nothing_else_is_known(platform: Platform) -> None:
    platform.answers = [says({"subscribe": 0, "openid": OPENID})]

    info = client_of(platform).user_info(OPENID)

    assert info == UserInfo(following=False)


def test_a_follower_who_came_by_a_numbered_code_has_its_number_as_scene(platform: Platform) -> None:
    platform.answers = [says({"subscribe": 1, "qr_scene": 98765, "qr_scene_str": ""})]

    info = client_of(platform).user_info(OPENID)

    assert info.scene == "98765"


def test_tags_are_known_by_their_ids(platform: Platform) -> None:
    platform.answers = [says({"tags": [{"id": 2, "name": "星标组", "count": 0}, {"id": 100, "name": "会员"}]})]

    names = client_of(platform).tag_names()

    assert names == {2: "星标组", 100: "会员"}


def test_the_menu_goes_out_as_raw_utf8(platform: Platform) -> None:
    platform.answers = [says({"errcode": 0, "errmsg": "ok"})]
    menu = {"button": [{"type": "click", "name": "会员卡🎁", "key": "cmd:card"}]}

    client_of(platform).create_menu(menu)

    sent = platform.seen[0]
    assert (sent.method, sent.path, sent.query) == ("POST", "/cgi-bin/menu/create", {"access_token": TOKEN})
    assert sent.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "会员卡🎁".encode() in sent.body
    assert b"\\u" not in sent.body


def test_half_a_character_in_a_menu_does_not_stop_it(platform: Platform) -> None:
    platform.answers = [says({"errcode": 0})]

    client_of(platform).create_menu({"button": [{"name": "会员\ud83d"}]})

    assert json.loads(platform.seen[0].body) == {"button": [{"name": "会员?"}]}


def test_a_poster_for_a_month_gets_a_temporary_code(platform: Platform) -> None:
    platform.answers = [says({"ticket": "gQH47", "expire_seconds": 2592000, "url": "http://weixin.qq.com/q/kZg"})]

    code = client_of(platform).create_qrcode("poster-3")

    assert code == QrCode("gQH47", "http://weixin.qq.com/q/kZg")
    assert json.loads(platform.seen[0].body) == {
        "action_name": "QR_STR_SCENE",
        "expire_seconds": 2592000,
        "action_info": {"scene": {"scene_str": "poster-3"}},
    }


def test_a_sign_at_the_door_gets_a_permanent_code(platform: Platform) -> None:
    platform.answers = [says({"ticket": "gQH47", "url": "http://weixin.qq.com/q/kZg"})]

    client_of(platform).create_qrcode("door", permanent=True)

    assert json.loads(platform.seen[0].body) == {
        "action_name": "QR_LIMIT_STR_SCENE",
        "action_info": {"scene": {"scene_str": "door"}},
    }


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_stale_token_is_renewed_once_and_the_call_repeated(platform: Platform, code: int) -> None:
    platform.answers = [refuses(code), says({"subscribe": 1})]
    tokens = Tokens(TOKEN, NEXT_TOKEN)

    info = WechatClient(connection_to(platform), tokens).user_info(OPENID)

    assert info.following
    assert platform.tokens_used() == [TOKEN, NEXT_TOKEN]
    assert tokens.refused == [TOKEN]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_is_refused_for_ever_costs_two_calls(platform: Platform, code: int) -> None:
    platform.answers = [refuses(code)]

    with pytest.raises(TokenRefused) as caught:
        client_of(platform).user_info(OPENID)

    assert caught.value.code == code
    assert len(platform.seen) == 2


@pytest.mark.parametrize(("code", "error"), [(45009, DayLimit), (48001, NotAllowed), (-1, Busy), ("45009", DayLimit)])
def test_other_refusals_are_not_repeated(platform: Platform, code: int | str, error: type[WechatError]) -> None:
    platform.answers = [says({"errcode": code, "errmsg": "no"})]

    with pytest.raises(error):
        client_of(platform).tag_names()

    assert len(platform.seen) == 1


BAD_ANSWERS: dict[str, Answer] = {
    "silence": silence,
    "a trickle": trickle,
    "a reset": reset,
    "half an answer": cut_short,
    "an error of the gateway": raw(b"<html>502</html>", 502),
    "a redirect": moved,
    "a page": raw(b"<html>"),
    "a list": says([1]),
    "a tower": raw(b"[" * 100_000),
    "no bytes": raw(b""),
    "a flood": raw(b"[" + b"1," * MOST_BYTES),
    "a code of words": says({"errcode": "no"}),
    "a code without end": says({"errcode": "9" * 5000}),
    "a flood in a drop": lambda _: Response(
        gzip.compress(b"[" + b"1," * MOST_BYTES), headers={"Content-Encoding": "gzip"}
    ),
    "a code of parts": says({"errcode": [40001]}),
    "no subscription": says({"openid": OPENID}),
    "tags of words": says({"subscribe": 1, "tagid_list": ["vip"]}),
    "tags of nothing": says({"subscribe": 1, "tagid_list": None}),
    "a time beyond time": says({"subscribe": 1, "subscribe_time": 10**30}),
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_a_bad_answer_leaves_the_outcome_unknown_after_one_call(platform: Platform, answer: Answer) -> None:
    platform.answers = [answer]

    with pytest.raises(UnknownOutcome) as caught:
        client_of(platform).user_info(OPENID)

    assert len(platform.seen) == 1
    assert caught.value.code is None
    assert_nothing_secret(caught.value)


@pytest.mark.parametrize("answer", [says({}), says({"tags": [{"id": 1}]}), says({"tags": "none"})])
def test_tags_that_cannot_be_read_are_no_answer(platform: Platform, answer: Answer) -> None:
    platform.answers = [answer]

    with pytest.raises(UnknownOutcome):
        client_of(platform).tag_names()


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(Unreachable) as caught:
        WechatClient(Connection(f"http://127.0.0.1:{port}"), Tokens(TOKEN)).user_info(OPENID)

    assert_nothing_secret(caught.value)


@pytest.mark.parametrize("code", [-1, 40001, 40003, 40164, 45009, 45011, 47003, 99999])
def test_what_wechat_refuses_is_told_without_secrets(platform: Platform, code: int) -> None:
    platform.answers = [refuses(code, f"hint: {OPENID} {TOKEN} {NEXT_TOKEN} {SECRET}")]

    with pytest.raises(WechatError) as caught:
        client_of(platform).user_info(OPENID)

    assert caught.value.rid == "6523a1b2-1a2b3c4d-5e6f7081"
    assert_nothing_secret(caught.value)


def test_a_client_shows_nothing_of_its_token(platform: Platform) -> None:
    platform.answers = [says({"subscribe": 1})]
    client = client_of(platform)

    client.user_info(OPENID)

    assert TOKEN not in f"{client!r} {vars(client)!r}"


def test_proxies_and_passwords_of_the_machine_are_not_used(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    platform.answers = [says({"subscribe": 1})]

    client_of(platform).user_info(OPENID)

    assert "Authorization" not in platform.seen[0].headers


def test_calls_share_a_connection_until_it_has_been_idle() -> None:
    seconds = [0.0]
    with ThreadingHTTPServer(("127.0.0.1", 0), KeepingHandler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        connection = Connection(f"http://127.0.0.1:{server.server_port}", monotonic=lambda: seconds[0])
        client = WechatClient(connection, Tokens(TOKEN))

        first, second = client.user_info(OPENID).remark, client.user_info(OPENID).remark
        seconds[0] = 60.0
        third = client.user_info(OPENID).remark

        connection.close()
        server.shutdown()
    assert first == second
    assert third != first


def test_wechatpy_cannot_fetch_a_token_by_itself(platform: Platform) -> None:
    client = client_of(platform)

    with pytest.raises(NotImplementedError):
        _ = client._calls.access_token

    assert platform.seen == []


def test_a_token_is_fetched_without_killing_the_old_one(platform: Platform) -> None:
    platform.answers = [says({"access_token": TOKEN, "expires_in": 7200})]

    fetched = fetch_stable_token(connection_to(platform), APPID, SECRET)

    assert fetched == (TOKEN, 7200)
    assert (platform.seen[0].path, platform.seen[0].query) == ("/cgi-bin/stable_token", {})
    assert json.loads(platform.seen[0].body) == {
        "grant_type": "client_credential",
        "appid": APPID,
        "secret": SECRET,
        "force_refresh": False,
    }


def test_an_operator_may_kill_a_leaked_token(platform: Platform) -> None:
    platform.answers = [says({"access_token": TOKEN, "expires_in": 7200})]

    fetch_stable_token(connection_to(platform), APPID, SECRET, force=True)

    assert json.loads(platform.seen[0].body)["force_refresh"] is True


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": TOKEN},
        {"expires_in": 7200},
        {"access_token": "", "expires_in": 7200},
        {"access_token": TOKEN, "expires_in": "soon"},
        {"access_token": TOKEN, "expires_in": 0},
        {"access_token": TOKEN, "expires_in": 10**30},
    ],
)
def test_a_token_that_is_not_whole_is_no_token(platform: Platform, answer: object) -> None:
    platform.answers = [says(answer)]

    with pytest.raises(UnknownOutcome) as caught:
        fetch_stable_token(connection_to(platform), APPID, SECRET)

    assert_nothing_secret(caught.value)


@pytest.mark.parametrize("code", [40001, 40125, 40164])
def test_a_wrong_app_secret_or_an_unknown_ip_is_for_the_operator(platform: Platform, code: int) -> None:
    platform.answers = [refuses(code, f"appsecret {SECRET}")]

    with pytest.raises(NotAllowed) as caught:
        fetch_stable_token(connection_to(platform), APPID, SECRET)

    assert len(platform.seen) == 1
    assert_nothing_secret(caught.value)


def assert_nothing_secret(error: WechatError) -> None:
    """Neither in its own texts nor in those of what led to it."""
    assert error.__cause__ is None
    assert error.__context__ is None
    told = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    for secret in (OPENID, TOKEN, NEXT_TOKEN, SECRET, "access_token="):
        assert secret not in told
