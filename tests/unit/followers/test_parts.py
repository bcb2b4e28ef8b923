"""Two workers at the same followers, and followers who never stand still."""

from collections.abc import Callable

import pytest

from chalicelib.decision import Done
from chalicelib.errors import Conflict
from chalicelib.followers import known_tags, parts
from chalicelib.followers.budget import BATCHGET
from chalicelib.followers.kit import Kit
from chalicelib.followers.listing import part_job
from chalicelib.store import keys, roster
from chalicelib.store import tags as stored_tags
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.roster import Part
from chalicelib.store.table import Table
from infra.local.memory.world import MemoryRuntime
from tests.support.meddling import MeddledTable
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.walks import a_crowd, members


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop(process=lambda world: MemoryRuntime(world, log_level="CRITICAL"))


def kit(shop: MemoryShop, table: Table | None = None) -> Kit:
    r, plain = shop.world.runtime, shop.world.table()
    return Kit(table or plain, r.wechat(shop.account, plain), r.accounts.find(shop.account), r.now, r.new_id)


def a_part(shop: MemoryShop, openids: list[str]) -> Part:
    """As WeChat has just listed it."""
    part = Part(shop.account, "import", "r-1", 0, tuple(openids), shop.world.clock.now())
    shop.world.table().write([part.put(), part_job(part, part.listed_at).put()])
    return part


def worked(shop: MemoryShop, part: Part, table: Table | None = None) -> Done:
    done = parts.ask(part_job(part, part.listed_at), kit(shop, table))(shop.world.table())
    if done.changes:
        shop.world.table().write(done.changes)
    return done


def as_it_is(shop: MemoryShop, part: Part) -> Part:
    found = roster.find_part(shop.world.table(), part.account, part.run_id, part.number)
    assert found is not None
    return found


QUOTA_WRITES = 2
"""What is written before the first commit: the day's limit, and one call of it."""


def after_quota(meddler: Callable[[], object]) -> list[Callable[[], object]]:
    return [*[lambda: None] * QUOTA_WRITES, meddler]


def test_who_was_overtaken_by_a_worker_who_finished_commits_nothing(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 150)
    part = a_part(shop, crowd)
    table = MeddledTable(shop.world.table(), *after_quota(lambda: worked(shop, part)))

    done = worked(shop, part, table)

    assert done == Done("followers.over")
    assert members(shop) == dict.fromkeys(crowd, 1)
    assert as_it_is(shop, part).counts == {"new": 150}


def test_who_was_overtaken_by_a_worker_who_died_goes_on_behind_the_other(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 150)
    part = a_part(shop, crowd)

    def other_dies_before_the_end() -> None:
        parts.ask(part_job(part, part.listed_at), kit(shop))

    done = worked(shop, part, MeddledTable(shop.world.table(), *after_quota(other_dies_before_the_end)))

    assert (done.outcome, done.details) == ("import.taken", {"new": 150})
    assert members(shop) == dict.fromkeys(crowd, 1)


def test_a_part_that_is_gone_meanwhile_is_nobodys_work(shop: MemoryShop) -> None:
    part = a_part(shop, a_crowd(shop, 10))

    def gone() -> None:
        shop.world.table().write([as_it_is(shop, part).delete()])

    assert worked(shop, part, MeddledTable(shop.world.table(), *after_quota(gone))) == Done("followers.over")
    assert members(shop) == {}


def test_followers_who_never_stand_still_are_left_for_later(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 2)
    part = a_part(shop, crowd)
    acts = [lambda: shop.say(crowd[0], "停车")] * parts.TRIES
    table = MeddledTable(shop.world.table(), *after_quota(acts[0]), *acts[1:])

    with pytest.raises(Conflict, match="kept moving"):
        worked(shop, part, table)

    assert as_it_is(shop, part).openids == part.openids


def test_the_one_whom_wechat_does_not_know_is_counted_as_untold(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 3)
    part = a_part(shop, [*crowd, "oSomeoneElses0000000000000000"])
    shop.simulator.add_fault("api_errcode", path=BATCHGET, times=1, errcode=40003)

    assert worked(shop, part).details == {"new": 3, "untold": 1}


def test_a_part_that_takes_longer_than_a_lambda_may_run_goes_on_in_another(shop: MemoryShop) -> None:
    crowd = a_crowd(shop, 400)
    part = a_part(shop, crowd)
    shop.simulator.set_switches(api_latency_seconds=4.0)

    done = worked(shop, part)

    following = [item for item in shop.world.items("J#") if "-r-1-0-1" in item["job_id"]["S"]]
    assert done.details == {"new": 98}
    assert len(as_it_is(shop, part).openids) == 302
    assert len(following) == 1


def test_two_who_ask_for_the_tags_at_once_both_know_them(shop: MemoryShop) -> None:
    shop.simulator.world.account(shop.account).tags[100] = "会员"
    table = MeddledTable(shop.world.table(), lambda: known_tags.known(kit(shop), {100}))

    assert known_tags.known(kit(shop, table), {100}).names[100] == "会员"
    (item,) = [from_dynamo(one) for one in shop.world.items("A#") if one["sk"]["S"] == keys.tags("shop").sk]
    assert stored_tags.Tags.from_item(item).version == 1
