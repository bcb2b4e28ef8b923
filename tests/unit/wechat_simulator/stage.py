"""A stage for tests: one account, its server as a stand-in courier, a frozen clock, and no waiting."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.local.wechat_simulator import (
    Account,
    CallbackResponse,
    CallbackTimeout,
    CallbackUnreachable,
    Clock,
    Outcome,
    Simulator,
    Switches,
    crypto,
    markup,
)
from infra.local.wechat_simulator.signature import sign

NOON = datetime(2026, 1, 15, 4, 0, tzinfo=UTC)  # twelve o'clock in Shanghai
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
SUCCESS = CallbackResponse(200, b"success")
Json = dict[str, Any]


def an_account(**given: Any) -> Account:
    known: Json = {
        "account": "demo",
        "name": "慧园",
        "appid": "wx0123456789abcdef",
        "secret": "s" * 32,
        "token": "token",
        "aes_key": KEY,
        "gh_id": "gh_0123456789ab",
        "callback_url": "http://127.0.0.1:1/wechat/demo",
    }
    return Account(**{**known, **given})


@dataclass(frozen=True)
class Received:
    """One request as the account's server got it."""

    url: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]
    timeout: float

    def fields(self, account: Account) -> Json:
        """The message inside, its signature checked."""
        tree: Json = dict(markup.read(self.body))
        if not account.is_encrypted:
            assert self.query["signature"] == sign(account.token, self.query["timestamp"], self.query["nonce"])
            return tree
        parts = (self.query["timestamp"], self.query["nonce"], tree["Encrypt"])
        assert self.query["msg_signature"] == sign(account.token, *parts)
        message, appid = crypto.decrypt(tree["Encrypt"], key=account.key)
        assert appid == account.appid
        return dict(markup.read(message))


Answer = Callable[[Received], CallbackResponse]


@dataclass
class Office:
    """The account's server: keeps what came and answers as told, the last answer for ever."""

    account: Account
    answers: list[Answer] = field(default_factory=lambda: [lambda _request: SUCCESS])
    received: list[Received] = field(default_factory=list)

    def post(
        self, url: str, *, query: Mapping[str, str], body: bytes, headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        request = Received(url, dict(query), body, dict(headers), timeout)
        self.received.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request)

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        request = Received(url, dict(query), b"", dict(headers), timeout)
        self.received.append(request)
        return self.answers[0](request)

    def will(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def says(self, fields: Json, **seal: Any) -> Answer:
        """Answer with these fields, sealed as the account's mode wants it."""
        return lambda request: sealed(self.account, self.reply(request, fields), request, **seal)

    def says_text(self, text: str, **seal: Any) -> Answer:
        return self.says({"MsgType": "text", "Content": text}, **seal)

    def reply(self, request: Received, fields: Json) -> bytes:
        head: Json = {
            "ToUserName": request.query.get("openid", ""),
            "FromUserName": self.account.gh_id,
            "CreateTime": 1,
        }
        return markup.write({**head, **fields}).encode()

    def heard(self) -> list[Json]:
        return [request.fields(self.account) for request in self.received]


def sealed(
    account: Account,
    xml: bytes,
    request: Received,
    *,
    key: bytes = b"",
    appid: str = "",
    signature: str = "",
    nonce: str = "",
    stamp: str = "1700000000",
) -> CallbackResponse:
    if account.mode == "plain":
        return CallbackResponse(200, xml)
    nonce = nonce or request.query["nonce"]
    encrypted = crypto.encrypt(xml, key=key or account.key, appid=appid or account.appid, random=b"r" * 16)
    fields: Json = {
        "Encrypt": encrypted,
        "MsgSignature": signature or sign(account.token, stamp, nonce, encrypted),
        "TimeStamp": int(stamp) if stamp.isdigit() else stamp,
        "Nonce": nonce,
    }
    return CallbackResponse(200, markup.write(fields).encode())


def times_out(_request: Received) -> CallbackResponse:
    raise CallbackTimeout("5 秒内没有回应")


def refuses(_request: Received) -> CallbackResponse:
    raise CallbackUnreachable("连接失败")


def answers(status: int, body: bytes = b"") -> Answer:
    return lambda _request: CallbackResponse(status, body)


class Stage:
    """The simulator, the account's office and, when asked for, people."""

    def __init__(self, *, account: Account | None = None, start: datetime = NOON, **switches: Any) -> None:
        self.account = account or an_account()
        self.office = Office(self.account)
        self.clock = Clock(start=start, frozen=True)
        self.pauses: list[float] = []
        self.seconds = 0.0
        self.simulator = Simulator(
            clock=self.clock,
            courier=self.office,
            switches=Switches(**switches),
            pause=self._pause,
            seed=7,
            timer=lambda: self.seconds,
        )
        self.simulator.add_account(self.account)
        self._token = ""

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def person(self, name: str = "小王", *, follows: bool = True) -> str:
        """Someone, by default one who follows already (and the office has forgotten hearing of it)."""
        openid = self.simulator.add_follower("demo", name)
        if follows:
            answers, self.office.answers = self.office.answers, [lambda _request: SUCCESS]
            self.simulator.follow(openid)
            self.office.answers = answers
            self.office.received.clear()
        return openid

    def act(self, openid: str, act: str, **given: Any) -> Outcome:
        return self.simulator.act(openid, act, given)

    def follower(self, openid: str) -> Json:
        return next(one for one in self.simulator.followers() if one["openid"] == openid)

    def post(self, path: str, **body: Any) -> Json:
        """An API call with a good token."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        told: Json = self.simulator.call("POST", path, {"access_token": self.token()}, raw).json()
        return told

    def get(self, path: str, **query: str) -> Json:
        told: Json = self.simulator.call("GET", path, {"access_token": self.token(), **query}).json()
        return told

    def token(self) -> str:
        if not self._token:
            self._token = self.ask_token()["access_token"]
        return self._token

    def ask_token(self, **changes: Any) -> Json:
        account = self.account
        body = {"grant_type": "client_credential", "appid": account.appid, "secret": account.secret, **changes}
        told: Json = self.simulator.call("POST", "/cgi-bin/stable_token", {}, json.dumps(body).encode()).json()
        return told

    def later(self, seconds: float) -> list[Outcome]:
        """Let time pass and deliver what is due then."""
        self.clock.advance(seconds)
        return self.simulator.run_due()
