"""An operator has everything of one person erased."""

from collections.abc import Callable

import pytest

from chalicelib.errors import Conflict
from chalicelib.followers.erasing import TRIES, erase
from chalicelib.store.table import Table
from infra.local.memory.world import MemoryRuntime
from tests.support.meddling import MeddledTable
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.walks import begin, to_the_end


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop(process=lambda world: MemoryRuntime(world, log_level="CRITICAL"))


def erased(shop: MemoryShop, openid: str, table: Table | None = None) -> bool:
    r = shop.world.runtime
    return erase(
        openid,
        "request",
        credentials=r.accounts.find(shop.account),
        table=table or shop.world.table(),
        queues=r.queues,
        now=r.now(),
        new_id=r.new_id,
    )


def test_everything_goes_and_the_audit_names_a_number_only(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.say(openid, "退订")
    shop.world.rest()

    assert erased(shop, openid)
    shop.world.rest()

    (entry,) = shop.journal("erased.operator")
    (tombstone,) = shop.world.items("T#")
    assert shop.world.items("M#") == []
    assert (tombstone["opted_out"]["BOOL"], tombstone["follows"]["BOOL"]) == (True, True)
    assert entry["details"]["M"] == {"reason": {"S": "request"}}
    assert openid not in repr(entry)
    assert len(shop.journal("erased")) == 1


def test_no_import_brings_them_back_and_an_act_of_theirs_does(shop: MemoryShop) -> None:
    openid = shop.follower()
    erased(shop, openid)
    shop.world.rest()

    begin(shop)
    after_import = (to_the_end(shop).counts, shop.member(openid))
    shop.world.clock.advance(60)
    shop.say(openid, "停车")

    assert after_import == ({"erased": 1}, None)
    assert shop.member(openid) is not None


def test_who_is_not_known_is_noted_so_that_no_import_makes_them_known(shop: MemoryShop) -> None:
    (openid,) = shop.simulator.add_crowd(shop.account, 1, since=shop.world.clock.now())
    shop.world.clock.advance(60)

    assert not erased(shop, openid)
    assert not erased(shop, openid)

    begin(shop)
    assert to_the_end(shop).counts == {"erased": 1}


def test_who_left_stays_someone_who_left(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.world.clock.advance(5)
    shop.simulator.unfollow(openid)
    shop.world.rest()

    assert not erased(shop, openid)

    (tombstone,) = shop.world.items("T#")
    assert tombstone["follows"]["BOOL"] is False


def saying(shop: MemoryShop, openid: str) -> Callable[[], object]:
    return lambda: shop.say(openid, "停车")


def test_who_writes_at_that_moment_is_erased_all_the_same(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.world.rest()

    assert erased(shop, openid, MeddledTable(shop.world.table(), saying(shop, openid)))

    assert shop.member(openid) is None


def test_who_never_stops_writing_is_erased_another_time(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.world.rest()

    with pytest.raises(Conflict):
        erased(shop, openid, MeddledTable(shop.world.table(), *[saying(shop, openid)] * TRIES))

    assert shop.member(openid) is not None
