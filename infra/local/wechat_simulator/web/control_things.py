"""The control API under /sim: what the account set up at WeChat, and pictures of its QR codes."""

from dataclasses import replace

from flask import Blueprint, Response, jsonify, request

from infra.local.wechat_simulator.arguments import Arguments
from infra.local.wechat_simulator.refusal import Missing, Refused
from infra.local.wechat_simulator.simulator import Simulator
from infra.local.wechat_simulator.web.bodies import json_object
from infra.local.wechat_simulator.web.picture import qr_picture
from infra.local.wechat_simulator.world import World


def add_doors(doors: Blueprint, simulator: Simulator) -> None:
    _add_menu_and_qrcodes(doors, simulator.world)
    _add_templates(doors, simulator)


def _add_menu_and_qrcodes(doors: Blueprint, world: World) -> None:
    @doors.get("/menu")
    def menu() -> Response:
        """The account's default menu, or with `openid` the menu that this person sees."""
        with world.lock:
            state = world.account(account_named())
            openid = request.args.get("openid")
            return jsonify(button=state.menu_of(world.person(openid))[0] if openid else state.menu)

    @doors.get("/qrcodes")
    def qrcodes() -> Response:
        with world.lock:
            return jsonify([code.as_json() for code in world.account(account_named()).qrcodes.values()])

    @doors.post("/qrcodes")
    def name_qrcode() -> Response:
        """Give a code a name to show beside it."""
        given = Arguments(json_object())
        state = world.account(given.words("account"))
        code = state.qrcodes.get(given.words("ticket"))
        if code is None:
            raise Missing("没有这个二维码")
        named = replace(code, name=given.text("name"))
        state.qrcodes[code.ticket] = named
        return jsonify(named.as_json())

    @doors.get("/showqrcode")
    def showqrcode() -> Response:
        ticket = request.args.get("ticket", "")
        for state in tuple(world.accounts.values()):
            if code := state.qrcodes.get(ticket):
                return Response(qr_picture(code), mimetype="image/svg+xml")
        raise Missing("没有这个二维码")


def _add_templates(doors: Blueprint, simulator: Simulator) -> None:
    @doors.get("/templates")
    def templates() -> Response:
        with simulator.world.lock:
            state = simulator.world.account(account_named())
            return jsonify(
                template=[one.as_json() for one in state.templates.values()],
                subscribe=[one.as_json() for one in state.subscriptions.values()],
            )

    @doors.post("/templates")
    def add_template() -> Response:
        """Give the account a template with a known id: `{account, template_id, title, keywords: {key: name}}`."""
        given = Arguments(json_object())
        keywords = given.given.get("keywords")
        if not isinstance(keywords, dict) or not all(isinstance(name, str) for name in keywords.values()):
            raise Refused("keywords 应为 {键: 名称}")
        template_id = given.words("template_id")
        simulator.add_template(
            given.words("account"),
            template_id,
            given.words("title"),
            keywords,
            subscribe=given.flag("subscribe", False),
            legacy=given.flag("legacy", False),
        )
        return jsonify(template_id=template_id)


def account_named() -> str:
    name = request.args.get("account", "")
    if not name:
        raise Refused("缺少 account")
    return name
