"""`token`, `stable_token` and `ticket/getticket` (official docs, getAccessToken and getStableAccessToken)."""

from datetime import timedelta

from infra.local.wechat_simulator.account import letters
from infra.local.wechat_simulator.api.call import NOTHING_WRONG, Call, Endpoint
from infra.local.wechat_simulator.api.credentials import by_secret
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.quota import day_of
from infra.local.wechat_simulator.tokens import Token


def classic(call: Call) -> Json:
    return _told(call, call.state.tokens.classic(call.now, call.switches))


def stable(call: Call) -> Json:
    tokens = call.state.tokens
    if call.body.get("force_refresh") is not True:
        return _told(call, tokens.stable(call.now, call.switches))
    token = tokens.forced(call.now, day_of(call.now, call.switches), call.switches)
    if token is None:
        raise ApiError(45009)
    return _told(call, token)


def ticket(call: Call) -> Json:
    """The jsapi ticket: the same one for two hours."""
    if call.query.get("type") not in ("jsapi", "wx_card"):
        raise ApiError(40097, "invalid args")
    held = call.state.ticket
    if held is None or held[1] <= call.now:
        held = (letters(call.world.random, 86), call.now + timedelta(seconds=7200))
        call.state.ticket = held
    return {**NOTHING_WRONG, "ticket": held[0], "expires_in": int((held[1] - call.now).total_seconds())}


def _told(call: Call, token: Token) -> Json:
    return {"access_token": token.text, "expires_in": token.seconds_left(call.now)}


ENDPOINTS = {
    "/cgi-bin/token": Endpoint(classic, needs_post=False, check=by_secret),
    "/cgi-bin/stable_token": Endpoint(stable, check=by_secret),
    "/cgi-bin/ticket/getticket": Endpoint(ticket, needs_post=False),
}
