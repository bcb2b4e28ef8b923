"""Twenty thousand followers are taken over through WeChat's API as it is spoken on the wire."""

from contextlib import closing
from functools import cached_property

import pytest

from chalicelib.wechat.connection import Connection
from infra.local.memory.world import MemoryRuntime, MemoryWorld
from infra.local.wechat_simulator import serve
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.walks import a_crowd, begin, members, to_the_end

FOLLOWERS = 20_000


class OverHttp(MemoryRuntime):
    """A process whose WeChat is behind a socket."""

    url = ""

    def __init__(self, world: MemoryWorld) -> None:
        super().__init__(world, log_level="CRITICAL")

    @cached_property
    def wechat_connection(self) -> Connection:  # type: ignore[override]  # it counts no calls
        return Connection(self.url, read_seconds=20)


@pytest.mark.timeout(600)
def test_twenty_thousand_followers_are_taken_over_through_the_wire() -> None:
    shop: MemoryShop = a_memory_shop(process=OverHttp)
    crowd = a_crowd(shop, FOLLOWERS)
    with closing(serve(shop.simulator, port=0)) as server:
        OverHttp.url = server.url

        begin(shop, pace=4)
        run = to_the_end(shop)

    assert members(shop) == dict.fromkeys(crowd, 1)
    assert (run.counts, run.pages) == ({"new": FOLLOWERS}, 3)
