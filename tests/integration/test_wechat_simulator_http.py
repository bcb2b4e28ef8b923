"""The simulator over loopback HTTP: its doors, the stream, the page, and calls to a real callback server."""

import html
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from infra.local.wechat_simulator import Account, Clock, Server, Simulator, Switches, __main__, serve
from infra.local.wechat_simulator.account import generated
from infra.local.wechat_simulator.courier import CallbackTimeout, CallbackUnreachable
from infra.local.wechat_simulator.http_courier import HttpCourier
from infra.local.wechat_simulator.web.app import create_app
from infra.local.wechat_simulator.web.stream import events
from tests.unit.wechat_simulator.stage import Office, Received, sealed

Json = Any


class Callback(ThreadingHTTPServer):
    """The account's server on a port of its own. `answer` may be exchanged."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Callable[[Received], tuple[int, bytes]] = lambda _request: (200, b"success")
        self.seen: list[Received] = []
        self.is_stopped = False
        self.url = f"http://127.0.0.1:{self.server_port}/wechat/demo"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Once or more often."""
        if not self.is_stopped:
            self.is_stopped = True
            self.shutdown()
            self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Callback

    def do_GET(self) -> None:
        self._handle(b"")

    def do_POST(self) -> None:
        self._handle(self.rfile.read(int(self.headers["Content-Length"])))

    def _handle(self, body: bytes) -> None:
        query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        received = Received(self.path, query, body, dict(self.headers), 0)
        self.server.seen.append(received)
        status, answer = self.server.answer(received)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the inherited name
        """Say nothing."""


class Rig:
    """A served simulator and the callback server that it calls."""

    def __init__(self, callback: Callback) -> None:
        self.callback = callback
        self.account = generated(Random(3), account="demo", callback_url=callback.url, name="慧园")
        switches = Switches(retry_spacing_seconds=0, delivery_deadline_seconds=0.4, template_finish_seconds=(0, 0))
        self.simulator = Simulator(clock=Clock(), switches=switches, seed=5)
        self.simulator.add_account(self.account)
        self.server = serve(self.simulator, port=0)
        self.session = requests.Session()
        self.session.trust_env = False

    def close(self) -> None:
        self.session.close()
        self.server.close()

    def get(self, path: str, **query: Any) -> Json:
        return self.session.get(self.server.url + path, params=query, timeout=5).json()

    def post(self, path: str, body: Any = None, **query: Any) -> Json:
        raw = json.dumps(body or {}, ensure_ascii=False).encode()
        return self.session.post(self.server.url + path, params=query, data=raw, timeout=5).json()

    def person(self, *, follows: bool = True) -> str:
        openid: str = self.post("/sim/followers", {"account": "demo", "name": "小王"})["openid"]
        if follows:
            self.post(f"/sim/followers/{openid}/follow")
        return openid

    def token(self) -> str:
        body = {"grant_type": "client_credential", "appid": self.account.appid, "secret": self.account.secret}
        token: str = self.post("/cgi-bin/stable_token", body)["access_token"]
        return token

    def says(self, text: str) -> None:
        office = Office(self.account)

        def answer(request: Received) -> tuple[int, bytes]:
            xml = office.reply(request, {"MsgType": "text", "Content": text})
            return 200, sealed(self.account, xml, request).body

        self.callback.answer = answer


@pytest.fixture
def callback() -> Iterator[Callback]:
    server = Callback()
    yield server
    server.stop()


@pytest.fixture
def rig(callback: Callback) -> Iterator[Rig]:
    rig = Rig(callback)
    yield rig
    rig.close()


def test_a_follower_follows_writes_and_is_answered(rig: Rig) -> None:
    openid = rig.person(follows=False)
    rig.says("欢迎")

    followed = rig.post(f"/sim/followers/{openid}/follow", {"scene": "poster"})
    said = rig.post(f"/sim/followers/{openid}/say", {"text": "会员卡"})

    assert followed["saw"] == [{"type": "text", "text": "欢迎"}]
    assert [(one["attempt"], one["status"]) for one in said["deliveries"]] == [(1, 200)]
    assert Received("", rig.callback.seen[-1].query, rig.callback.seen[-1].body, {}, 0).fields(rig.account)[
        "Content"
    ] == ("会员卡")
    assert [one["text"] for one in rig.get(f"/sim/followers/{openid}/inbox")] == ["欢迎", "欢迎"]
    chat = rig.get(f"/sim/followers/{openid}/chat", after=0)
    assert chat["last"] == chat["entries"][-1]["seq"]
    assert rig.get(f"/sim/followers/{openid}/chat", after=chat["last"]) == {"entries": [], "last": chat["last"]}
    assert rig.get("/sim/followers", account="demo")[0]["name"] == "小王"


def test_a_server_that_sleeps_is_asked_again_and_the_late_answer_is_lost(rig: Rig) -> None:
    openid = rig.person()

    def sleepy(_request: Received) -> tuple[int, bytes]:
        time.sleep(0.6)
        return 200, b"success"

    rig.callback.answer = sleepy

    told = rig.post(f"/sim/followers/{openid}/say", {"text": "x"})

    assert [one["status"] for one in told["deliveries"]] == [None, None, None]
    assert told["saw"][0]["type"] == "error"


def test_a_server_that_is_gone_counts_as_unreachable(rig: Rig) -> None:
    openid = rig.person()
    rig.callback.stop()

    told = rig.post(f"/sim/followers/{openid}/say", {"text": "x"})

    assert "连接失败" in told["deliveries"][0]["error"]


def test_an_answer_that_trickles_or_is_endless_is_cut(callback: Callback) -> None:
    courier = HttpCourier()
    callback.answer = lambda _request: (200, b"x" * 1_100_000)
    with pytest.raises(CallbackUnreachable, match="1 MB"):
        courier.get(callback.url, query={}, headers={}, timeout=5)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/?a=1"
        threading.Thread(target=_trickle, args=(listener,), daemon=True).start()
        with pytest.raises(CallbackTimeout):
            courier.post(url, query={"b": "2"}, body=b"", headers={}, timeout=0.3)
    courier.close()


def test_a_server_that_hangs_up_without_a_word_is_unreachable() -> None:
    courier = HttpCourier()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()

        with pytest.raises(CallbackUnreachable, match="连接失败"):
            courier.get(url, query={}, headers={}, timeout=2)
    courier.close()


def _trickle(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _ in range(20):
            time.sleep(0.05)
            try:
                connection.sendall(b"x")
            except OSError:
                return


def test_saving_the_settings_asks_for_the_echo(rig: Rig) -> None:
    rig.callback.answer = lambda request: (200, request.query["echostr"].encode())

    assert rig.post("/sim/accounts/demo/verify")["ok"] is True
    rig.callback.answer = lambda _request: (200, b"no")
    assert rig.post("/sim/accounts/demo/verify")["error"] == "token验证失败"


def test_accounts_are_shown_and_registered_with_what_a_client_needs(rig: Rig) -> None:
    shown = rig.get("/sim/accounts")[0]
    added = rig.post("/sim/accounts", {"account": "other", "callback_url": "http://127.0.0.1:1/", "mode": "plain"})

    assert set(shown) == {
        "account",
        "name",
        "appid",
        "secret",
        "token",
        "aes_key",
        "gh_id",
        "mode",
        "callback_url",
    }
    assert (shown["token"], added["mode"], len(added["aes_key"])) == (rig.account.token, "plain", 43)
    assert [one["account"] for one in rig.get("/sim/accounts")] == ["demo", "other"]
    changed = rig.post("/sim/accounts", {"account": "demo", "name": "新名字", "has_unionid": True})
    assert (changed["name"], changed["secret"]) == ("新名字", rig.account.secret)


def test_the_api_answers_under_the_platforms_paths(rig: Rig) -> None:
    openid, token = rig.person(), rig.token()
    menu = {"button": [{"type": "click", "name": "签到", "key": "sign"}]}

    assert rig.get("/cgi-bin/user/info", access_token=token, openid=openid)["subscribe"] == 1
    assert rig.post("/cgi-bin/menu/create", menu, access_token=token)["errcode"] == 0
    assert rig.get("/sim/menu", account="demo") == menu
    assert rig.get("/wxaapi/newtmpl/gettemplate", access_token=token)["data"] == []
    assert rig.get("/cgi-bin/user/info", openid=openid)["errcode"] == 41001


def test_finish_events_come_by_themselves(rig: Rig) -> None:
    openid = rig.person()
    keywords = {"thing1": "内容"}
    template = {"account": "demo", "template_id": "t", "title": "通知", "keywords": keywords}
    assert rig.post("/sim/templates", template) == {"template_id": "t"}
    assert rig.post("/sim/templates", {**template, "template_id": "s", "subscribe": True}) == {"template_id": "s"}

    body = {"touser": openid, "template_id": "t", "data": {"thing1": {"value": "到了"}}}
    told = rig.post("/cgi-bin/message/template/send", body, access_token=rig.token())

    until(lambda: any(entry["title"] == "event TEMPLATESENDJOBFINISH" for entry in rig.simulator.log.entries()))
    assert told["errcode"] == 0
    card = rig.get(f"/sim/followers/{openid}/inbox")[-1]
    assert (card["type"], card["data"]) == ("template", {"thing1": {"value": "到了"}})
    templates = rig.get("/sim/templates", account="demo")
    assert [templates[kind][0]["template_id"] for kind in ("template", "subscribe")] == ["t", "s"]


def test_codes_are_listed_named_and_drawn(rig: Rig) -> None:
    scene = {"scene": {"scene_str": "<poster>"}}
    body = {"action_name": "QR_STR_SCENE", "action_info": scene, "expire_seconds": 600}
    ticket = rig.post("/cgi-bin/qrcode/create", body, access_token=rig.token())["ticket"]

    named = rig.post("/sim/qrcodes", {"account": "demo", "ticket": ticket, "name": "门口 <海报>"})
    listed = rig.get("/sim/qrcodes", account="demo")
    picture = rig.session.get(f"{rig.server.url}/sim/showqrcode", params={"ticket": ticket}, timeout=5)

    assert listed == [named]
    assert (named["scene"], named["permanent"], named["name"]) == ("<poster>", False, "门口 <海报>")
    assert named["expires_at"]
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert "门口 &lt;海报&gt;" in picture.text
    assert rig.post("/sim/qrcodes", {"account": "demo", "ticket": "x", "name": "y"})["error"] == "没有这个二维码"


def test_the_clock_is_shown_advanced_and_set(rig: Rig) -> None:
    before = rig.get("/sim/clock")

    advanced = rig.post("/sim/clock", {"advance_seconds": 3600})
    set_to = rig.post("/sim/clock", {"set": "2026-01-31T09:00:00+08:00"})

    assert before["offset_seconds"] == 0
    assert advanced["offset_seconds"] == 3600
    assert set_to["now"].startswith("2026-01-31T01:00:0")
    assert rig.simulator.log.entries()[-1]["kind"] == "clock"


def test_switches_are_shown_with_their_reasons_and_set(rig: Rig) -> None:
    told = rig.post("/sim/switches", {"deliveries": 4})

    assert told["switches"]["deliveries"] == 4
    assert told == rig.get("/sim/switches")
    assert told["why"]["deliveries"]


def test_faults_are_ordered_in_three_shapes_shown_and_cleared(rig: Rig) -> None:
    rig.post("/sim/faults", {"kind": "slow", "seconds": 0.1})
    rig.post("/sim/faults", {"faults": [{"kind": "duplicate"}, {"kind": "api_slow", "path": "/cgi-bin/token"}]})
    told = rig.post(
        "/sim/faults",
        {
            "callback": {"reply_lost": {"times": None}},
            "api": {"*": {"errcode": 45009}, "/cgi-bin/tags/get": {"status": 500}},
        },
    )

    assert [one["kind"] for one in told["faults"]] == [
        "slow",
        "duplicate",
        "api_slow",
        "reply_lost",
        "api_errcode",
        "api_status",
    ]
    assert told["callback"]["reply_lost"]["times"] is None
    assert told["api"]["*"]["errcode"] == 45009
    assert told == rig.get("/sim/faults")
    assert rig.session.delete(f"{rig.server.url}/sim/faults", timeout=5).json()["faults"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/sim/followers", "{", 400),
        ("POST", "/sim/followers", "[]", 400),
        ("POST", "/sim/followers", '{"account": "nobody"}', 404),
        ("POST", "/sim/followers", "", 400),
        ("GET", "/sim/followers/nobody/inbox", "", 404),
        ("GET", "/sim/followers/nobody/chat?after=x", "", 400),
        ("GET", f"/sim/log?after={'9' * 5000}", "", 400),
        ("GET", "/sim/menu", "", 400),
        ("GET", "/sim/menu?account=nobody", "", 404),
        ("GET", "/sim/showqrcode?ticket=x", "", 404),
        ("GET", "/sim/nothing", "", 404),
        ("DELETE", "/sim/accounts", "", 405),
        ("POST", "/sim/clock", '{"advance_seconds": -1}', 400),
        ("POST", "/sim/clock", '{"advance_seconds": 1e12}', 400),
        ("POST", "/sim/clock", '{"advance_seconds": NaN}', 400),
        ("POST", "/sim/clock", '{"set": "tomorrow"}', 400),
        ("POST", "/sim/clock", '{"set": "2026-01-31T09:00:00"}', 400),
        ("POST", "/sim/clock", '{"set": "9999-01-31T09:00:00Z"}', 400),
        ("POST", "/sim/faults", '{"kind": "none"}', 400),
        ("POST", "/sim/faults", '{"faults": 1}', 400),
        ("POST", "/sim/faults", '{"api": {"*": 1}}', 400),
        ("POST", "/sim/switches", '{"none": 1}', 400),
        ("POST", "/sim/templates", '{"account": "demo", "keywords": ["thing1"]}', 400),
        ("POST", "/sim/accounts", '{"account": "x", "callback_url": "ftp://x"}', 400),
        ("POST", "/sim/accounts", '{"account": "x", "callback_url": "http://x", "mode": "none"}', 400),
    ],
)
def test_bad_input_is_refused_with_a_chinese_sentence(rig: Rig, method: str, path: str, body: str, status: int) -> None:
    answer = rig.session.request(method, rig.server.url + path, data=body.encode(), timeout=5)

    assert answer.status_code == status
    assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.json()["error"])


def test_half_a_surrogate_pair_does_not_break_the_chat(rig: Rig) -> None:
    openid = rig.person()
    raw = b'{"text": "a\\ud800b"}'

    told = rig.session.post(f"{rig.server.url}/sim/followers/{openid}/say", data=raw, timeout=5)

    assert told.status_code == 200
    assert rig.get(f"/sim/followers/{openid}/chat")["entries"][-1]["text"] == "a?b"


def test_pages_of_other_sites_cannot_drive_it(rig: Rig) -> None:
    url = f"{rig.server.url}/sim/followers"

    codes = [
        rig.session.post(url, data='{"account": "demo"}', headers={"Origin": origin}, timeout=5).status_code
        for origin in (rig.server.url, "https://example.com", "null")
    ]

    assert codes == [200, 403, 403]


def test_a_body_that_is_too_large_is_refused(rig: Rig) -> None:
    answer = rig.session.post(f"{rig.server.url}/sim/followers", data=b"x" * 4_100_000, timeout=5)

    assert (answer.status_code, answer.json()["error"]) == (413, "请求太大")


def test_an_error_inside_shows_no_stack_trace(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_account: str) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(rig.simulator, "followers", breaks)

    answer = rig.session.get(f"{rig.server.url}/sim/followers", timeout=5)

    assert (answer.status_code, answer.json()) == (500, {"error": "模拟器内部出错"})


@pytest.mark.parametrize("kind", ["api_timeout_before", "api_timeout_after", "api_reset_before", "api_reset_after"])
def test_lost_answers_are_lost_and_accepted_or_not(rig: Rig, kind: str) -> None:
    token = rig.token()
    rig.post("/sim/faults", {"kind": kind, "path": "/cgi-bin/tags/create", "seconds": 0.6})

    with pytest.raises((requests.Timeout, requests.ConnectionError)):
        requests.post(
            f"{rig.server.url}/cgi-bin/tags/create",
            params={"access_token": token},
            json={"tag": {"name": "vip"}},
            timeout=0.3 if "timeout" in kind else 5,
        )

    names = [tag["name"] for tag in rig.get("/cgi-bin/tags/get", access_token=token)["tags"]]
    assert ("vip" in names) is kind.endswith("after")


def test_without_a_socket_a_lost_answer_is_given_after_all() -> None:
    simulator = Simulator()
    simulator.add_fault("api_reset_after")

    answer = create_app(simulator).test_client().get("/cgi-bin/tags/get")

    assert answer.get_json()["errcode"] == 41001


def test_the_log_is_fetched_from_a_number_on(rig: Rig) -> None:
    openid = rig.person()
    last = rig.get("/sim/log")["last"]
    rig.post(f"/sim/followers/{openid}/say", {"text": "x"})

    told = rig.get("/sim/log", after=last, account="demo")

    assert [entry["title"] for entry in told["entries"]] == ["text x"]
    assert told["last"] == last + 1
    assert rig.get("/sim/log", account="other")["entries"] == []


def test_the_stream_tells_what_changed(rig: Rig) -> None:
    openid = rig.person()
    with rig.session.get(f"{rig.server.url}/sim/stream", stream=True, timeout=5) as stream:
        lines = stream.iter_lines()
        assert next(lines) == b": connected"
        rig.simulator.say(openid, "x")
        data: dict[str, Any] = {}
        while "log" not in data:
            line = next(lines)
            data |= json.loads(line[6:]) if line.startswith(b"data: ") else {}
    assert openid in data["chat"]


def test_a_quiet_stream_has_a_heartbeat_and_ends_with_the_server() -> None:
    simulator = Simulator()
    stream = events(simulator, 0.01)

    assert [next(stream), next(stream)] == [": connected\n\n", ": heartbeat\n\n"]
    simulator.world.changes.close()
    assert list(stream) == []


def test_the_page_is_served(rig: Rig, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index.html").write_text("<title>微信模拟器</title>", "utf-8")
    (tmp_path / "main.js").write_text("export {};", "utf-8")
    monkeypatch.setattr("infra.local.wechat_simulator.web.app.PAGE", tmp_path)

    page = rig.session.get(f"{rig.server.url}/", timeout=5)
    script = rig.session.get(f"{rig.server.url}/page/main.js", timeout=5)
    outside = rig.session.get(f"{rig.server.url}/page/..%2f..%2fpyproject.toml", timeout=5)

    assert "微信模拟器" in page.content.decode()
    assert "javascript" in script.headers["Content-Type"]
    assert outside.status_code == 404


def test_a_taken_port_is_an_error_that_says_so(rig: Rig) -> None:
    with pytest.raises(OSError, match="已被占用"):
        serve(Simulator(), port=rig.server.port)
    with pytest.raises(OSError, match=r"\[Errno \d+\]"):
        serve(Simulator(), host="203.0.113.1", port=0)


def test_it_runs_on_its_own_and_prints_the_credentials(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    code = __main__.main(["--callback", "http://127.0.0.1:1/wechat", "--port", "0"], wait=interrupted)

    printed = capsys.readouterr().out
    assert code == 0
    assert "aes_key" in printed
    assert "http://127.0.0.1:1/wechat" in printed


def test_on_its_own_it_says_when_the_port_is_taken(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    port = str(rig.server.port)

    assert __main__.main(["--callback", "http://127.0.0.1:1/", "--port", port]) == 1
    assert "已被占用" in capsys.readouterr().out


def test_a_file_is_uploaded_as_a_form_and_comes_back(rig: Rig) -> None:
    token, files = rig.token(), {"media": ("photo.png", b"\x89PNG" + bytes(5_000_000))}

    url, query = f"{rig.server.url}/cgi-bin/media/upload", {"access_token": token, "type": "image"}
    told = rig.session.post(url, params=query, files=files, timeout=5).json()
    without = rig.session.post(url, params=query, files={"other": ("a.png", b"x")}, timeout=5).json()
    url, query = f"{rig.server.url}/cgi-bin/media/get", {"access_token": token, "media_id": told["media_id"]}
    answer = rig.session.get(url, params=query, timeout=5)

    assert without["errcode"] == 41005
    assert (answer.content, answer.headers["Content-Type"]) == (files["media"][1], "image/png")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_a_payment_is_told_to_the_merchant_and_can_be_asked_for(rig: Rig) -> None:
    openid = rig.person()
    merchant = rig.get("/sim/merchant", account="demo")

    notify = {"amount": 100, "notify_url": f"{rig.callback.url}/pay"}
    told = rig.post(f"/sim/followers/{openid}/pay", notify)
    rig.post(f"/sim/followers/{openid}/refund", {"out_trade_no": told["out_trade_no"], "amount": 1})

    notices = rig.callback.seen[-2:]
    assert [urlsplit(one.url).path for one in notices] == ["/wechat/demo/pay"] * 2
    assert {one.headers["Wechatpay-Serial"] for one in notices} == {merchant["serial"]}
    assert merchant["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    assert (merchant["mchid"], merchant["apiv3_key"]) == (rig.account.mchid, rig.account.apiv3_key)
    order = rig.get("/sim/orders", account="demo")[0]
    assert (order["trade_state"], order["refunds"][0]["amount"]["refund"]) == ("REFUND", 1)
    rest = 'nonce_str="n",signature="x",timestamp="1",serial_no="S"'
    answer = rig.session.get(
        f"{rig.server.url}/v3/pay/transactions/out-trade-no/{told['out_trade_no']}",
        params={"mchid": rig.account.mchid},
        headers={"Authorization": f'WECHATPAY2-SHA256-RSA2048 mchid="{rig.account.mchid}",{rest}'},
        timeout=5,
    )
    assert answer.json()["transaction_id"] == told["transaction_id"]
    assert answer.headers["Wechatpay-Signature"]


def test_each_person_is_shown_their_own_menu(rig: Rig) -> None:
    openid, token = rig.person(), rig.token()
    default, own = ([{"type": "click", "name": name, "key": name}] for name in ("默认", "安卓"))
    rig.post("/cgi-bin/menu/create", {"button": default}, access_token=token)
    body = {"button": own, "matchrule": {"client_platform_type": "2"}}
    rig.post("/cgi-bin/menu/addconditional", body, access_token=token)
    rig.post(f"/sim/followers/{openid}/platform", {"type": "2"})

    assert rig.get("/sim/menu", account="demo") == {"button": default}
    assert rig.get("/sim/menu", account="demo", openid=openid) == {"button": own}


def links_of(rig: Rig, page: requests.Response) -> list[str]:
    found = re.findall(r'<a [^>]*href="([^"]+)"', page.content.decode())
    return [rig.server.url + html.unescape(link) for link in found]


def open_page(rig: Rig, url: str, **query: str) -> requests.Response:
    return rig.session.get(url, params=query, allow_redirects=False, timeout=5)


def question(rig: Rig, **changes: str) -> dict[str, str]:
    asked = {"appid": rig.account.appid, "redirect_uri": "https://shop.example.com/?a=1", "response_type": "code"}
    return {**asked, "scope": "snsapi_userinfo", "state": "s1", **changes}


def test_a_page_asks_whose_phone_it_is_and_for_consent(rig: Rig) -> None:
    openid = rig.person()
    url = f"{rig.server.url}/connect/oauth2/authorize"

    who = open_page(rig, url, **question(rig))
    consent = open_page(rig, links_of(rig, who)[0])
    refuse, allow, snapshot = links_of(rig, consent)
    back = open_page(rig, allow)
    virtual = open_page(rig, snapshot)
    refused = open_page(rig, refuse)

    assert "小王" in who.content.decode()
    assert "慧园" in consent.content.decode()
    assert "form-action 'none'" in consent.headers["Content-Security-Policy"]
    assert "已拒绝授权" in refused.content.decode()
    rig.post("/sim/switches", {"oauth_refusal_redirects": True})
    assert open_page(rig, refuse).headers["Location"] == "https://shop.example.com/?a=1&state=s1"
    opened = {name: values[0] for name, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}
    assert (back.status_code, opened["a"], opened["state"]) == (302, "1", "s1")
    assert exchanged(rig, back)["openid"] == openid
    assert exchanged(rig, virtual)["is_snapshotuser"] == 1


def exchanged(rig: Rig, back: requests.Response) -> Json:
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    papers = {"appid": rig.account.appid, "secret": rig.account.secret, "grant_type": "authorization_code"}
    return rig.get("/sns/oauth2/access_token", code=code, **papers)


def test_without_consent_only_who_is_there_is_told_at_once(rig: Rig) -> None:
    openid = rig.person()
    url = f"{rig.server.url}/connect/oauth2/authorize"

    back = open_page(rig, url, **question(rig, scope="snsapi_base"), openid=openid)

    assert exchanged(rig, back)["scope"] == "snsapi_base"


def test_a_page_that_may_not_ask_is_told_why(rig: Rig) -> None:
    closed = rig.person()
    rig.post(f"/sim/followers/{closed}/cancel")
    url = f"{rig.server.url}/connect/oauth2/authorize"

    assert "10013" in open_page(rig, url, **question(rig, appid="wx<b>")).content.decode()
    assert "没有这个人" in open_page(rig, url, **question(rig), openid="nobody").content.decode()
    assert "没有这个人" in open_page(rig, url, **question(rig), openid=closed).content.decode()
    assert "还没有粉丝" in open_page(rig, url, **question(rig)).content.decode()


def test_names_on_the_page_are_only_names(rig: Rig) -> None:
    openid = rig.post("/sim/followers", {"account": "demo", "name": "<script>x</script>"})["openid"]
    url = f"{rig.server.url}/connect/oauth2/authorize"

    pages = [open_page(rig, url, **question(rig), **who) for who in ({}, {"openid": openid})]

    assert all("&lt;script&gt;" in page.text and "<script>" not in page.text for page in pages)


def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def test_the_server_is_what_serve_answers(rig: Rig) -> None:
    assert isinstance(rig.server, Server)
    assert isinstance(rig.simulator.accounts[0], Account)
