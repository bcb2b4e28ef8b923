"""A year that leaps from event to event is the year in which the clock wakes everything each minute."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from chalicelib.sending.traits import TRAITS
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.push import Push
from infra.local.year.people import crowd
from infra.local.year.play import Year
from infra.local.year.shop import START, Shop, quiet
from tests.unit.year.eager import Eager

PEOPLE, DAYS, SEED = 30, 3, 2
SENDS = [one.api for one in TRAITS.values()]
LEFT_OUT = frozenset({"seconds", "calls", "busiest", "watched"})
"""The watch asks for quotas, and the clock for nothing at all."""


class EachMinute(Shop):
    """Its clock wakes whatever EventBridge does, whether there is anything to do or not."""

    def next_moment(self) -> datetime | None:
        return self.now.replace(second=0, microsecond=0) + timedelta(minutes=1)

    def run(self) -> None:
        self.simulator.run_due()
        self.world.tick()
        if self.now.minute % 5 == 1:
            self.plan()
            self.world.watch()
        if self.now.minute == 15:
            self.world.roll()
        self.work()


def pushes(shop: Shop) -> Counter[tuple[str, str, str, str]]:
    """What became of them, and at which minute they were sent."""
    found = (Push.from_item(from_dynamo(item)) for item in shop.world.items("P#"))
    return Counter((one.kind, one.state, one.reason, f"{one.sent_at:%d %H:%M}" if one.sent_at else "") for one in found)


def played(shop: Shop) -> dict[str, Any]:
    """All that is kept of the year but how it was reckoned."""
    shop.world.enter()
    people = crowd(PEOPLE, start=START, days=DAYS, seed=SEED)
    outcome = asdict(Year(Eager(), shop, people, days=DAYS, seed=SEED).play())
    sends = {path: outcome["calls"].get(path, 0) for path in SENDS}
    return {name: kept for name, kept in outcome.items() if name not in LEFT_OUT} | sends


def test_what_is_left_out_changes_nothing() -> None:
    with quiet():
        leaping, each = Shop(seed=SEED), EachMinute(seed=SEED)
        long, short = played(each), played(leaping)

    assert short == long
    assert pushes(leaping) == pushes(each)
    states = {(kind, state) for kind, state, _, _ in pushes(leaping)}
    assert states >= {
        ("reactivation.points", "delivered"),
        ("reactivation.answer", "sent"),
        ("reactivation.mass", "sent"),
    }
    assert states >= {("reactivation.points", "held")}
