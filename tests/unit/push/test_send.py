"""What a worker makes of a push when others are faster, time runs out, or the day's quota does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.clock import SHANGHAI
from chalicelib.errors import Conflict
from chalicelib.push import send as sending
from chalicelib.push.kit import kit
from chalicelib.sending.allowance import Allowance
from chalicelib.sending.traits import TRAITS
from chalicelib.store import quota
from chalicelib.store.push import Push
from tests.support.meddling import MeddledTable
from tests.unit.push.postroom import PATHS, Postroom

DAILY = TRAITS["template"].daily


def nothing() -> None:
    """Nobody is faster at this write."""


def moves(room: Postroom, push: Push) -> Callable[[], None]:
    """Someone else moves the push."""
    return lambda: room.world.table().write([room.push(push).put()])


def touches_ledger(room: Postroom) -> Callable[[], None]:
    return lambda: room.world.table().write([room.ledger().put()])


def test_whoever_is_always_too_late_leaves_the_push_to_the_queue() -> None:
    room = Postroom()
    push = room.plan("A-1")

    with pytest.raises(Conflict):
        room.work(push, *[moves(room, push)] * sending.TRIES)

    assert room.messages() == 0
    room.work(push)
    assert room.push(push).state == "sent"


def test_an_outcome_that_cannot_be_recorded_is_left_unknown_or_told_by_wechat() -> None:
    room = Postroom()
    push = room.plan("A-1")

    with pytest.raises(Conflict):
        room.work(push, nothing, *[touches_ledger(room)] * sending.TRIES)

    assert room.messages() == 1
    assert room.push(push).state == "claimed"
    room.later(timedelta(minutes=11).total_seconds())
    room.work(push)
    assert (room.push(push).state, room.push(push).reason) == ("unknown", "crashed")
    room.tell("success")
    assert room.push(push).state == "delivered"
    assert room.messages() == 1


def test_a_quota_that_others_use_up_after_the_look_puts_it_off_until_the_next_day() -> None:
    room = Postroom()
    push = room.plan("A-1")
    today = room.world.clock.now()
    used = quota.find(room.world.table(), "shop", TRAITS["template"].api, now=today)

    tools = kit(lot=1)
    others = MeddledTable(tools.table, lambda: tools.table.write([used.take(DAILY, most=DAILY)]))

    sending.send(push.name, replace(tools, allowance=Allowance(others, 1)))

    put_off = room.push(push)
    assert (put_off.state, put_off.reason) == ("deferred", "quota")
    assert room.messages() == 0
    room.later(timedelta(hours=25).total_seconds())
    room.work(push)
    assert room.push(push).state == "sent"
    assert room.push(push).sent_at.astimezone(SHANGHAI).date() > today.astimezone(SHANGHAI).date()  # type: ignore[union-attr]


def test_what_cannot_be_sent_before_it_expires_expires_now() -> None:
    room = Postroom()
    room.later(timedelta(hours=12, minutes=30).total_seconds())  # half past ten in the evening
    push = room.plan("A-1", expires_in=timedelta(hours=1))

    room.work(push)

    assert (room.push(push).state, room.push(push).reason) == ("expired", "quiet_hours")
    assert room.messages() == 0


def test_what_may_have_arrived_is_unknown_even_if_it_would_be_held_now() -> None:
    room = Postroom()
    room.simulator.add_fault("api_timeout_after", path=PATHS["template"], times=1)
    push = room.plan("A-1")
    room.work(push)

    room.simulator.unfollow(room.openid)
    room.later(60)
    room.work(push)

    assert (room.push(push).state, room.push(push).reason) == ("unknown", "left")
    assert room.messages() == 1
