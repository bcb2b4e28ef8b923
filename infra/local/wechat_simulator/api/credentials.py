"""Whose call it is: by the app's token, by its secret, or by what a person's authorisation gave."""

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import ApiRequest, Json
from infra.local.wechat_simulator.tokens import is_token_shaped
from infra.local.wechat_simulator.world import World

Check = Callable[[World, ApiRequest, Json, AccountState | None], AccountState]
"""Says whose credentials these are, or raises ApiError. The state is the one that the request names, if any."""

USER_LEVEL = "/sns/"


def named_account(world: World, request: ApiRequest, body: Json) -> AccountState | None:
    """The account of the token, or else of the appid. App and user tokens know nothing of each other."""
    token = request.query.get("access_token", "")
    appid = request.query.get("appid") or body.get("appid")
    is_user_level = request.path.startswith(USER_LEVEL)
    for state in tuple(world.accounts.values()):
        issued = state.authorizations if is_user_level else state.tokens
        if issued.knows(token) if token else state.account.appid == appid:
            return state
    return None


def by_token(world: World, request: ApiRequest, _body: Json, state: AccountState | None) -> AccountState:
    token = request.query.get("access_token", "")
    if not token:
        raise ApiError(41001)
    if state is None:
        raise ApiError(40001 if is_token_shaped(token) else 40014)
    if state.tokens.has_expired(token, world.now()):
        raise ApiError(42001)
    return state


def by_secret(world: World, request: ApiRequest, body: Json, state: AccountState | None) -> AccountState:
    given = body if request.method == "POST" else request.query
    _check_grant(given, "client_credential")
    return _allowed_ip(world, request, _of_secret(world, given, state, "secret"))


def by_appsecret(world: World, request: ApiRequest, body: Json, state: AccountState | None) -> AccountState:
    """As `clear_quota/v2` wants it."""
    return _allowed_ip(world, request, _of_secret(world, body, state, "appsecret"))


def by_code(world: World, request: ApiRequest, _body: Json, state: AccountState | None) -> AccountState:
    _check_grant(request.query, "authorization_code")
    return _of_secret(world, request.query, state, "secret")


def by_refresh_token(_world: World, request: ApiRequest, _body: Json, state: AccountState | None) -> AccountState:
    _check_grant(request.query, "refresh_token")
    return _known(request.query, state)


def by_user_token(world: World, request: ApiRequest, _body: Json, state: AccountState | None) -> AccountState:
    token = request.query.get("access_token", "")
    if not token:
        raise ApiError(41001)
    if state is None:
        raise ApiError(40001)
    if state.authorizations.tokens[token].expires_at <= world.now():
        raise ApiError(42001)
    return state


def _check_grant(given: Mapping[str, Any], wanted: str) -> None:
    if given.get("grant_type") != wanted:
        raise ApiError(40002)


def _known(given: Mapping[str, Any], state: AccountState | None) -> AccountState:
    if not given.get("appid"):
        raise ApiError(41002)
    if state is None:
        raise ApiError(40013)
    return state


def _of_secret(world: World, given: Mapping[str, Any], state: AccountState | None, name: str) -> AccountState:
    if given.get("appid") and not given.get(name):
        raise ApiError(41004)
    known = _known(given, state)
    if given.get(name) != known.account.secret:
        raise ApiError(world.switches.wrong_secret_code)
    return known


def _allowed_ip(world: World, request: ApiRequest, state: AccountState) -> AccountState:
    if state.account.allowed_ips and request.ip not in state.account.allowed_ips:
        raise ApiError(world.switches.ip_refused_code, f"invalid ip {request.ip}, not in whitelist")
    return state
