"""Sixty days of the shop, in three ways: what holds whatever its followers do."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import NamedTuple

from chalicelib.clock import parse_iso, shanghai_day
from chalicelib.sending.hours import is_quiet
from chalicelib.sending.rules import MOST_A_DAY, MOST_A_MONTH
from chalicelib.store import figures
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.journal import Entry
from chalicelib.store.push import Push
from infra.figures.period import Period, came, left, total
from infra.local.year.behaviour import kind_of
from infra.local.year.outcome import Outcome
from infra.local.year.people import crowd
from infra.local.year.play import Year
from infra.local.year.shop import ACCOUNT, START, Shop, quiet
from infra.local.year.ways import SEND, way_of

SEED = 5
EXTENTS = {"policies": (150, 60), "weekly": (80, 40), "off": (80, 40)}
"""How many people, and how many days."""
KINDS = {"points": "points", "season": "season", "answer": "answer", "mass": "monthly"}
"""What people call a message, and the policy that it comes from."""
CAPPED = frozenset({"season", "mass"})
"""The others are notices of the service."""


class Nudge(NamedTuple):
    """What a policy has sent somebody, as it stands in their chat."""

    openid: str
    kind: str
    at: datetime


@cache
def played(way: str) -> tuple[Shop, Outcome]:
    people, days = EXTENTS[way]
    with quiet():
        shop = Shop(seed=SEED)
        shop.simulator.set_switches(chat_kept=0)
        outcome = Year(way_of(way), shop, crowd(people, start=START, days=days, seed=SEED), days=days, seed=SEED).play()
        shop.world.roll()
        return shop, outcome


def pushes(shop: Shop) -> list[Push]:
    found = (Push.from_item(from_dynamo(item)) for item in shop.world.items("P#"))
    return [push for push in found if push.kind.startswith("reactivation.")]


def entries(shop: Shop) -> list[Entry]:
    return [Entry.from_item(from_dynamo(item)) for item in shop.world.items("L#")]


def nudges(shop: Shop) -> Iterator[Nudge]:
    for person in shop.simulator.followers(ACCOUNT):
        for message in shop.simulator.inbox(person["openid"]):
            words = str(message.get("text", ""))
            if "template_id" in message or words.startswith(("好久不见", "您好，前天")):
                yield Nudge(person["openid"], kind_of(message), parse_iso(message["at"]))


def test_nobody_is_written_to_at_night() -> None:
    shop, _ = played("policies")

    sent = list(nudges(shop))

    assert {nudge.kind for nudge in sent} == set(KINDS)
    assert [nudge for nudge in sent if is_quiet(nudge.at)] == []


def test_nobody_gets_more_than_one_nudge_a_day_and_four_a_month() -> None:
    shop, _ = played("policies")

    capped = [nudge for nudge in nudges(shop) if nudge.kind in CAPPED]

    assert max(Counter((one.openid, shanghai_day(one.at)) for one in capped).values()) <= MOST_A_DAY
    assert max(Counter((one.openid, shanghai_day(one.at)[:7]) for one in capped).values()) <= MOST_A_MONTH


def test_who_is_in_the_control_group_of_a_policy_never_hears_of_it() -> None:
    shop, _ = played("policies")

    journal = entries(shop)
    control = {
        (f"reactivation.{entry.details['policy']}", entry.member_no)
        for entry in journal
        if entry.what == "trial" and entry.details["arm"] == "control"
    }
    reached = {
        (entry.details["kind"], entry.member_no)
        for entry in journal
        if (entry.what, entry.outcome) in (("push", "sent"), ("event.templatesendjobfinish", "push.delivered"))
    }
    assert len(control) > 10
    assert len(reached) > 50
    assert control & reached == set()


def test_every_push_has_come_to_an_end_or_waits_for_its_time() -> None:
    shop, _ = played("policies")

    still_open = [push for push in pushes(shop) if push.is_open]

    assert [push for push in still_open if push.due_at <= shop.now] == []
    assert {push.state for push in pushes(shop)} <= {"planned", "deferred", "sent", "delivered", "held", "expired"}


def test_the_ledger_says_what_the_followers_have_got() -> None:
    shop, outcome = played("policies")

    ledger = Counter(push.kind for push in pushes(shop) if push.state in ("sent", "delivered"))

    got = Counter(f"reactivation.{KINDS[nudge.kind]}" for nudge in nudges(shop))
    assert got == ledger
    assert {f"reactivation.{KINDS[kind]}": number for kind, number in outcome.heard.items()} == ledger


def test_the_figures_say_what_the_followers_did() -> None:
    for way in ("policies", "weekly", "off"):
        shop, outcome = played(way)

        days = tuple(outcome.days)
        counted = tuple(figures.list_days(shop.world.table(), ACCOUNT, first=days[0], last=days[-1]))

        assert [of_day.day for of_day in counted] == outcome.days
        assert (total(counted, came), total(counted, left)) == (outcome.joined, outcome.left)
        sent = Period(ACCOUNT, days, counted).total("push.sent")
        assert sum(number for kind, number in sent.items() if kind.startswith("reactivation.")) == len(
            [push for push in pushes(shop) if push.state in ("sent", "delivered")]
        )


def test_without_policies_nobody_is_nudged() -> None:
    shop, outcome = played("off")

    assert outcome.heard == {}
    assert list(nudges(shop)) == []
    assert outcome.put_off == sum(outcome.won.values()) == 0


def test_the_script_writes_to_every_follower_each_wednesday() -> None:
    shop, outcome = played("weekly")

    sent = list(nudges(shop))

    assert {nudge.at.strftime("%a %H") for nudge in sent} == {"Wed 04"}  # noon in Shanghai
    assert max(Counter((nudge.openid, nudge.at.date()) for nudge in sent).values()) == 1
    assert outcome.calls[SEND] >= outcome.heard["weekly"] == len(sent)


def test_the_same_people_come_whatever_the_shop_does_and_only_messages_put_them_off() -> None:
    (_, weekly), (_, off) = played("weekly"), played("off")

    assert weekly.joined == off.joined == EXTENTS["off"][0]
    assert weekly.put_off > off.put_off == 0


def test_the_same_seed_plays_the_same_year() -> None:
    assert two_weeks() == two_weeks()


def two_weeks() -> Outcome:
    with quiet():
        people = crowd(15, start=START, days=16, seed=3)
        outcome = Year(way_of("policies"), Shop(seed=3), people, days=16, seed=3).play()
    outcome.seconds = 0.0
    return outcome
