"""Our own followers, walked through by the day on which they were last active: no scan, and a place to go on from."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from chalicelib.clock import shanghai_day
from chalicelib.followers.rules import SPREAD_DAYS
from chalicelib.store import figures, keys
from chalicelib.store.roster import Place
from chalicelib.store.table import Table

BEFORE = timedelta(days=SPREAD_DAYS + 30)
"""Nobody's last act lies further back from the first day that was counted."""
UNCOUNTED = timedelta(days=400)
"""Where nothing was counted yet."""
PAGE = 1_000
BEHIND = " "
"""Sorts before every character of an openid: behind one openid, and before the next."""


def first_place(table: Table, account: str, *, now: datetime) -> Place:
    """Where a walk begins that shall meet every follower we know."""
    counted = figures.first_day(table, account)
    today = date.fromisoformat(shanghai_day(now))
    first = date.fromisoformat(counted) - BEFORE if counted else today - UNCOUNTED
    return Place(first.isoformat())


def walk(table: Table, account: str, place: Place, *, last: str) -> Iterator[Place]:
    """Every follower behind a place, oldest days first, and a place without openid where a day ends.

    Who acts meanwhile moves to a later day, and may be met twice; nobody is missed.
    """
    day = date.fromisoformat(place.day)
    while day.isoformat() <= last:
        name = day.isoformat()
        for shard in range(place.shard if name == place.day else 0, keys.ACTIVITY_SHARDS):
            behind = place.openid if (name, shard) == (place.day, place.shard) else ""
            yield from _shard(table, account, Place(name, shard, behind))
        day += timedelta(days=1)
        yield Place(day.isoformat())


def _shard(table: Table, account: str, place: Place) -> Iterator[Place]:
    pk = keys.activity_partition(account, place.day, place.shard)
    since, after = place.openid + BEHIND if place.openid else "", None
    while True:
        page = table.list_index(keys.BY_ACTIVITY, pk, since=since, limit=PAGE, after=after)
        for item in page.items:
            yield Place(place.day, place.shard, item["activity_sk"])
        after = page.after
        if after is None:
            return
