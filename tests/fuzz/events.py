"""Target: what other systems ask for, signed or not."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from random import Random

from chalicelib.push import events
from chalicelib.push.events import MOST_BYTES
from chalicelib.web import Answer, Request
from tests.fuzz import oracles, texts, values
from tests.fuzz.arena import Arena
from tests.fuzz.cases import Case, Finding, Ran
from tests.support.events import KEY, SECRET, signed

ACCOUNT = "safe"
NOTICE = {
    "openid": texts.OPENID + "0001",
    "kind": "order.shipped",
    "key": "20260304-0001",
    "channel": "template",
    "class": "service",
    "template": "order-shipped",
    "data": {"thing2": "草莓两盒"},
    "url": "https://shop.example/",
    "miniprogram": {"appid": "wx0123456789abcdef", "pagepath": "pages/order"},
    "not_before": "2026-03-05T08:00:00+08:00",
    "expires_at": "2026-03-06T08:00:00+08:00",
    "urgent": False,
}
NOTE = {
    "openid": texts.OPENID + "0002",
    "kind": "order.note",
    "key": "1",
    "channel": "kefu",
    "body": {"msgtype": "text", "text": {"content": texts.SECRET}},
}
VOUCHERS = ("own", "own", "own", "none", "other body", "other key", "stale")


class AskedFor:
    """Requests for pushes. An own signature lets anything be read, and nobody else's anything at all."""

    name = "events"
    callbacks = 0
    limit = 0.05

    def __init__(self, arena: Arena) -> None:
        self._world = arena.world
        self._heard = arena.heard
        parameter = self._world.runtime.settings.event_parameter(ACCOUNT)
        self._world.parameters.values[parameter] = json.dumps({KEY: SECRET})

    def draw(self, random: Random, seeds: Sequence[Case]) -> Case:
        others = [case.parts["body"] for case in seeds]
        body = values.bent(random, random.choice((NOTICE, NOTICE, NOTE)), others)
        if random.random() < 0.2:
            body = b'{"events": [' + b",".join([body] * texts.many(random, 8)) + b"]}"
        return Case(self.name, {"body": body, "voucher": random.choice(VOUCHERS).encode()})

    def run(self, case: Case) -> Ran:
        request = self._request(case)
        calls, written = self._world.faults.calls, self._world.dynamo.counts.items_written
        began = time.process_time()
        answer = events.receive(request)
        seconds = time.process_time() - began
        oracles.tells_nothing(self._heard())
        if case.parts["voucher"] != b"own" or answer.status in (403, 413):
            _is_refused(request, answer, calls=self._world.faults.calls - calls)
            return Ran("refused", seconds)
        planned = _outcomes(answer).count("planned")
        if planned == 0 and self._world.dynamo.counts.items_written - written > 1:  # templates may be asked for
            raise Finding("nothing is planned, and yet something is written")
        return Ran("planned" if planned else str(answer.status), seconds)

    def _request(self, case: Case) -> Request:
        body, now = case.parts["body"], self._world.clock.now()
        match case.parts["voucher"]:
            case b"none":
                return Request(ACCOUNT, {}, body)
            case b"other body":
                return Request(ACCOUNT, {}, body, signed(body + b" ", at=now, account=ACCOUNT).headers)
            case b"other key":
                return signed(body, at=now, account=ACCOUNT, secret="0" * 64)
            case b"stale":
                return signed(body, at=now.replace(year=2025), account=ACCOUNT)
            case _:
                return signed(body, at=now, account=ACCOUNT)


def _is_refused(request: Request, answer: Answer, *, calls: int) -> None:
    oracles.is_refused_silently(answer, calls=calls)
    if (len(request.body) > MOST_BYTES) != (answer.status == 413):
        raise Finding("the size limit is not where it should be")


def _outcomes(answer: Answer) -> list[str]:
    """What the answer says of each event; none where it says why there are no events."""
    if answer.status not in (202, 400) or answer.content_type != "application/json":
        raise Finding(f"status {answer.status}")
    told = json.loads(answer.body.encode())
    outcomes = [result["outcome"] for result in told.get("results", ())]
    if any(not error["message"] for error in told.get("errors", ())) or not (outcomes or told.get("errors")):
        raise Finding("an answer that says nothing")
    if (answer.status == 202) != any(outcome != "refused" for outcome in outcomes):
        raise Finding("a status that does not fit its results")
    return outcomes


TARGETS: Mapping[str, Callable[[Arena], AskedFor]] = {"events": AskedFor}
