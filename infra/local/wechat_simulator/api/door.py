"""Every API call's way: faults, credentials, quota, handler, log."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.wechat_simulator.account import letters
from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.api.call import Call, Endpoint, Json
from infra.local.wechat_simulator.api.endpoints import ENDPOINTS
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.faults import Fault
from infra.local.wechat_simulator.tokens import is_token_shaped
from infra.local.wechat_simulator.wire_log import masked
from infra.local.wechat_simulator.world import World

CLEAR_ALL_V2 = "/cgi-bin/clear_quota/v2"
_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")
REFUSALS = {
    "api_token_rejected": 40001,
    "api_busy": -1,
    "api_daily_quota": 45009,
    "api_minute_quota": 45011,
}


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request to the API, without its transport."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    ip: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """The answer. When it is `lost` ("timeout" or "reset") the caller gets none, after so many seconds."""

    body: bytes
    status: int = 200
    content_type: str = "application/json; encoding=utf-8"
    lost: str = ""
    seconds: float = 0.0

    def json(self) -> Any:
        return json.loads(self.body)


class Door:
    """Answers API calls. Thread-safe."""

    def __init__(self, world: World, *, timer: Callable[[], float]) -> None:
        self._world = world
        self._timer = timer

    def answer(self, request: ApiRequest) -> ApiAnswer:
        world = self._world
        started = self._timer()
        body, malformed = parse(request.body)
        state = self._account_of(request, body)
        name = state.account.account if state else ""
        faults = {one.kind: one for one in world.faults.for_call(name, request.path)}
        slow = faults.get("api_slow")
        if wait := world.switches.api_latency_seconds + (slow.seconds if slow else 0.0):
            world.pause(wait)
        answer = before(faults) or self._handled(request, body, malformed, state, faults)
        self._record(request, body, answer, name, self._timer() - started)
        return answer

    def _handled(
        self,
        request: ApiRequest,
        body: Json,
        malformed: int | None,
        state: AccountState | None,
        faults: Mapping[str, Fault],
    ) -> ApiAnswer:
        try:
            for kind, code in REFUSALS.items():
                if kind in faults:
                    raise ApiError(code)
            if fault := faults.get("api_errcode"):
                raise ApiError(fault.errcode, fault.errmsg)
            with self._world.lock:
                told = self._call(request, body, malformed, state)
        except ApiError as error:
            told = self._refusal(request, body, error)
        raw = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        for kind, lost in (("api_timeout_after", "timeout"), ("api_reset_after", "reset")):
            if fault := faults.get(kind):
                return ApiAnswer(raw, lost=lost, seconds=fault.seconds)
        return ApiAnswer(raw)

    def _call(self, request: ApiRequest, body: Json, malformed: int | None, state: AccountState | None) -> Json:
        endpoint = ENDPOINTS.get(request.path)
        if endpoint is None:
            raise ApiError(40066)
        if endpoint.needs_post and request.method != "POST":
            raise ApiError(43002)
        now = self._world.now()
        known = self._allowed(request, body, endpoint, state)
        if refusal := known.quota.refusal(request.path, now, self._world.switches):
            raise ApiError(refusal)
        if endpoint.needs_post:
            self._check_body(request, malformed)
        return endpoint.handle(Call(self._world, known, request.query, body, now))

    def _allowed(self, request: ApiRequest, body: Json, endpoint: Endpoint, state: AccountState | None) -> AccountState:
        """The account whose credentials these are."""
        if not endpoint.needs_token:
            return self._by_secret(request, body, state)
        token = request.query.get("access_token", "")
        if not token:
            raise ApiError(41001)
        if state is None:
            raise ApiError(40001 if is_token_shaped(token) else 40014)
        if state.tokens.has_expired(token, self._world.now()):
            raise ApiError(42001)
        return state

    def _by_secret(self, request: ApiRequest, body: Json, state: AccountState | None) -> AccountState:
        given = body if request.method == "POST" else request.query
        is_token_call = request.path != CLEAR_ALL_V2
        secret = given.get("secret" if is_token_call else "appsecret")
        if is_token_call and given.get("grant_type") != "client_credential":
            raise ApiError(40002)
        if not given.get("appid"):
            raise ApiError(41002)
        if not secret:
            raise ApiError(41004)
        if state is None:
            raise ApiError(40013)
        if secret != state.account.secret:
            raise ApiError(self._world.switches.wrong_secret_code)
        if state.account.allowed_ips and request.ip not in state.account.allowed_ips:
            message = f"invalid ip {request.ip}, not in whitelist"
            raise ApiError(self._world.switches.ip_refused_code, message)
        return state

    def _account_of(self, request: ApiRequest, body: Json) -> AccountState | None:
        token = request.query.get("access_token", "")
        appid = request.query.get("appid") or body.get("appid")
        for state in tuple(self._world.accounts.values()):
            if state.tokens.knows(token) if token else state.account.appid == appid:
                return state
        return None

    def _check_body(self, request: ApiRequest, malformed: int | None) -> None:
        """JSON must be raw UTF-8 (official docs): escapes fail with 40033 in menus, else with 47002."""
        if malformed:
            raise ApiError(malformed)
        if self._world.switches.refuse_unicode_escapes and _ESCAPE.search(request.body):
            raise ApiError(40033 if "/menu/" in request.path else 47002)

    def _refusal(self, request: ApiRequest, body: Json, error: ApiError) -> Json:
        random = self._world.random
        rid = "-".join(letters(random, 8, "0123456789abcdef") for _ in range(3))
        told: Json = {"errcode": error.code, "errmsg": f"{error.message} rid: {rid}", **error.extra}
        self._world.keep_rid(
            rid,
            {
                "invoke_time": int(self._world.now().timestamp()),
                "cost_in_ms": 1,
                "request_url": request.path,
                "request_body": json.dumps(masked(body), ensure_ascii=False),
                "response_body": json.dumps(told, ensure_ascii=False),
                "client_ip": request.ip,
            },
        )
        return told

    def _record(self, request: ApiRequest, body: Json, answer: ApiAnswer, name: str, seconds: float) -> None:
        try:
            told = masked(answer.json())
        except ValueError:
            told = answer.body.decode("utf-8", "replace")
        openid = body.get("touser") or body.get("openid") or request.query.get("openid")
        self._world.record(
            "api",
            account=name,
            title=f"{request.method} {request.path}",
            path=request.path,
            openid=openid if isinstance(openid, str) else None,
            status=answer.status,
            seconds=round(seconds, 6),
            request={"query": masked(dict(request.query)), "json": masked(body)},
            response=told,
            error={"timeout": "没有回应（故障）", "reset": "连接断开（故障）"}.get(answer.lost),
        )


def before(faults: Mapping[str, Fault]) -> ApiAnswer | None:
    """The answer of a fault that strikes before the call is looked at."""
    for kind, lost in (("api_timeout_before", "timeout"), ("api_reset_before", "reset")):
        if fault := faults.get(kind):
            return ApiAnswer(b"", lost=lost, seconds=fault.seconds)
    if fault := faults.get("api_status"):
        return ApiAnswer(b"<html>Bad Gateway</html>", status=fault.status, content_type="text/html")
    if "api_not_json" in faults:
        return ApiAnswer(b"<html>busy</html>", content_type="text/html")
    return None


def parse(raw: bytes) -> tuple[Json, int | None]:
    """The JSON object, or nothing and the errcode that says why."""
    if not raw:
        return {}, 44002
    try:
        body = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return {}, 47001
    return (body, None) if isinstance(body, dict) else ({}, 47001)
