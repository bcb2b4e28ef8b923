"""`/sns/*`: what a page learns of the person who opened it (official docs, web authorisation)."""

from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint
from infra.local.wechat_simulator.api.credentials import by_code, by_refresh_token, by_user_token
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.authorizations import Grant, UserToken

AVATAR = "https://thirdwx.qlogo.cn/mmopen/vi_32/simulated/132"


def exchange(call: Call) -> Json:
    """A code for a token: once, within five minutes."""
    text = call.query.get("code")
    if not text:
        raise ApiError(41008)
    code = call.state.authorizations.codes.get(text)
    if code is None:
        raise ApiError(40029)
    if code.is_used:
        raise ApiError(40163)
    if code.expires_at <= call.now:
        raise ApiError(42003)
    token = call.state.authorizations.redeem(code, call.now, call.switches)
    told = _told(call, token)
    if token.grant.tells_profile and token.grant.unionid:
        told["unionid"] = token.grant.unionid
    if token.grant.is_snapshot and call.switches.snapshot_told:
        told["is_snapshotuser"] = 1
    return told


def refresh(call: Call) -> Json:
    text = call.query.get("refresh_token")
    if not text:
        raise ApiError(41003)
    token = call.state.authorizations.by_refresh.get(text)
    if token is None:
        raise ApiError(40030)
    if token.refresh_until <= call.now:
        raise ApiError(42002)
    call.state.authorizations.renew(token, call.now, call.switches)
    return _told(call, token)


def auth(call: Call) -> Json:
    """Whether the token is this person's and still good."""
    _grant(call)
    return NOTHING_WRONG


def profile(call: Call) -> Json:
    """Nickname and avatar, with the person's consent; they need not follow."""
    grant = _grant(call)
    if not grant.tells_profile:
        raise ApiError(48001)
    told: Json = {
        "openid": grant.openid,
        "nickname": grant.name,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": AVATAR,
        "privilege": [],
    }
    return told | ({"unionid": grant.unionid} if grant.unionid else {})


def _told(call: Call, token: UserToken) -> Json:
    return {
        "access_token": token.text,
        "expires_in": int((token.expires_at - call.now).total_seconds()),
        "refresh_token": token.refresh,
        "openid": token.grant.openid,
        "scope": token.grant.scope,
    }


def _grant(call: Call) -> Grant:
    grant = call.state.authorizations.tokens[call.query["access_token"]].grant
    if not call.query.get("openid"):
        raise ApiError(41009)
    if call.query["openid"] != grant.openid:
        raise ApiError(40003)
    return grant


ENDPOINTS = {
    "/sns/oauth2/access_token": Endpoint(exchange, needs_post=False, check=by_code),
    "/sns/oauth2/refresh_token": Endpoint(refresh, needs_post=False, check=by_refresh_token),
    "/sns/auth": Endpoint(auth, needs_post=False, check=by_user_token),
    "/sns/userinfo": Endpoint(profile, needs_post=False, check=by_user_token),
}
