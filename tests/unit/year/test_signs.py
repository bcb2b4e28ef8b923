"""When the watch could find anything."""

from datetime import timedelta

from infra.local.year.shop import START
from infra.local.year.signs import Signs


def test_a_few_who_leave_are_no_sign_and_five_within_a_day_are() -> None:
    signs = Signs()

    for hour in range(4):
        signs.left(START + timedelta(hours=hour))
    assert not signs.is_due(START + timedelta(hours=4), sent=10)

    signs.left(START + timedelta(hours=5))
    assert signs.is_due(START + timedelta(hours=6), sent=10)


def test_what_is_older_than_a_day_is_no_sign_any_more() -> None:
    signs = Signs()
    for hour in range(5):
        signs.left(START + timedelta(hours=hour))

    assert not signs.is_due(START + timedelta(hours=26), sent=10)


def test_messages_that_do_not_arrive_are_signs_once_each() -> None:
    signs = Signs()

    signs.count(START, sent=20, arrived=16)
    signs.count(START, sent=21, arrived=17)
    assert not signs.is_due(START, sent=21)

    signs.count(START, sent=22, arrived=17)
    assert signs.is_due(START, sent=22)


def test_what_the_watch_has_seen_is_no_news() -> None:
    signs = Signs()
    signs.count(START, sent=5, arrived=0)

    signs.is_fresh = False

    assert not signs.is_due(START, sent=5)


def test_a_canary_batch_of_the_day_is_always_looked_at() -> None:
    signs = Signs(sent_before=1_000)

    assert not signs.is_due(START, sent=1_099)
    assert signs.is_due(START, sent=1_100)
