"""A shop in the in-memory world."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.faq import publishing
from infra.local.memory.world import MemoryWorld
from infra.local.wechat_simulator import Simulator
from tests.support.followers import Followers
from tests.support.shop import DATA_KEY, RELEASE, an_account


@dataclass(frozen=True)
class MemoryShop(Followers):
    """The world, and one account in it."""

    world: MemoryWorld
    account: str = "shop"

    @property
    def simulator(self) -> Simulator:
        return self.world.simulator

    def member(self, openid: str) -> Mapping[str, Any] | None:
        items = self.world.items(f"M#{self.account}#{openid}")
        return next((item for item in items if item["sk"]["S"] == "PROFILE"), None)

    def journal(self, outcome: str = "") -> list[Mapping[str, Any]]:
        entries = self.world.items(f"L#{self.account}#")
        return [entry for entry in entries if outcome in ("", entry["outcome"]["S"])]


def a_memory_shop(**settings: Any) -> MemoryShop:
    """A world with one account and a published FAQ. It is morning in the shop, and WeChat tries three times."""
    world = MemoryWorld(**settings)
    world.simulator.set_switches(breaker_failures=0)
    world.add_account(an_account(callback_url="http://memory.invalid/wechat/shop"), data_key=DATA_KEY)
    publishing.publish(world.table(), "shop", RELEASE)
    return MemoryShop(world)
