"""`qrcode/create`: parametric QR codes (official docs, account management)."""

from datetime import timedelta

from infra.local.wechat_simulator.account import letters
from infra.local.wechat_simulator.account_state import QrCode
from infra.local.wechat_simulator.api.call import Call, Endpoint, part, text
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json

LONGEST_SECONDS = 2_592_000
PERMANENT_CODES = 100_000
NUMBERS = {"QR_SCENE": 2**32 - 1, "QR_LIMIT_SCENE": 100_000}
STRINGS = ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE")
SCENE_LENGTH = 64


def create(call: Call) -> Json:
    action = text(call.body, "action_name", code=40052)
    scene = _scene(action, part(part(call.body, "action_info", code=40053), "scene", code=40053))
    is_permanent = "LIMIT" in action
    told: Json = {}
    expires_at = None
    if is_permanent:
        if call.state.permanent_qrcodes >= PERMANENT_CODES:
            raise ApiError(45029)
    else:
        told["expire_seconds"] = _seconds(call)
        expires_at = call.now + timedelta(seconds=told["expire_seconds"])
    ticket = "gQ" + letters(call.world.random, 94)
    url = "http://weixin.qq.com/q/02" + letters(call.world.random, 22)
    call.state.add_qrcode(QrCode(scene, ticket, url, action in NUMBERS, expires_at))
    return {"ticket": ticket, **told, "url": url}


def _scene(action: str, scene: Json) -> str:
    if action in NUMBERS:
        number = scene.get("scene_id")
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= NUMBERS[action]:
            raise ApiError(40053)
        return str(number)
    if action not in STRINGS:
        raise ApiError(40052)
    name = scene.get("scene_str")
    if not isinstance(name, str) or not 1 <= len(name) <= SCENE_LENGTH:
        raise ApiError(40053)
    return name


def _seconds(call: Call) -> int:
    seconds = call.body.get("expire_seconds", call.switches.qr_default_seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 1:
        raise ApiError(40035, "invalid expire_seconds")
    return min(seconds, LONGEST_SECONDS)


ENDPOINTS = {"/cgi-bin/qrcode/create": Endpoint(create)}
