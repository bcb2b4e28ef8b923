"""The control API under /sim: what a merchant finds on the pages of WeChat Pay."""

from flask import Blueprint, Response, jsonify

from infra.local.wechat_simulator.pay import sealing
from infra.local.wechat_simulator.simulator import Simulator
from infra.local.wechat_simulator.web.control_things import account_named


def add_doors(doors: Blueprint, simulator: Simulator) -> None:
    world = simulator.world

    @doors.get("/merchant")
    def merchant() -> Response:
        """The numbers and keys with which to verify and open a notice."""
        account = world.account(account_named()).account
        return jsonify(
            mchid=account.mchid,
            apiv3_key=account.apiv3_key,
            serial=sealing.serial_of(account.mchid),
            public_key=sealing.public_key_pem(),
        )

    @doors.get("/orders")
    def orders() -> Response:
        with world.lock:
            paid = world.account(account_named()).orders.values()
            return jsonify(
                [{**one.as_json(), "refunds": [one.refund_as_json(back) for back in one.refunds]} for one in paid]
            )
