"""Whether a message costs more where there are more members."""

import gc
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from random import Random

from chalicelib.clock import shanghai_day
from chalicelib.store.attributes import to_dynamo
from chalicelib.store.member import Member
from infra.local.memory.world import START
from tests.bench.extent import Extent
from tests.bench.report import Bar, Result
from tests.bench.shop import ACCOUNT, Shop, log_unread, openid_of, receive
from tests.bench.timing import Spread, cpu, micro

BATCH = 25
BLOCK = 100
DAYS = 90
"""Over which the members' last acts are spread."""
AT_MOST = 1.25
"""What the medians of the smallest and the largest table may differ by: caches of the processor, no more."""
SAYS = (
    "One message of a member chosen at random, in turns of {turn} messages per table. CPU time, the in-memory "
    "table's included; what was asked, read and written is counted."
)


def run(extent: Extent) -> tuple[Result, ...]:
    with log_unread():
        shops = {members: _shop_of(members) for members in extent.members}
        gc.collect()
        gc.freeze()  # a million items of the stand-in are nothing that Lambda's collector would walk through
        try:
            return (_measure(shops, extent.rounds),)
        finally:
            gc.unfreeze()


def _measure(shops: dict[int, Shop], rounds: int) -> Result:
    random = Random(5)
    seconds: dict[int, list[float]] = {members: [] for members in shops}
    for shop in shops.values():
        shop.world.dynamo.counts.clear()
    for _ in range(rounds):
        for members, shop in shops.items():
            seconds[members] += _block(shop, members, random)
    spreads = {members: Spread.of(found) for members, found in seconds.items()}
    each = rounds * (BLOCK + 1)
    asked = {members: _asked(shop, each) for members, shop in shops.items()}
    smallest = next(iter(spreads.values())).median
    rows = tuple(
        (f"{members:,}", micro(spread.median), micro(spread.p99), f"{spread.median / smallest:.2f}", *asked[members])
        for members, spread in spreads.items()
    )
    share = spreads[max(spreads)].median / smallest
    bars = (
        Bar(f"the median grows by at most {AT_MOST} × from the fewest to the most members", f"{share:.2f} ×",
            share <= AT_MOST),
        Bar("round trips and items are the same", " and ".join(sorted({", ".join(one) for one in asked.values()})),
            len(set(asked.values())) == 1),
    )  # fmt: skip
    head = ("members", "median", "p99", "median to the fewest's", "round trips", "items read", "items written")
    return Result(SAYS.format(turn=BLOCK), head, rows, bars)


def _block(shop: Shop, members: int, random: Random) -> list[float]:
    shop.world.enter()
    receive(shop.parcel("text", openid_of(0), content="新"))  # a new world reads the release once
    seconds = []
    for _ in range(BLOCK):
        parcel = shop.parcel("text", openid_of(random.randrange(members)), content="新")
        seconds.append(cpu(partial(receive, parcel)))
    return seconds


def _asked(shop: Shop, messages: int) -> tuple[str, ...]:
    """Per message, without the query that reads the release once a turn."""
    counts = shop.world.dynamo.counts
    queries = counts.calls["Query"]
    found = (counts.round_trips - queries, counts.items_read - queries, counts.items_written)
    return tuple(f"{number / messages:.2f}" for number in found)


def _shop_of(members: int) -> Shop:
    shop = Shop()
    puts = _puts(members)
    while batch := list(islice(puts, BATCH)):
        shop.world.dynamo.batch_write_item(RequestItems={shop.world.runtime.settings.table_name: batch})
    return shop


def _puts(members: int) -> Iterator[dict[str, object]]:
    random = Random(members)
    for number in range(members):
        put = member_of(ACCOUNT, openid_of(number), random).put()
        yield {"PutRequest": {"Item": to_dynamo({**put.item, "pk": put.key.pk, "sk": put.key.sk})}}


def member_of(account: str, openid: str, random: Random) -> Member:
    """Someone who follows, and wrote within the last three months."""
    last = START - timedelta(days=random.randrange(DAYS))
    return Member(
        account=account,
        openid=openid,
        member_no=f"{random.getrandbits(128):032x}",
        joined_at=START - timedelta(days=DAYS),
        followed_at=START - timedelta(days=DAYS),
        last_message_at=last,
        last_active_at=last,
        active_day=shanghai_day(last),
        hours_month=shanghai_day(last)[:7],
        unionid=f"u{openid[3:]}",
        version=1,
    )
