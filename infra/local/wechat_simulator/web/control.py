"""The control API under /sim: accounts, people and what they do."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request

from infra.local.wechat_simulator.account import Account, generated
from infra.local.wechat_simulator.arguments import Arguments
from infra.local.wechat_simulator.simulator import Simulator
from infra.local.wechat_simulator.web import control_pay, control_rules, control_things
from infra.local.wechat_simulator.web.bodies import json_object, whole_number

SHOWN = ("account", "name", "appid", "secret", "token", "aes_key", "gh_id", "mode", "callback_url")
TEXTS = (*SHOWN, "previous_aes_key", "mchid", "apiv3_key", "merchant_public_key")
LISTS = ("allowed_ips", "oauth_domains")


def blueprint(simulator: Simulator) -> Blueprint:
    doors = Blueprint("control", __name__, url_prefix="/sim")
    control_things.add_doors(doors, simulator)
    control_rules.add_doors(doors, simulator)
    control_pay.add_doors(doors, simulator)

    @doors.get("/accounts")
    def accounts() -> Response:
        return jsonify([shown(account) for account in simulator.accounts])

    @doors.post("/accounts")
    def add_account() -> Response:
        account = account_from(simulator, json_object())
        simulator.add_account(account)
        return jsonify(shown(account))

    @doors.post("/accounts/<account>/verify")
    def verify(account: str) -> Response:
        return jsonify(simulator.verify(account).as_json())

    @doors.get("/followers")
    def followers() -> Response:
        return jsonify(simulator.followers(request.args.get("account", "")))

    @doors.post("/followers")
    def add_follower() -> Response:
        given = Arguments(json_object())
        return jsonify(openid=simulator.add_follower(given.words("account"), given.text("name", "")))

    @doors.get("/followers/<openid>/inbox")
    def inbox(openid: str) -> Response:
        return jsonify(simulator.inbox(openid))

    @doors.get("/followers/<openid>/chat")
    def chat(openid: str) -> Response:
        entries = simulator.chat(openid, after=whole_number("after"))
        return jsonify(entries=entries, last=simulator.last_seq(openid))

    @doors.post("/followers/<openid>/<act>")
    def act(openid: str, act: str) -> Response:
        return jsonify(simulator.act(openid, act, json_object()).as_json())

    return doors


def shown(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in SHOWN}


def account_from(simulator: Simulator, body: dict[str, Any]) -> Account:
    """A new account, where what is not given is generated; or a known one with other settings."""
    given = Arguments(body)
    name = given.words("account")
    base = next((one for one in simulator.accounts if one.account == name), None)
    if base is None:
        base = generated(simulator.world.random, account=name, callback_url=given.words("callback_url"))
    changes: dict[str, Any] = {field: given.text(field, getattr(base, field)) for field in TEXTS}
    changes["has_unionid"] = given.flag("has_unionid", base.has_unionid)
    changes |= {field: given.texts(field, getattr(base, field)) for field in LISTS}
    return replace(base, **changes)
