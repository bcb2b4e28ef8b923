"""Every push that was planned is somewhere, and the figures say where."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.store import figures as stored
from chalicelib.store.figures import Figures
from infra.figures import pushes as told
from infra.figures.period import Period
from infra.figures.pushes import Pushes
from infra.local.memory.faults import Fault
from infra.local.memory.queue import Chaos
from tests.simulation.invocations import WENT_WRONG
from tests.support.asking import TEMPLATE, an_intent, ask, pass_time, pushes, with_template
from tests.support.memory import MemoryShop, a_memory_shop

DAYS = ("2026-03-04", "2026-03-05")
KINDS = ("order.shipped", "store.news")
FAULTS = ("api_timeout_before", "api_timeout_after", "api_reset_after", "api_busy", "api_status", "api_errcode")
TROUBLES = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.TIMEOUT_AFTER, Fault.THROTTLED, Fault.CONFLICT)
ERRCODES = (-1, 43004, 45009, 45011, 47003, 48001, 99999)


def a_wild_shop(random: Random) -> MemoryShop:
    """Wake-ups are doubled, reports are early or late, and WeChat fails in every way it knows."""
    chaos = Chaos(seed=random.randrange(1000), duplicates=0.2, shuffle=3)
    shop = with_template(
        a_memory_shop(seed=random.randrange(1000), chaos=chaos),
        template_failure_rate=0.1,
        template_finish_seconds=(0, 90),
    )
    shop.world.faults.shares = {fault: random.choice([0, 0.01, 0.03]) for fault in TROUBLES}
    return shop


def play(shop: MemoryShop, random: Random) -> None:
    """A day of asking, leaving and refusing, while processes die."""
    openids = [shop.follower() for _ in range(12)]
    for hour in range(12):
        for _ in range(random.randrange(4)):
            shop.simulator.add_fault(random.choice(FAULTS), path="/cgi-bin/message/template/send",
                                     times=random.randint(1, 4), errcode=random.choice(ERRCODES))  # fmt: skip
        some, kind = random.sample(openids, 4), random.choice(KINDS)
        wish = {"kind": kind, "key": f"key-{hour % 5}", "content_class": random.choice(["service", "public"])}
        survive(shop, partial(ask, shop, some, urgent=random.random() < 0.5, **wish))
        _come_or_go(shop, random.choice(openids), random)
        _pass_time(shop, random.choice([1, 7, 60, 120]))
    shop.world.faults.stop()
    _pass_time(shop, 5)


def survive(shop: MemoryShop, act: Callable[[], object]) -> bool:
    """Whether it did something; a process that dies is followed by another."""
    try:
        return bool(act())
    except WENT_WRONG:
        shop.world.restart()
        return False


def _pass_time(shop: MemoryShop, minutes: int) -> None:
    world = shop.world
    for minute in range(minutes):
        while survive(shop, world.pump):
            pass
        world.clock.advance(60)
        world.simulator.run_due()
        survive(shop, world.tick)
        if minute % 5 == 0:
            survive(shop, world.watch)


def _come_or_go(shop: MemoryShop, openid: str, random: Random) -> None:
    if not shop.simulator.world.person(openid).following:
        shop.simulator.follow(openid)
    elif random.random() < 0.4:
        shop.simulator.act(openid, random.choice(["unfollow", "receive_off"]))


def report(shop: MemoryShop) -> dict[str, Pushes]:
    shop.world.roll()
    table = shop.world.table()
    figures: list[Figures] = list(stored.list_days(table, shop.account, first=DAYS[0], last=DAYS[1]))
    return {one.kind: one for one in told.of_kinds(Period(shop.account, DAYS, tuple(figures)))}


def ledger(shop: MemoryShop, kind: str) -> Pushes:
    """What the items themselves say."""
    states = Counter(str(push["state"]) for push in pushes(shop, kind))
    ended = {name: states[name] for name in told.NUMBERS if name not in ("planned", "sent", "unfollowed", "returned")}
    taken = states["sent"] + states["delivered"] + states["undelivered"]
    return Pushes(kind, planned=states.total(), sent=taken, **ended)


@settings(max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6))
def test_the_figures_are_what_the_ledger_says_whatever_goes_wrong(seed: int) -> None:
    random = Random(seed)
    shop = a_wild_shop(random)

    play(shop, random)

    found = report(shop)
    for kind in found:
        one, real = found[kind], ledger(shop, kind)
        waiting = sum(push["state"] in ("planned", "deferred", "claimed") for push in pushes(shop, kind))
        assert {name: getattr(one, name) for name in told.NUMBERS[:-2]} == {
            name: getattr(real, name) for name in told.NUMBERS[:-2]
        }
        assert one.planned == one.waiting + one.ended
        assert one.waiting == waiting
        assert one.sent == one.delivered + one.undelivered + one.unreported
    assert set(found) == {str(push["kind"]) for push in (*pushes(shop, KINDS[0]), *pushes(shop, KINDS[1]))}


def test_a_notice_whose_report_overtakes_its_worker_is_one_that_was_sent() -> None:
    shop = with_template(a_memory_shop(), template_finish_seconds=(0, 0))
    openid = shop.follower()
    shop.world.rest()
    shop.simulator.add_fault("api_timeout_after", times=9, path="/cgi-bin/message/template/send")

    ask(shop, [openid])
    pass_time(shop, 15)

    (one,) = report(shop).values()
    assert (one.planned, one.sent, one.delivered, one.unknown, one.waiting) == (1, 1, 1, 0, 0)


def test_an_unknown_push_is_unknown_until_its_report_comes() -> None:
    shop = with_template(a_memory_shop(), template_finish_seconds=(1800, 1800))
    openid = shop.follower()
    shop.world.rest()
    shop.simulator.add_fault("api_timeout_after", times=99, path="/cgi-bin/message/template/send")
    ask(shop, [openid])

    pass_time(shop, 20)
    (early,) = report(shop).values()
    pass_time(shop, 20)
    (late,) = report(shop).values()

    assert (early.unknown, early.sent) == (1, 0)
    assert (late.unknown, late.sent, late.delivered) == (0, 1, 1)


def test_who_is_asked_for_twice_is_planned_once() -> None:
    shop = with_template(a_memory_shop())
    openid = shop.follower()
    shop.world.rest()

    assert [ask(shop, [openid])[0].outcome for _ in range(2)] == ["planned", "known"]
    pass_time(shop, 5)

    assert report(shop) == {"order.shipped": Pushes("order.shipped", planned=1, sent=1, delivered=1)}
    assert an_intent(openid).content.template == TEMPLATE
