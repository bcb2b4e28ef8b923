"""Targets: what WeChat's API answers, and what a queue holds."""

import time
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from chalicelib.members import jobs, profile
from chalicelib.wechat.client import WechatClient
from chalicelib.wechat.connection import Connection
from chalicelib.wechat.errors import WechatError
from chalicelib.wechat.stable_token import fetch_stable_token
from chalicelib.work.entry import work_do
from infra.local import lambdas
from tests.builders import OPENID, a_job, a_member
from tests.fuzz import oracles, texts, values
from tests.fuzz.arena import Arena
from tests.fuzz.cases import Case, Finding, Ran
from tests.support.workroom import Workroom

TOKEN = "90_" + "t" * 120
ANSWERS: tuple[Mapping[str, Any], ...] = (
    {"subscribe": 1, "openid": OPENID, "unionid": "oUnion", "remark": "老客", "tagid_list": [100, 2],
     "subscribe_time": 1772596800,
     "subscribe_scene": "ADD_SCENE_QR_CODE", "qr_scene": 0, "qr_scene_str": "poster"},
    {"subscribe": 0, "openid": OPENID},
    {"tags": [{"id": 100, "name": "新客", "count": 3}]},
    {"ticket": "gQH47joAAAA", "expire_seconds": 60, "url": "http://weixin.qq.com/q/x"},
    {"access_token": TOKEN, "expires_in": 7200},
    {"errcode": 40001, "errmsg": f"invalid credential rid: 6523a1b2-1a2b3c4d-5e6f7081 {OPENID}"},
    {"errcode": 45171, "errmsg": "partial", "fail_openid_list": [OPENID]},
    {"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 5},
    {"errcode": 45009, "errmsg": "reach max api daily quota limit"},
)  # fmt: skip


class WokenUp:
    """The queue's worker, with messages that no one of us has sent."""

    name = "wake-ups"
    callbacks = 0
    limit = 0.05

    def __init__(self, arena: Arena) -> None:
        self._arena = arena

    def draw(self, random: Random, seeds: Sequence[Case]) -> Case:
        whole = {"wake": random.choice(("J#safe#x", "A#safe", "M#safe#x", "", "J#", texts.text(random) + texts.SECRET))}
        return Case(self.name, {"body": values.bent(random, whole, [case.parts["body"] for case in seeds])})

    def run(self, case: Case) -> Ran:
        body = case.parts["body"].decode(errors="replace")
        record = {"MessageId": "1", "ReceiptHandle": "1", "Body": body}
        written = self._arena.world.dynamo.counts.items_written
        began = time.process_time()
        work_do(lambdas.sqs_event([record], queue="memory"), lambdas.context("work_do", seconds=30))
        seconds = time.process_time() - began
        heard = self._arena.heard()
        oracles.tells_nothing(heard.replace("door.failed", "refused"))
        if self._arena.world.dynamo.counts.items_written != written:
            raise Finding("a wake-up that names nothing writes")
        return Ran("refused" if heard else "nothing to do", seconds)


class Answered:
    """What WeChat's API may answer, down to the member in the table."""

    name = "api answers"
    callbacks = 0
    limit = 0.05

    def __init__(self) -> None:
        self._said = Said()
        self._room = Workroom()
        self._room.holds(a_member(version=0).put())

    def draw(self, random: Random, seeds: Sequence[Case]) -> Case:
        others = [case.parts["body"] for case in seeds]
        return Case(self.name, {"body": values.bent(random, random.choice(ANSWERS), others)})

    def run(self, case: Case) -> Ran:
        self._said.body = case.parts["body"]
        client = WechatClient(self._said, OneToken())
        began = time.process_time()
        outcomes = [self._outcome(call) for call in (
            lambda: self._profile(client),
            client.tag_names,
            lambda: client.create_qrcode("poster"),
            lambda: fetch_stable_token(self._said, "wx", "s"),
        )]  # fmt: skip
        return Ran(min(outcomes), time.process_time() - began)

    def _outcome(self, call: Any) -> str:
        try:
            call()
        except WechatError as error:
            if OPENID in f"{error}{error.message}" or TOKEN in f"{error}{error.message}":
                raise Finding("an openid or a token in an error") from None
            return type(error).__name__
        return "understood"

    def _profile(self, client: WechatClient) -> None:
        job = a_job(jobs.PROFILE)
        decide = profile.ask(job, wechat=client, credentials=self._room.credentials, now=self._room.now)
        done = decide(self._room.table)
        if done.outcome == "profile":
            self._room.table.write(done.changes)


class Said(Connection):
    """The product's connection, but for its transport."""

    def __init__(self) -> None:
        super().__init__("http://wechat.invalid")
        self.body = b""

    def _exchange(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> bytes:
        return self.body


class OneToken:
    """Implements `TokenSource`."""

    def get(self) -> str:
        return TOKEN

    def renew(self, refused: str) -> str:
        return TOKEN


TARGETS: Mapping[str, Callable[[Arena], WokenUp | Answered]] = {
    "wake-ups": WokenUp,
    "api answers": lambda _arena: Answered(),
}
