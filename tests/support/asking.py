"""Notices in a shop of the in-memory world: asked for as other systems do, carried as time goes by."""

from collections.abc import Iterable
from typing import Any

from chalicelib.door import Deadline
from chalicelib.sending import intents
from chalicelib.sending.intents import Intent, Planned
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.push import Content
from tests.support.memory import MemoryShop

TEMPLATE = "order-template"
MINUTES_PER_WATCH = 5


def with_template(shop: MemoryShop, **switches: Any) -> MemoryShop:
    """The shop with a template for notices, and WeChat behaving so."""
    shop.simulator.add_template(shop.account, TEMPLATE, "订单通知", {"thing1": "事项"})
    shop.simulator.set_switches(**switches)
    return shop


def an_intent(openid: str, **changes: Any) -> Intent:
    """A service notice by template, worth sending for three days."""
    given: dict[str, Any] = {
        "openid": openid,
        "kind": "order.shipped",
        "key": "A-1001",
        "channel": "template",
        "content_class": "service",
        "content": Content(template=TEMPLATE, data={"thing1": "您的订单已发货"}),
    }
    return Intent(**given | changes)


def ask(shop: MemoryShop, openids: Iterable[str], **changes: Any) -> tuple[Planned, ...]:
    """Another system wants each of these told."""
    r = shop.world.runtime
    wanted = [an_intent(openid, **changes) for openid in openids]
    credentials = r.accounts.find(shop.account)
    return intents.plan(wanted, credentials, table=r.table(Deadline(60)), queues=r.queues, now=r.now())


def pass_time(shop: MemoryShop, minutes: int) -> None:
    """Minute by minute, with what EventBridge does, and with what WeChat tells meanwhile."""
    world = shop.world
    for minute in range(1, minutes + 1):
        while world.pump():
            pass
        world.clock.advance(60)
        world.simulator.run_due()
        world.tick()
        if minute % MINUTES_PER_WATCH == 0:
            world.watch()


def pushes(shop: MemoryShop, kind: str = "order.shipped") -> list[dict[str, Any]]:
    """What the ledger says of each push of the kind."""
    items = (from_dynamo(item) for item in shop.world.items(f"P#{shop.account}#"))
    return [dict(item) for item in items if item["kind"] == kind]


def states(shop: MemoryShop, kind: str = "order.shipped") -> dict[str, int]:
    found = [str(push["state"]) for push in pushes(shop, kind)]
    return {state: found.count(state) for state in sorted(set(found))}


def cards(shop: MemoryShop, openids: Iterable[str]) -> int:
    """How many notices these followers see in their chats."""
    return sum(message["type"] == "template" for openid in openids for message in shop.simulator.inbox(openid))
