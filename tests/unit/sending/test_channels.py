"""What goes to WeChat for one push, and what the follower sees of it."""

from typing import Any

import pytest

from chalicelib.sending import intents
from chalicelib.sending.channels import deliver
from chalicelib.sending.intents import Intent
from chalicelib.store.push import Channel, Content, Push
from chalicelib.wechat.client import WechatClient
from chalicelib.wechat.errors import ContentRefused, NoCredit, NoWindow, UnknownOutcome
from tests.support.logs import logged
from tests.support.memory import MemoryShop, a_memory_shop

PATHS: dict[Channel, str] = {
    "template": "/cgi-bin/message/template/send",
    "subscribe": "/cgi-bin/message/subscribe/bizsend",
    "kefu": "/cgi-bin/message/custom/send",
}
CONTENTS: dict[Channel, Content] = {
    "template": Content("order", {"thing1": "会员日"}, url="https://shop.example/1"),
    "subscribe": Content("arrivals", {"thing1": "到货"}, url="https://shop.example/2"),
    "kefu": Content(body={"msgtype": "text", "text": {"content": "您好"}}),
}


def a_shop_with_templates() -> tuple[MemoryShop, str]:
    """The follower wrote a minute ago, and has accepted one notice."""
    shop = a_memory_shop()
    shop.simulator.add_template("shop", "order", "订单", {"thing1": "事项"})
    shop.simulator.add_template("shop", "arrivals", "到货", {"thing1": "事项"}, subscribe=True)
    openid = shop.follower()
    shop.say(openid, "在吗")
    shop.simulator.accept(openid, "arrivals")
    return shop, openid


def a_push_to(shop: MemoryShop, openid: str, channel: Channel, **content: Any) -> Push:
    given = Content(**content) if content else CONTENTS[channel]
    intent = Intent(openid, "order.shipped", "A-1", channel, "service", given)
    r = shop.world.runtime
    return intents.as_push(intent, r.accounts.find("shop"), now=r.now())


def wechat_of(shop: MemoryShop) -> WechatClient:
    return shop.world.runtime.wechat("shop", shop.world.table())


def test_a_template_message_is_shown_with_its_lines_and_has_a_number() -> None:
    shop, openid = a_shop_with_templates()

    msgid = deliver(a_push_to(shop, openid, "template"), wechat_of(shop))

    card = shop.simulator.inbox(openid)[-1]
    assert (card["type"], card["data"], card["url"]) == (
        "template",
        {"thing1": {"value": "会员日"}},
        "https://shop.example/1",
    )
    assert msgid.isdecimal()


def test_the_same_push_delivered_twice_is_shown_once_because_wechat_knows_its_id() -> None:
    shop, openid = a_shop_with_templates()
    push = a_push_to(shop, openid, "template")

    first, second = deliver(push, wechat_of(shop)), deliver(push, wechat_of(shop))

    assert first == second
    assert sum(message["type"] == "template" for message in shop.simulator.inbox(openid)) == 1


def test_a_mini_program_opens_from_a_template_message() -> None:
    shop, openid = a_shop_with_templates()
    page = {"appid": "wx1", "pagepath": "orders?id=1"}

    deliver(
        a_push_to(shop, openid, "template", template="order", data={"thing1": "发货"}, miniprogram=page),
        wechat_of(shop),
    )

    assert shop.simulator.inbox(openid)[-1]["miniprogram"] == page


@pytest.mark.parametrize("tells_number", [True, False])
def test_a_subscription_notice_uses_the_consent_and_is_shown(tells_number: bool) -> None:
    shop, openid = a_shop_with_templates()
    shop.simulator.set_switches(bizsend_returns_msgid=tells_number)

    msgid = deliver(a_push_to(shop, openid, "subscribe"), wechat_of(shop))

    card = shop.simulator.inbox(openid)[-1]
    assert (card["type"], card["url"]) == ("subscribe", "https://shop.example/2")
    assert msgid.isdecimal() is tells_number
    with pytest.raises(NoCredit):
        deliver(a_push_to(shop, openid, "subscribe"), wechat_of(shop))


def test_a_customer_service_message_is_shown_while_the_window_is_open() -> None:
    shop, openid = a_shop_with_templates()

    msgid = deliver(a_push_to(shop, openid, "kefu"), wechat_of(shop))

    assert (shop.simulator.inbox(openid)[-1]["text"], msgid) == ("您好", "")

    shop.world.clock.advance(48 * 3600)
    with pytest.raises(NoWindow):
        deliver(a_push_to(shop, openid, "kefu"), wechat_of(shop))


def test_a_text_that_is_too_long_for_its_line_is_cut_and_that_is_told_without_the_text() -> None:
    shop, openid = a_shop_with_templates()
    words = "本店全体员工祝您和家人节日快乐并期待您再次光临"

    with logged() as said:
        deliver(a_push_to(shop, openid, "template", template="order", data={"thing1": words}), wechat_of(shop))

    shown = shop.simulator.inbox(openid)[-1]["data"]["thing1"]["value"]
    (line,) = [line for line in said.lines if line["message"] == "push.fields_cut"]
    assert (len(shown), shown[:19], shown[-1]) == (20, words[:19], "…")
    assert line["fields"] == ["thing1"]
    assert words[:10] not in said.text
    assert openid not in said.text


def test_a_mass_is_never_sent_by_itself() -> None:
    shop, openid = a_shop_with_templates()

    with pytest.raises(ValueError, match="batch"):
        deliver(a_push_to(shop, openid, "mass", body={"msgtype": "text"}), wechat_of(shop))


def test_marketing_that_slips_through_is_refused_by_wechat() -> None:
    shop, openid = a_shop_with_templates()

    with pytest.raises(ContentRefused):
        deliver(a_push_to(shop, openid, "template", template="order", data={"thing1": "领红包"}), wechat_of(shop))


@pytest.mark.parametrize("channel", list(PATHS))
def test_a_send_without_an_answer_is_unknown_and_is_not_repeated_here(channel: Channel) -> None:
    shop, openid = a_shop_with_templates()
    shop.simulator.add_fault("api_timeout_after", path=PATHS[channel])

    with pytest.raises(UnknownOutcome):
        deliver(a_push_to(shop, openid, channel), wechat_of(shop))

    log = [entry for entry in shop.simulator.log.entries() if entry["kind"] == "api"]
    assert sum(entry["path"] == PATHS[channel] for entry in log) == 1
