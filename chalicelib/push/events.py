"""Where other systems ask for pushes: signed, checked, and planned once per key however often they ask."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.credentials import Credentials
from chalicelib.door import Deadline, count, log
from chalicelib.errors import CredentialsError, Refused, Unavailable, UnknownAccount
from chalicelib.push import signing
from chalicelib.push.asking import ask
from chalicelib.push.intake import Flaw
from chalicelib.runtime import Runtime, runtime
from chalicelib.web import FORBIDDEN, TOO_LARGE, Answer, Request

MOST_BYTES = 256 * 1024
MOST_EVENTS = 100
SECONDS = 8
"""For the table, of the 10 s that the function has: a hundred events take some two."""
LATER = 5
"""Seconds after which who could not be served may ask again."""
AWAY = Answer(503, retry_after=LATER)


def receive(request: Request) -> Answer:
    """One request of another system: 202 where anything of it is planned, 400 where nothing can be, with a result per
    event. 403 and 413 tell nothing. 503: what was planned by then stands, and asking again does no harm."""
    r = runtime()
    if len(request.body) > MOST_BYTES:
        return TOO_LARGE
    try:
        key = _signer(request, r)
        credentials = r.accounts.find(request.account)
        return _planned(request, key, credentials, r)
    except Refused as refused:
        log.warning("events.refused", extra={"account": request.account[:32], "reason": str(refused)})
        count("EventsRefused")
        return FORBIDDEN
    except CredentialsError as error:
        log.error("credentials.malformed", extra={"problem": str(error)})
        count("CredentialsMalformed", account=request.account)
        return FORBIDDEN
    except Unavailable:
        log.warning("events.put_off", extra={"account": request.account[:32]})
        return AWAY


def _signer(request: Request, r: Runtime) -> str:
    """The name of the key. An account without keys is refused as late as one with others."""
    try:
        secrets = r.event_keys.find(request.account).secrets
    except UnknownAccount:
        secrets = {}
    return signing.check(request.headers, request.body, account=request.account, secrets=secrets, now=r.now())


def _planned(request: Request, key: str, credentials: Credentials, r: Runtime) -> Answer:
    events = _events(request.body)
    if isinstance(events, Flaw):
        return _json(400, {"errors": [{"field": events.field, "message": events.message}]})
    results = ask(events, credentials, table=r.table(Deadline(SECONDS)), queues=r.queues, now=r.now())
    outcomes = Counter[str](result.outcome for result in results)
    log.info("events.taken", extra={"account": request.account, "key": key, **outcomes})
    for outcome, number in outcomes.items():
        count("Events", number, account=request.account, outcome=outcome)
    is_refused = outcomes["refused"] == len(results)
    return _json(400 if is_refused else 202, {"results": [result.to_json() for result in results]})


def _events(body: bytes) -> Sequence[object] | Flaw:
    """The events of a body, or why it has none."""
    try:
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return Flaw("", "请求体不是 JSON")
    if not isinstance(found, dict):
        return Flaw("", "请求体应当是一个 JSON 对象")
    if "events" not in found:
        return [found]
    events = found["events"]
    if not isinstance(events, list) or not 0 < len(events) <= MOST_EVENTS or len(found) > 1:
        return Flaw("events", f"应当是 1–{MOST_EVENTS} 个事件的数组，旁边没有别的字段")
    return events


def _no_number(_name: str) -> float:
    raise ValueError("JSON knows no NaN")


def _json(status: int, body: Mapping[str, Any]) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False), "application/json")
