"""Pushes as days go by: what waits, what pauses itself, and what returns by itself."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from chalicelib.clock import SHANGHAI, parse_iso
from chalicelib.sending import pausing
from chalicelib.sending.allowance import CANARY
from chalicelib.sending.reasons import in_words
from chalicelib.store import switches
from chalicelib.store.switches import Switches
from infra.local.memory.world import BATCH
from tests.support.asking import TEMPLATE, ask, cards, pass_time, pushes, states, with_template
from tests.support.logs import logged
from tests.support.memory import MemoryShop, a_memory_shop

SEND = "/cgi-bin/message/template/send"
KIND = "store.news"


def a_shop(followers: int, *, hour: int = 10, **switches: object) -> tuple[MemoryShop, list[str]]:
    """It is that hour in Shanghai on a Wednesday; the followers wrote a minute ago."""
    start = datetime(2026, 3, 4, hour, 0, tzinfo=SHANGHAI).astimezone(UTC)
    shop = with_template(a_memory_shop(start=start), **switches)
    openids = [shop.follower() for _ in range(followers)]
    shop.world.rest()
    return shop, openids


def thrown(shop: MemoryShop) -> Switches:
    return switches.find(shop.world.table(), shop.account)


def sent_at(shop: MemoryShop, kind: str = "order.shipped") -> list[datetime]:
    return sorted(parse_iso(push["sent_at"]) for push in pushes(shop, kind) if "sent_at" in push)


def test_what_is_asked_for_at_eleven_in_the_evening_waits_until_the_morning() -> None:
    shop, (openid,) = a_shop(1, hour=23)

    ask(shop, [openid])
    pass_time(shop, 8 * 60)

    (waiting,) = pushes(shop)
    assert (waiting["state"], in_words(waiting["reason"])) == ("deferred", "免打扰时段，早上再发")
    assert cards(shop, [openid]) == 0

    pass_time(shop, 2 * 60)

    assert cards(shop, [openid]) == 1
    assert all(8 <= at.astimezone(SHANGHAI).hour < 9 for at in sent_at(shop))


def test_a_kind_that_one_in_twenty_blocks_pauses_itself_after_its_canary_and_says_why() -> None:
    shop, openids = a_shop(3 * CANARY)
    for openid in openids[::20]:
        shop.simulator.act(openid, "receive_off")

    with logged() as said:
        ask(shop, openids, kind=KIND, content_class="public")
        pass_time(shop, 60)

    pause = thrown(shop).kinds[KIND]
    assert (pause.reason, in_words(pause.reason)) == ("blocks", "屏蔽通知的人太多")
    assert [line["reason"] for line in said.lines if line["message"] == "push.kind_paused"] == ["blocks"]
    now = states(shop, KIND)
    assert now["undelivered"] + now["delivered"] == CANARY
    assert {push["reason"] for push in pushes(shop, KIND) if push["state"] == "deferred"} == {"paused.kind"}


def test_a_paused_kind_goes_on_with_a_new_canary_when_an_operator_resumes_it() -> None:
    shop, openids = a_shop(3 * CANARY)
    for openid in openids[::20]:
        shop.simulator.act(openid, "receive_off")
    ask(shop, openids, kind=KIND, content_class="public")
    pass_time(shop, 60)
    for openid in openids:
        shop.simulator.act(openid, "receive_off", {"on": False})

    pausing.resume(shop.world.table(), shop.account, kind=KIND)
    pass_time(shop, 25)

    assert sum(states(shop, KIND).values()) - states(shop, KIND)["deferred"] == 2 * CANARY

    pass_time(shop, 35)

    assert thrown(shop).kinds == {}
    assert set(states(shop, KIND)) == {"delivered", "undelivered"}


def test_service_notices_have_no_canary_and_stop_within_the_batches_in_flight() -> None:
    shop, openids = a_shop(4 * CANARY, template_finish_seconds=(0.0, 0.5))
    for openid in openids[::10]:
        shop.simulator.act(openid, "receive_off")
    ask(shop, openids[: 3 * CANARY])
    pass_time(shop, 10)

    assert thrown(shop).kinds["order.shipped"].reason == "blocks"

    ask(shop, openids[3 * CANARY :])
    pass_time(shop, 10)

    assert states(shop) == {"deferred": CANARY, "delivered": 270, "undelivered": 30}


def test_no_more_than_the_batches_in_flight_go_out_after_a_pause() -> None:
    shop, openids = a_shop(5 * BATCH)
    ask(shop, openids)
    shop.world.pump()

    pausing.pause_kind(shop.world.table(), shop.account, "order.shipped", reason="operator", now=shop.world.clock.now())
    pass_time(shop, 3)

    assert cards(shop, openids) == BATCH
    assert states(shop)["deferred"] == 4 * BATCH


def test_a_kind_that_makes_followers_leave_pauses_itself() -> None:
    shop, openids = a_shop(CANARY)
    ask(shop, openids)
    pass_time(shop, 5)
    assert thrown(shop).kinds == {}

    for openid in openids[:8]:
        shop.simulator.unfollow(openid)
    pass_time(shop, 10)

    assert thrown(shop).kinds["order.shipped"].reason == "unfollows"


def test_a_kind_that_is_liked_is_sent_to_everyone_within_half_an_hour() -> None:
    shop, openids = a_shop(3 * CANARY)
    ask(shop, openids, kind=KIND, content_class="public")

    pass_time(shop, 4)
    assert cards(shop, openids) == CANARY

    pass_time(shop, 26)
    assert states(shop, KIND) == {"delivered": 3 * CANARY}


def test_a_canary_that_proves_nothing_is_followed_by_another() -> None:
    shop, openids = a_shop(6 * CANARY)
    ask(shop, openids[:CANARY], kind=KIND, content_class="public")
    for openid in openids[:3]:
        shop.simulator.act(openid, "receive_off")
    pass_time(shop, 1)

    with logged() as said:
        ask(shop, openids[CANARY:], kind=KIND, content_class="public")
        pass_time(shop, 60)

    decided = ("watch.another_canary", "watch.cleared")
    assert [line["message"] for line in said.lines if line["message"] in decided] == list(decided)
    assert cards(shop, openids) == 6 * CANARY - 3


def test_an_account_that_has_used_up_its_day_goes_on_after_midnight_by_itself() -> None:
    shop, openids = a_shop(30, hour=23, daily_limits={SEND: 20})

    with logged() as said:
        ask(shop, openids, urgent=True)
        pass_time(shop, 30)

    assert cards(shop, openids) == 20
    assert [line["message"] for line in said.lines if line["level"] == "WARNING"] == ["push.quota_spent"]
    assert {push["reason"] for push in pushes(shop) if push["state"] == "deferred"} == {"quota"}

    pass_time(shop, 90)

    assert cards(shop, openids) == 30
    midnight = datetime(2026, 3, 5, tzinfo=SHANGHAI)
    assert all(midnight <= at < midnight + timedelta(hours=1) for at in sent_at(shop)[20:])


def test_an_account_that_is_too_fast_slows_down_and_sends_everything() -> None:
    shop, openids = a_shop(30, minute_limits={SEND: 10})

    ask(shop, openids)
    pass_time(shop, 30)

    assert cards(shop, openids) == 30
    minutes = Counter(at.replace(second=0, microsecond=0) for at in sent_at(shop))
    assert max(minutes.values()) <= 10
    assert {str(push["content"]["template"]) for push in pushes(shop) if push["content"]} <= {TEMPLATE}
