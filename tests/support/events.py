"""Another system of the operator's, which signs what it asks for."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.clock import epoch
from chalicelib.push import events, signing
from chalicelib.web import Answer, Request
from tests.support.memory import MemoryShop

KEY = "order-system"
SECRET = "7e" * 32
TEMPLATE = "order-shipped"
FIELDS = {"character_string1": "订单号", "thing2": "商品", "time3": "预计送达"}


def give_key(shop: MemoryShop, **keys: str) -> None:
    """The account's keys from now on: KEY, unless others are given."""
    parameter = shop.world.runtime.settings.event_parameter(shop.account)
    shop.world.parameters.values[parameter] = json.dumps(keys or {KEY: SECRET})


def an_order(openid: str, /, **changes: Any) -> dict[str, Any]:
    """An order that is on its way, to be told at once."""
    event = {
        "openid": openid,
        "kind": "order.shipped",
        "key": "20260304-0001",
        "template": TEMPLATE,
        "data": {"character_string1": "20260304-0001", "thing2": "草莓两盒", "time3": "2026-03-04 18:00"},
    }
    return {name: value for name, value in (event | changes).items() if value is not None}


def signed(body: object, *, at: datetime, account: str = "shop", key: str = KEY, secret: str = SECRET) -> Request:
    """A request of that body: bytes as they are, anything else as JSON."""
    sent = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    timestamp = str(epoch(at))
    signature = signing.sign(secret, account=account, timestamp=timestamp, body=sent)
    headers = {signing.KEY: key, signing.TIMESTAMP: timestamp, signing.SIGNATURE: signature}
    return Request(account, {}, sent, headers)


def post(shop: MemoryShop, body: object) -> Answer:
    return events.receive(signed(body, at=shop.world.clock.now()))


def results(answer: Answer) -> list[Mapping[str, Any]]:
    """What an answer says of each event."""
    told: list[Mapping[str, Any]] = json.loads(answer.body)["results"]
    return told
