"""Walks over a shop's followers, as an operator begins them and as they go on whatever happens."""

import io
from collections import Counter
from collections.abc import Mapping
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any

from chalicelib.clock import parse_iso
from chalicelib.followers import starting
from chalicelib.followers.starting import Begun
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.roster import Kind, Run
from infra.local.memory.world import START
from tests.simulation.invocations import WENT_WRONG
from tests.support.memory import MemoryShop

YEARS_AGO = START - timedelta(days=700)
TURNS = 200


def a_crowd(shop: MemoryShop, followers: int) -> list[str]:
    """People who followed for long before this system was there."""
    return shop.simulator.add_crowd(shop.account, followers, since=YEARS_AGO, days=500)


def begin(shop: MemoryShop, kind: Kind = "import", *, pace: int = 2, daily: bool = False) -> Begun:
    r = shop.world.runtime
    return starting.begin(
        shop.account,
        kind,
        table=shop.world.table(),
        queues=r.queues,
        now=r.now(),
        new_id=r.new_id,
        pace=pace,
        daily=daily,
    )


def run_of(shop: MemoryShop, kind: Kind = "import") -> Run:
    """Looked at from outside of the world, where nothing goes wrong."""
    runs = map(Run.from_item, map(from_dynamo, _items(shop, f"I#{shop.account}", f"RUN#{kind}")))
    return next(runs)


def minute(shop: MemoryShop, *, seconds: float = 60) -> None:
    """All that is woken is done, and the clock moves on; a process that dies is another one's beginning."""
    with redirect_stdout(io.StringIO()):
        try:
            while shop.world.pump():
                pass
            shop.simulator.run_due()
        except WENT_WRONG:
            shop.world.restart()
        shop.world.clock.advance(seconds)
        try:
            shop.world.tick()
        except WENT_WRONG:
            shop.world.restart()


def to_the_end(shop: MemoryShop, kind: Kind = "import") -> Run:
    """From one thing that is due to the next, until it is over and nothing else is left to do."""
    for _ in range(TURNS):
        jobs = shop.world.jobs(dead=False)
        if run_of(shop, kind).is_over and not jobs:
            break
        due = min((parse_iso(job["due_at"]["S"]) for job in jobs), default=shop.world.clock.now())
        minute(shop, seconds=max(60.0, (due - shop.world.clock.now()).total_seconds()))
    run = run_of(shop, kind)
    assert run.is_over
    return run


def members(shop: MemoryShop) -> Counter[str]:
    """How often each openid is a member's."""
    return Counter(item["openid"]["S"] for item in _items(shop, f"M#{shop.account}#", "PROFILE"))


def _items(shop: MemoryShop, prefix: str, sk: str) -> list[Mapping[str, Any]]:
    return [item for item in shop.world.items(prefix) if item["sk"]["S"] == sk]
