"""Followers who are put off by every message: what the shop's policies do to them, and how soon that ends."""

from datetime import timedelta

from chalicelib.store import switches
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.push import Push
from infra.local.year.outcome import Outcome
from infra.local.year.play import Year
from infra.local.year.shop import ACCOUNT, START, Shop, quiet
from tests.unit.year.eager import Eager
from tests.unit.year.people import a_person

PEOPLE, DAYS = 60, 5


def a_sour_week() -> tuple[Shop, Outcome]:
    """All of them come on the first day, buy something, fall silent, and bear nothing."""
    people = [
        a_person(
            number=number,
            joins_at=START + timedelta(hours=8, minutes=number),
            bears=-10,
            fades=1.0,
            buys=1.0,
            answers=0.0,
        )
        for number in range(PEOPLE)
    ]
    with quiet():
        shop = Shop(seed=4)
        return shop, Year(Eager(), shop, people, days=DAYS, seed=4).play()


def test_a_policy_that_drives_followers_away_is_paused_and_sends_nothing_more() -> None:
    shop, outcome = a_sour_week()

    thrown = switches.find(shop.world.table(), ACCOUNT)
    found = (Push.from_item(from_dynamo(item)) for item in shop.world.items("P#"))
    late = [
        push
        for push in found
        if push.sent_at and push.kind in thrown.kinds and push.sent_at > thrown.kinds[push.kind].since
    ]

    assert outcome.paused["reactivation.points"] == "unfollows"
    assert late == []
    assert outcome.watched > 0
    assert min(outcome.put_off, outcome.muted, outcome.refused) > 0
    assert outcome.left == outcome.put_off
