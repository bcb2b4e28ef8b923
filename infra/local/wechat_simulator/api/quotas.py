"""Call counters, and small calls about the platform itself (official docs, openApi management)."""

from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint, text
from infra.local.wechat_simulator.api.credentials import by_appsecret
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json


def get(call: Call) -> Json:
    path = _path(call)
    limit = call.state.quota.daily_limit(path, call.switches)
    used = call.state.quota.used(path, call.now, call.switches)
    told: Json = {**NOTHING_WRONG, "quota": {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}}
    if path in call.switches.minute_limits:
        told["rate_limit"] = {"call_count": call.switches.minute_limits[path], "refresh_second": 60}
    return told


def clear_one(call: Call) -> Json:
    if not call.state.quota.clear(_path(call), call.now, call.switches):
        raise ApiError(48006)
    return NOTHING_WRONG


def clear_all(call: Call) -> Json:
    if call.body.get("appid") != call.state.account.appid:
        raise ApiError(40013)
    if not call.state.quota.clear_all(call.now, call.switches):
        raise ApiError(48006)
    return NOTHING_WRONG


def callback_ips(_call: Call) -> Json:
    return {"ip_list": ["127.0.0.1"]}


def workers(call: Call) -> Json:
    """One worker, so that a session can be handed to somebody."""
    account = f"kf2001@{call.state.account.account}"
    return {"kf_list": [{"kf_account": account, "kf_nick": "客服", "kf_id": "2001", "kf_headimgurl": ""}]}


def rid(call: Call) -> Json:
    """What a call with this rid asked and was told."""
    told = call.world.told_by_rid.get(text(call.body, "rid", code=76001))
    if told is None:
        raise ApiError(76001)
    return {**NOTHING_WRONG, "request": told}


def _path(call: Call) -> str:
    path = text(call.body, "cgi_path", code=76021)
    if path.startswith("/sns/"):
        raise ApiError(76022)
    if not path.startswith(("/cgi-bin/", "/wxaapi/")):
        raise ApiError(76021)
    return path


ENDPOINTS = {
    "/cgi-bin/openapi/quota/get": Endpoint(get),
    "/cgi-bin/openapi/quota/clear": Endpoint(clear_one),
    "/cgi-bin/openapi/rid/get": Endpoint(rid),
    "/cgi-bin/clear_quota": Endpoint(clear_all),
    "/cgi-bin/clear_quota/v2": Endpoint(clear_all, check=by_appsecret),
    "/cgi-bin/getcallbackip": Endpoint(callback_ips, needs_post=False),
    "/cgi-bin/get_api_domain_ip": Endpoint(callback_ips, needs_post=False),
    "/cgi-bin/customservice/getkflist": Endpoint(workers, needs_post=False),
}
