"""Every API call's way: faults, credentials, quota, handler, log."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from infra.local.wechat_simulator.account import letters
from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.api.call import Call, Download, Endpoint
from infra.local.wechat_simulator.api.credentials import named_account
from infra.local.wechat_simulator.api.endpoints import ENDPOINTS
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import ApiAnswer, ApiRequest, Json, as_json, before, lost_after, parse
from infra.local.wechat_simulator.faults import Fault
from infra.local.wechat_simulator.wire_log import masked
from infra.local.wechat_simulator.world import World

_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")
REFUSALS = {
    "api_token_rejected": 40001,
    "api_busy": -1,
    "api_daily_quota": 45009,
    "api_minute_quota": 45011,
}


class Door:
    """Answers API calls. Thread-safe."""

    def __init__(self, world: World, *, timer: Callable[[], float]) -> None:
        self._world = world
        self._timer = timer

    def answer(self, request: ApiRequest) -> ApiAnswer:
        world = self._world
        started = self._timer()
        body, malformed = parse(request.body)
        state = named_account(world, request, body)
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
        lost, seconds = lost_after(faults)
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
        if isinstance(told, Download):
            headers = {"Content-Disposition": f'attachment; filename="{told.name}"'}
            return ApiAnswer(told.content, content_type=told.content_type, lost=lost, seconds=seconds, headers=headers)
        return ApiAnswer(as_json(told), lost=lost, seconds=seconds)

    def _call(
        self, request: ApiRequest, body: Json, malformed: int | None, state: AccountState | None
    ) -> Json | Download:
        endpoint = ENDPOINTS.get(request.path)
        if endpoint is None:
            raise ApiError(40066)
        if endpoint.needs_post and request.method != "POST":
            raise ApiError(43002)
        now = self._world.now()
        known = endpoint.check(self._world, request, body, state)
        if refusal := known.quota.refusal(request.path, now, self._world.switches):
            raise ApiError(refusal)
        self._check_body(endpoint, request, malformed)
        return endpoint.handle(Call(self._world, known, request.query, body, now, request.upload))

    def _check_body(self, endpoint: Endpoint, request: ApiRequest, malformed: int | None) -> None:
        """JSON must be raw UTF-8 (official docs): escapes fail with 40033 in menus, else with 47002."""
        if endpoint.takes_file:
            if request.upload is None:
                raise ApiError(41005)
            return
        if not endpoint.needs_post:
            return
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
        openid = body.get("touser") or body.get("openid") or request.query.get("openid")
        asked: Json = {"query": masked(dict(request.query)), "json": masked(body)}
        if request.upload:
            asked["file"] = {"name": request.upload.name, "bytes": len(request.upload.content)}
        self._world.record(
            "api",
            account=name,
            title=f"{request.method} {request.path}",
            path=request.path,
            openid=openid if isinstance(openid, str) else None,
            status=answer.status,
            seconds=round(seconds, 6),
            request=asked,
            response=_told(answer),
            error={"timeout": "没有回应（故障）", "reset": "连接断开（故障）"}.get(answer.lost),
        )


def _told(answer: ApiAnswer) -> Any:
    """For the log: JSON without secrets, text as it is, of a file only what it is."""
    if "Content-Disposition" in answer.headers:
        return f"（文件 {answer.content_type}，{len(answer.body)} 字节）"
    try:
        return masked(answer.json())
    except ValueError:
        return answer.body.decode("utf-8", "replace")
