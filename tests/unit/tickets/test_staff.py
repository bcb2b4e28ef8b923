"""Who is told that a ticket waits, how, and how often."""

from datetime import timedelta

import pytest

from chalicelib.store.staff import Staff
from chalicelib.tickets import texts
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.tickets import inbox, pass_by, run, texts_for

AFTER_HOURS = timedelta(hours=11, minutes=10)
"""Ten past nine in the evening: nobody is there, and nobody sleeps yet."""
CARD = ("--template", "ticket-waits", "--data", "thing1=有新的工单")


@pytest.fixture
def shop() -> MemoryShop:
    shop = a_memory_shop()
    shop.simulator.add_template(shop.account, "ticket-waits", "工单提醒", {"thing1": "事项"})
    pass_by(shop, AFTER_HOURS)
    return shop


def a_worker(shop: MemoryShop, *more: str) -> str:
    """Someone of the staff who has just said something to the account."""
    openid = shop.follower()
    shop.say(openid, "停车")
    assert run(shop, "staff", "--add", openid, *more) == 0
    return openid


def a_ticket(shop: MemoryShop, *, minutes: int = 2) -> None:
    shop.say(shop.follower(), "人工")
    shop.world.rest(minutes=minutes)


def told(shop: MemoryShop, openid: str) -> int:
    return texts_for(shop, openid).count(texts.STAFF)


def test_the_staff_are_told_at_once(shop: MemoryShop) -> None:
    anna, bert = a_worker(shop), a_worker(shop)

    a_ticket(shop)

    assert (told(shop, anna), told(shop, bert)) == (1, 1)


def test_three_tickets_in_a_row_are_two_notices_ten_minutes_apart(shop: MemoryShop) -> None:
    anna = a_worker(shop)

    for _ in range(3):
        a_ticket(shop)
    at_first = told(shop, anna)
    shop.world.rest(minutes=20)

    assert (at_first, told(shop, anna)) == (1, 2)


def test_a_night_full_of_tickets_is_one_notice_in_the_morning(shop: MemoryShop) -> None:
    anna = a_worker(shop)
    pass_by(shop, timedelta(hours=2))

    for _ in range(3):
        a_ticket(shop, minutes=1)
        pass_by(shop, timedelta(minutes=40))
    by_night = told(shop, anna)
    shop.world.rest(minutes=60 * 10)

    assert (by_night, told(shop, anna)) == (0, 1)


def test_who_has_been_silent_for_two_days_gets_the_template(shop: MemoryShop) -> None:
    anna = a_worker(shop, *CARD)
    pass_by(shop, timedelta(days=3))

    a_ticket(shop)

    (card,) = [message for message in inbox(shop, anna) if message["type"] == "template"]
    assert "有新的工单" in repr(card["data"])


def test_who_cannot_be_reached_is_counted(shop: MemoryShop) -> None:
    a_worker(shop)
    pass_by(shop, timedelta(days=3))

    a_ticket(shop)

    (entry,) = shop.journal("notified")
    assert entry["details"]["M"] == {"told": {"N": "0"}, "unreached": {"N": "1"}}


def test_a_ticket_in_a_shop_without_staff_is_kept_all_the_same(
    shop: MemoryShop, capsys: pytest.CaptureFixture[str]
) -> None:
    a_ticket(shop)

    run(shop, "list")

    assert "待处理" in capsys.readouterr().out


def test_who_no_longer_works_here_is_told_nothing_more(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    anna = a_worker(shop)
    assert run(shop, "staff", "--remove", anna) == 0

    a_ticket(shop)

    assert "通知 0 位" in capsys.readouterr().out
    assert told(shop, anna) == 0


def test_only_members_can_be_staff(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shop, "staff", "--add", "oNobody0000000000000000000000") == 1
    assert "请先关注" in capsys.readouterr().err


def test_there_is_room_for_twenty(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    openids = [shop.follower() for _ in range(21)]

    assert run(shop, "staff", *(option for openid in openids for option in ("--add", openid))) == 1
    assert "最多通知 20 位" in capsys.readouterr().err


def test_a_template_can_be_taken_away_again(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    a_worker(shop, *CARD)
    assert "模板：ticket-waits" in capsys.readouterr().out

    run(shop, "staff", "--template", "")

    assert "模板：没有" in capsys.readouterr().out


def test_nobody_of_the_staff_is_named_in_a_log() -> None:
    assert repr(Staff("shop", ("oAnna",))) == "Staff(1, version=0)"
