"""The GET that WeChat sends when the server settings are saved (official docs, access guide)."""

from dataclasses import dataclass
from typing import Any

from infra.local.wechat_simulator.account import Account, letters
from infra.local.wechat_simulator.courier import CallbackTimeout, CallbackUnreachable, Courier
from infra.local.wechat_simulator.parcel import HEADERS
from infra.local.wechat_simulator.signature import sign
from infra.local.wechat_simulator.world import World

DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the server answered the echostr, and if not, what an operator would read."""

    ok: bool
    status: int | None
    answer: str
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"ok": self.ok, "status": self.status, "answer": self.answer}
        return told | ({"error": self.error} if self.error else {})


def verify(world: World, account: Account, courier: Courier) -> Verification:
    stamp, nonce = str(int(world.now().timestamp())), letters(world.random, 10, DIGITS)
    echo = letters(world.random, 19, DIGITS)
    query = {"signature": sign(account.token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "echostr": echo}
    found = _ask(account, query, courier, world.switches.delivery_deadline_seconds, echo)
    world.record(
        "delivery",
        account=account.account,
        title="GET 验证",
        status=found.status,
        request={"url": account.callback_url, "query": query},
        response={"status": found.status, "body": found.answer},
        error=found.error or None,
    )
    return found


def _ask(account: Account, query: dict[str, str], courier: Courier, deadline: float, echo: str) -> Verification:
    try:
        answer = courier.get(account.callback_url, query=query, headers=HEADERS, timeout=deadline)
    except (CallbackTimeout, CallbackUnreachable) as failure:
        return Verification(False, None, "", f"请求 URL 失败：{failure}")
    told = answer.body[:1_000].decode("utf-8", "replace")
    if answer.status == 200 and answer.body == echo.encode():
        return Verification(True, 200, told)
    return Verification(False, answer.status, told, "token验证失败")
