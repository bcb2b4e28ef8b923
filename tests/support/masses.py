"""Mass messages in a shop of the in-memory world."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.clock import SHANGHAI
from chalicelib.errors import AppError
from chalicelib.sending import batches
from chalicelib.sending.batches import Mass, PlannedBatch
from chalicelib.store import batch as stored
from chalicelib.store import keys
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.batch import Batch
from chalicelib.store.sends import Sends
from infra.local.memory.faults import Crashed
from tests.support.memory import MemoryShop, a_memory_shop

KIND = "spring.sale"
SEND = "/cgi-bin/message/mass/send"
SEND_TO_TAG = "/cgi-bin/message/mass/sendall"
WORDS = "春季上新，全场九折"


def a_mass(**changes: Any) -> Mass:
    """A text about products."""
    body = {"msgtype": "text", "text": {"content": WORDS}}
    return Mass(**{"kind": KIND, "key": "2026", "content_class": "product", "body": body, **changes})


def a_shop_with(followers: int, *, hour: int = 10, **settings: Any) -> tuple[MemoryShop, list[str]]:
    """It is that hour in Shanghai on a Wednesday, and so many follow."""
    shop = a_memory_shop(start=datetime(2026, 3, 4, hour, 0, tzinfo=SHANGHAI).astimezone(UTC), **settings)
    openids = [shop.follower() for _ in range(followers)]
    shop.world.rest()
    return shop, openids


def plan(shop: MemoryShop, openids: Sequence[str], **changes: Any) -> tuple[PlannedBatch, ...]:
    r = shop.world.runtime
    mass = a_mass(**changes)
    return batches.plan_mass(mass, openids, shop.account, table=shop.world.table(), queues=r.queues, now=r.now())


def the_batch(shop: MemoryShop, planned: PlannedBatch) -> Batch:
    batch = stored.find(shop.world.table(), shop.account, planned.batch_id)
    assert batch is not None
    return batch


def read_by(shop: MemoryShop, openid: str) -> int:
    """How often the follower reads the mass in the chat."""
    return sum(message.get("text") == WORDS for message in shop.simulator.inbox(openid))


def ledger_of(shop: MemoryShop, openid: str) -> Sends | None:
    item = shop.world.table().get(keys.sends(shop.account, openid))
    return Sends.from_item(item) if item else None


def calls(shop: MemoryShop, path: str = SEND) -> int:
    """How often WeChat was called to send a mass."""
    return sum(entry["path"] == path for entry in shop.simulator.log.entries() if entry["kind"] == "api")


def plan_in_parts(shop: MemoryShop, *parts: Sequence[str], **changes: Any) -> PlannedBatch:
    """One batch, whose recipients stand in these parts."""
    r, table = shop.world.runtime, shop.world.table()
    openids = tuple(openid for part in parts for openid in part)
    batch, (whole,) = batches.as_batch(a_mass(**changes), shop.account, openids, now=r.now())
    batch = replace(batch, parts=len(parts))
    for number, part in enumerate(parts):
        table.write([replace(whole, number=number, openids=tuple(part)).put()])
    table.write([batch.put(), batches.next_job(batch, batch.not_before).put()])
    return PlannedBatch(batch.batch_id, len(openids), "planned")


def carry(shop: MemoryShop, *, minutes: int = 26 * 60) -> None:
    """Minute by minute, whatever dies on the way, until nothing is left to be done."""
    world = shop.world
    for _ in range(minutes):
        for act in (world.pump, world.pump, world.pump, world.simulator.run_due, world.tick):
            try:
                act()
            except (Crashed, AppError, BotoCoreError, ClientError):
                world.restart()
        if world.is_idle():
            return
        world.clock.advance(60)


def step(shop: MemoryShop) -> str:
    """One step of the batch that is due; what the journal says of it."""
    seen = {entry["entry_id"]["S"] for entry in shop.journal()}
    shop.world.tick()
    while not (new := [one for one in shop.journal() if one["entry_id"]["S"] not in seen and of_batch(one)]):
        assert shop.world.pump(), "nothing is due"
    return str(new[0]["outcome"]["S"])


def of_batch(entry: Mapping[str, Any]) -> bool:
    return bool(entry["what"]["S"] == "push.mass")


def holds_openids(shop: MemoryShop) -> bool:
    """Whether pushes or batches name a follower."""
    said = str(shop.world.items("P#") + shop.world.items("B#"))
    return any(str(person["openid"]) in said for person in shop.simulator.followers(shop.account))


def pass_time(shop: MemoryShop, minutes: int) -> None:
    """Minute by minute, with what EventBridge does and what WeChat tells meanwhile."""
    for _ in range(minutes):
        while shop.world.pump():
            pass
        shop.world.clock.advance(60)
        shop.world.simulator.run_due()
        shop.world.tick()


def pushes(shop: MemoryShop) -> list[dict[str, Any]]:
    """What the ledger says of each push of a mass."""
    items = (from_dynamo(item) for item in shop.world.items(f"P#{shop.account}#"))
    return [dict(item) for item in items if item["channel"] == "mass"]


def states(shop: MemoryShop) -> dict[str, int]:
    return dict(Counter(str(push["state"]) for push in pushes(shop)))
