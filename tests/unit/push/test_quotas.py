"""Our count of the day's calls, beside WeChat's."""

from datetime import timedelta

import pytest

from chalicelib.push.quotas import told_quotas
from chalicelib.store import quota
from chalicelib.store.quota import Quota
from chalicelib.store.watch import Watch
from chalicelib.wechat.client import WechatClient
from tests.support.asking import ask, pass_time, with_template
from tests.support.logs import logged
from tests.support.memory import MemoryShop, a_memory_shop

SEND = "/cgi-bin/message/template/send"
CUSTOM = "/cgi-bin/message/custom/send"
DAY = "2026-03-04"


@pytest.fixture
def shop() -> MemoryShop:
    """Three notices were sent today, of a thousand that this account may send."""
    shop = with_template(a_memory_shop(), daily_limits={SEND: 1000})
    openids = [shop.follower() for _ in range(3)]
    shop.world.rest()
    ask(shop, openids)
    pass_time(shop, 3)
    return shop


def ours(shop: MemoryShop, api: str = SEND) -> Quota:
    return quota.find(shop.world.table(), shop.account, api, now=shop.world.clock.now())


def asked(shop: MemoryShop) -> int:
    return sum(entry.get("path") == "/cgi-bin/openapi/quota/get" for entry in shop.simulator.log.entries())


def others_send(shop: MemoryShop, calls: int) -> None:
    """Another system uses the same account."""
    world = shop.simulator.world
    for _ in range(calls):
        world.account(shop.account).quota.refusal(SEND, world.now(), world.switches)


def test_the_limit_of_the_account_is_learnt_from_wechat(shop: MemoryShop) -> None:
    assert (ours(shop).limit, ours(shop).used) == (0, 3)

    shop.world.watch()

    assert (ours(shop).limit, ours(shop).used, ours(shop).closed) == (1000, 3, False)


def test_what_others_send_with_the_account_is_counted(shop: MemoryShop) -> None:
    others_send(shop, 500)

    shop.world.watch()

    assert ours(shop).used == 503


def test_ours_is_never_lowered_for_it_counts_what_is_under_way(shop: MemoryShop) -> None:
    shop.world.table().write([ours(shop).take(10, most=1000)])

    shop.world.watch()

    assert ours(shop).used == 13


def test_a_day_that_others_have_used_up_is_closed_and_one_that_was_cleared_opens_again(shop: MemoryShop) -> None:
    others_send(shop, 997)
    shop.world.watch()
    assert ours(shop).closed

    world = shop.simulator.world
    world.account(shop.account).quota.clear(SEND, world.now(), world.switches)
    shop.world.clock.advance(3600)
    shop.world.watch()

    assert not ours(shop).closed


def test_wechat_is_asked_once_an_hour_about_what_is_in_use(shop: MemoryShop) -> None:
    shop.world.table().write([Quota(shop.account, DAY, "canary#news").take(1, most=100)])

    for _ in range(13):
        shop.world.watch()
        shop.world.clock.advance(300)

    assert asked(shop) == 2


@pytest.mark.parametrize("fault", [{"kind": "api_errcode", "errcode": 76022}, {"kind": "api_timeout_before"},
                                   {"kind": "api_not_json"}])  # fmt: skip
def test_a_wechat_that_does_not_tell_changes_nothing(shop: MemoryShop, fault: dict[str, object]) -> None:
    settings = dict(fault)
    shop.simulator.add_fault(str(settings.pop("kind")), path="/cgi-bin/openapi/quota/get", times=9, **settings)

    with logged() as said:
        shop.world.watch()

    assert "watch.quota_untold" in [line["message"] for line in said.lines]
    assert (ours(shop).limit, ours(shop).used) == (0, 3)


def test_a_limit_of_nought_is_no_limit_that_wechat_tells(shop: MemoryShop) -> None:
    shop.simulator.set_switches(daily_limits={SEND: 0})

    shop.world.watch()

    assert not ours(shop).closed


def test_an_account_that_sends_nothing_asks_nothing() -> None:
    shop = a_memory_shop()

    shop.world.watch()

    assert asked(shop) == 0


def test_who_watches_sees_how_much_is_left(shop: MemoryShop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.world.watch()
    shop.world.clock.advance(300)
    shop.world.watch()

    metrics = [line for line in capsys.readouterr().out.splitlines() if "QuotaLeft" in line]
    assert ['"channel":"template"' in line and '"QuotaLeft":[997.0]' in line for line in metrics[1:]] == [True]


def test_a_client_is_built_only_when_someone_is_asked() -> None:
    def nobody(_account: str) -> WechatClient:
        raise AssertionError("asked within the hour")

    shop = a_memory_shop()
    now = shop.world.clock.now()
    watch = Watch(shop.account, now, quotas_at=now - timedelta(minutes=59))

    assert (
        told_quotas(watch, [Quota(shop.account, DAY, CUSTOM, 1)], wechat=nobody, table=shop.world.table(), now=now)
        is watch
    )
