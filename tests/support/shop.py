"""A shop in the local world: what the main path's tests are told on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

from chalicelib.clock import iso
from chalicelib.door import Deadline
from chalicelib.faq import publishing
from chalicelib.store.release import Channel, FaqEntry, Keyword, Release
from infra.local.wechat_simulator import Account, Clock, Simulator
from infra.local.world import STAGE, LocalWorld
from tests.support.followers import Followers

MORNING = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""A Wednesday, ten o'clock in Shanghai."""
DATA_KEY = "5a" * 32
RELEASE = Release(
    version=0,
    welcome="欢迎光临青禾生鲜",
    channels=(Channel("store-01", "门店海报", "谢谢您来店里"),),
    entries=(
        FaqEntry(
            "hours", "几点开门", "每天 7:00 到 22:00", ("营业时间是几点",), (Keyword("contains", "开门"),)
        ),
        FaqEntry("parking", "能停车吗", "店后有停车位", ("附近有停车场吗",), (Keyword("exact", "停车"),)),
        FaqEntry("new", "新客有什么优惠", "新客满 39 减 12", keywords=(Keyword("exact", "新"),), add_tags=("新客",)),
    ),
)  # fmt: skip


def an_account(account: str = "shop", **changes: Any) -> Account:
    settings = {
        "account": account,
        "name": "青禾生鲜",
        "appid": "wx00112233445566" + f"{sum(map(ord, account)) % 100:02d}",
        "secret": "s3cr3t" + "0" * 26,
        "token": "Token0Of0The0Shop",
        "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "gh_id": "gh_001122334455",
        "callback_url": "http://127.0.0.1:9/",
    }
    return Account(**{**settings, **changes})


@dataclass(frozen=True)
class Shop(Followers):
    """The world, and one account in it."""

    world: LocalWorld
    account: str

    @property
    def simulator(self) -> Simulator:
        return self.world.simulator

    def items(self, prefix: str = "") -> list[Mapping[str, Any]]:
        """All items whose partition starts so."""
        found = self.world.aws.client("dynamodb").scan(TableName=f"huiyuan-{STAGE}", ConsistentRead=True)["Items"]
        return [item for item in found if item["pk"]["S"].startswith(prefix)]

    def member(self, openid: str) -> Mapping[str, Any] | None:
        profiles = [item for item in self.items(f"M#{self.account}#{openid}") if item["sk"]["S"] == "PROFILE"]
        return profiles[0] if profiles else None

    def journal(self, outcome: str) -> list[Mapping[str, Any]]:
        return [item for item in self.items(f"L#{self.account}#") if item["outcome"]["S"] == outcome]

    def quiet(self, *, seconds: float = 60) -> None:
        """Wait until no job is left. The clock moves on to those that wait for a later minute."""
        until = monotonic() + seconds
        while left := self.items(f"J#{self.account}#"):
            now = iso(self.world.clock.now())
            if all(job["due_at"]["S"] > now and not job["claim"]["S"] for job in left):
                self.world.clock.advance(60)
            assert monotonic() < until, f"jobs are left over: {sorted(job['kind']['S'] for job in left)}"
            sleep(0.05)


@contextmanager
def a_shop(account: Account | None = None) -> Iterator[Shop]:
    """A running world with one account and a published FAQ. It is morning in the shop."""
    world = LocalWorld(clock=Clock(start=MORNING), seed=11)
    world.start()
    try:
        world.simulator.set_switches(retry_spacing_seconds=0.2, breaker_failures=0)
        yield add_shop(world, account or an_account())
    finally:
        world.stop()


def add_shop(world: LocalWorld, account: Account) -> Shop:
    """One more account in the world, with the FAQ published."""
    world.add_account(replace(account, callback_url=world.callback_url(account.account)), data_key=DATA_KEY)
    publishing.publish(world.runtime.table(Deadline(20)), account.account, RELEASE)
    return Shop(world, account.account)
