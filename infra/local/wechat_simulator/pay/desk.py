"""The order query, by which a merchant finds what no notice told (official docs, API v3)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from infra.local.wechat_simulator.account import Account
from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.api.wire import ApiAnswer, ApiRequest, as_json, before, lost_after
from infra.local.wechat_simulator.pay import sealing
from infra.local.wechat_simulator.pay.letter import signed_headers
from infra.local.wechat_simulator.world import World

PATHS = "/v3/"
ORDER = "/v3/pay/transactions/out-trade-no/"
_PART = re.compile(r'(\w+)="([^"]*)"')
NEEDED = frozenset({"mchid", "nonce_str", "signature", "timestamp", "serial_no"})


class PayError(Exception):
    """The query is refused: HTTP status, code and a Chinese sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.told = {"code": code, "message": message}


class PayDesk:
    """Answers merchants. Thread-safe."""

    def __init__(self, world: World, *, timer: Callable[[], float]) -> None:
        self._world = world
        self._timer = timer

    def answer(self, request: ApiRequest) -> ApiAnswer:
        world, started = self._world, self._timer()
        state = self._merchant(request.query.get("mchid", ""))
        name = state.account.account if state else ""
        faults = {one.kind: one for one in world.faults.for_call(name, request.path)}
        if slow := faults.get("api_slow"):
            world.pause(slow.seconds)
        answer = before(faults) or self._handled(request, state)
        lost, seconds = lost_after(faults)
        if lost:
            answer = replace(answer, lost=lost, seconds=seconds)
        world.record(
            "api",
            account=name,
            title=f"{request.method} {request.path}",
            path=request.path,
            status=answer.status,
            seconds=round(self._timer() - started, 6),
            request={"query": dict(request.query)},
            response=answer.body.decode("utf-8", "replace"),
        )
        return answer

    def _merchant(self, mchid: str) -> AccountState | None:
        states = tuple(self._world.accounts.values())
        return next((one for one in states if mchid and one.account.mchid == mchid), None)

    def _handled(self, request: ApiRequest, state: AccountState | None) -> ApiAnswer:
        try:
            if request.method != "GET" or not request.path.startswith(ORDER):
                raise PayError(404, "RESOURCE_NOT_EXISTS", "没有这个接口")
            if state is None:
                raise PayError(400, "PARAM_ERROR", "mchid 不存在")
            self._check_signed(request, state.account)
            with self._world.lock:
                order = state.orders.get(request.path.removeprefix(ORDER))
                if order is None:
                    raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
                body = as_json(order.as_json())
        except PayError as error:
            return ApiAnswer(as_json(error.told), error.status, "application/json")
        headers = signed_headers(self._world, state.account, body)
        return ApiAnswer(body, content_type=headers.pop("Content-Type"), headers=headers)

    def _check_signed(self, request: ApiRequest, account: Account) -> None:
        """The header's shape, and with the merchant's public key the signature too."""
        if not self._world.switches.pay_query_signed:
            return
        given = _authorization(request.headers)
        if given.get("mchid") != account.mchid or not given.keys() >= NEEDED:
            raise PayError(401, "SIGN_ERROR", "Authorization 不合法")
        if pem := account.merchant_public_key:
            url = f"{request.path}?{urlencode(request.query)}"
            lines = (
                request.method,
                url,
                given["timestamp"],
                given["nonce_str"],
                request.body.decode("utf-8", "replace"),
            )
            if not sealing.is_signed(pem, given["signature"], *lines):
                raise PayError(401, "SIGN_ERROR", "签名错误")


def _authorization(headers: Mapping[str, str]) -> dict[str, str]:
    kind, _, rest = headers.get("Authorization", "").partition(" ")
    return dict(_PART.findall(rest)) if kind == sealing.SIGNATURE_TYPE else {}
