"""The account's templates are fetched from WeChat, and a notice is held against them."""

import pytest

from chalicelib.push import template_sync
from chalicelib.sending import templates
from chalicelib.store import templates as stored
from chalicelib.store.templates import Field, Template
from chalicelib.wechat.errors import NotAllowed
from tests.builders import NOON, a_job
from tests.support.answering import client_that_hears
from tests.support.memory import a_memory_shop

OK = {"errcode": 0, "errmsg": "ok"}
REFUSED = {"errcode": 48001, "errmsg": "api unauthorized"}


def test_both_lists_stand_in_the_table_after_one_job() -> None:
    shop = a_memory_shop()
    shop.simulator.add_template("shop", "order", "订单通知", {"character_string1": "订单号", "time2": "时间"})
    shop.simulator.add_template("shop", "arrivals", "到货提醒", {"thing1": "商品"}, subscribe=True)

    templates.fetch(shop.world.table(), "shop", "wish-1", queues=shop.world.runtime.queues, now=shop.world.clock.now())
    shop.world.rest()

    known = stored.find(shop.world.table(), "shop")
    assert known is not None
    assert known.fetched_at == shop.world.clock.now()
    assert known.listed == (
        Template("order", "订单通知", "template", (Field("character_string1", "订单号"), Field("time2", "时间"))),
        Template("arrivals", "到货提醒", "subscribe", (Field("thing1", "商品"),)),
    )
    assert len(shop.journal("templates.fetched")) == 1


def test_an_account_that_may_not_have_subscriptions_has_its_other_templates() -> None:
    told = {"template_id": "T1", "title": "订单", "content": "事项:{{thing1.DATA}}"}
    client, _ = client_that_hears({"template_list": [told]}, REFUSED)

    done = template_sync.ask(a_job(templates.SYNC), wechat=client, now=NOON)(a_memory_shop().world.table())

    assert done.details == {"templates": 1, "subscriptions": 0}


def test_an_account_that_may_not_have_templates_at_all_keeps_what_was_known() -> None:
    client, _ = client_that_hears(REFUSED)

    with pytest.raises(NotAllowed):
        template_sync.ask(a_job(templates.SYNC), wechat=client, now=NOON)
