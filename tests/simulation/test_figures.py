"""Figures after thousands of callbacks are what a count from scratch gives."""

from random import Random

from chalicelib.clock import shanghai_day
from chalicelib.journal.recount import recount
from chalicelib.store import figures as stored
from tests.support.memory import a_memory_shop
from tests.unit.journal.ledger import counted

WORDS = ("停车", "几点开门", "新", "你们收旧家电吗", "人工", "TD", "订阅", "1", "我的数据", "停车场")
CHANNELS = ("", "store-01", "flyer")


def test_after_ten_thousand_callbacks_the_figures_are_what_a_recount_gives() -> None:
    """Over four days, rolled every now and then, members coming and going."""
    shop, random = a_memory_shop(seed=4), Random(4)
    openids = [shop.follower(scene=random.choice(CHANNELS)) for _ in range(100)]

    for number in range(9_900):
        openid = random.choice(openids)
        if number % 100 == 0:
            shop.world.simulator.unfollow(openid)
            shop.world.clock.advance(5)
            shop.world.simulator.follow(openid, random.choice(CHANNELS))
        shop.say(openid, random.choice(WORDS))
        shop.world.clock.advance(30)
        if number % 300 == 0:
            shop.world.rest()
            shop.world.roll()
    shop.world.rest()
    shop.world.roll()

    table, now = shop.world.table(), shop.world.clock.now()
    figures = [
        one for one in stored.list_days(table, shop.account, first="2026-03-04", last=shanghai_day(now)) if one.entries
    ]
    assert len(figures) == 4
    assert [one.final for one in figures] == [True, True, True, False]
    assert all(counted(one) == counted(recount(table, shop.account, one.day, now=now)) for one in figures)
    assert sum(one.entries for one in figures) == len(shop.journal())
    assert sum(one.entries for one in figures) > 10_000
