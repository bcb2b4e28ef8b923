"""Each of WeChat's error codes once, in answer to a send: what becomes of the push, of the member and of the rest."""

from typing import Any

import pytest

from chalicelib.door import Deadline
from chalicelib.sending.traits import TRAITS
from chalicelib.store import switches
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.push import Channel, Content, ContentClass
from chalicelib.wechat import errors
from chalicelib.wechat.codes import ROWS, codes_in
from tests.support.asking import TEMPLATE, ask, pass_time, pushes, with_template
from tests.support.memory import MemoryShop, a_memory_shop

OFFERS = "offers-template"
WANTED: dict[Channel, tuple[ContentClass, Content]] = {
    "template": ("service", Content(template=TEMPLATE, data={"thing1": "您的订单已发货"})),
    "subscribe": ("activity", Content(template=OFFERS, data={"thing1": "会员日"})),
    "kefu": ("service", Content(body={"msgtype": "text", "text": {"content": "您好"}})),
}
ENDS: dict[type[errors.WechatError], tuple[str, int]] = {
    errors.Busy: ("sent", 2),
    errors.RecipientMonthLimit: ("failed", 1),
    errors.MonthLimit: ("failed", 1),
    errors.RecipientGone: ("failed", 1),
    errors.NoWindow: ("failed", 1),
    errors.NoCredit: ("failed", 1),
    errors.ContentRefused: ("failed", 1),
    errors.NotAllowed: ("failed", 1),
    errors.OurMistake: ("dead", 1),
    errors.LoginAgain: ("dead", 1),
    errors.Partial: ("dead", 1),
    errors.Harmless: ("dead", 1),
    errors.AlreadyAccepted: ("sent", 1),
    errors.TokenRefused: ("sent", 2),
    errors.MinuteLimit: ("sent", 2),
    errors.DayLimit: ("sent", 2),
    errors.WaitingForAdmin: ("sent", 2),
    errors.UnknownCode: ("sent", 2),
}
"""The state that a push comes to after one such answer, and how many calls that takes. Where WeChat has refused it for
the moment only, the second call is accepted."""
PAUSES_KIND = {errors.ContentRefused}
PAUSES_CHANNEL = {errors.NotAllowed, errors.MonthLimit}
CODES = {code: cls for cls, rows in ROWS.items() for text in rows for code in codes_in(text)} | {
    99_999: errors.UnknownCode
}


UNANSWERED = ("api_timeout_after", "api_timeout_before", "api_reset_after", "api_status", "api_not_json", "api_busy")


def a_talking_shop() -> MemoryShop:
    shop = with_template(a_memory_shop(), template_finish_events=False)
    shop.simulator.add_template(shop.account, OFFERS, "上新", {"thing1": "事项"}, subscribe=True)
    return shop


def told(shop: MemoryShop, channel: Channel, fault: str, *, minutes: int = 30, **settings: int) -> dict[str, Any]:
    """A follower with an open window and a credit is sent something by the channel, and WeChat answers once so."""
    follower = shop.simulator.add_follower(shop.account)
    shop.simulator.act(follower, "follow")
    shop.simulator.act(follower, "accept", {"template_id": OFFERS})
    shop.simulator.act(follower, "say", {"text": "停车"})
    shop.world.rest()
    content_class, content = WANTED[channel]
    shop.simulator.add_fault(fault, path=TRAITS[channel].api, times=1, **settings)
    ask(shop, [follower], kind="test", channel=channel, content_class=content_class, content=content)
    pass_time(shop, minutes)
    (push,) = pushes(shop, "test")
    return push


def calls_of(shop: MemoryShop, path: str) -> int:
    return shop.world.runtime.wechat_connection.calls[path]


def seen_by_followers(shop: MemoryShop) -> int:
    people = [person["openid"] for person in shop.simulator.followers(shop.account)]
    inboxes = [message for openid in people for message in shop.simulator.inbox(openid)]
    return sum(message["type"] in ("template", "subscribe") or message.get("text") == "您好" for message in inboxes)


@pytest.mark.parametrize("code", sorted(set(CODES) - {-1}))
def test_a_send_that_is_answered_with_a_code_ends_as_its_class_says(code: int) -> None:
    shop, kind = a_talking_shop(), CODES[code]
    state, calls = ENDS[kind]

    push = told(shop, "template", "api_errcode", errcode=code, minutes=60 * 24 if kind is errors.DayLimit else 4)

    thrown = switches.find(shop.world.runtime.table(Deadline(9)), shop.account)
    assert (push["state"], calls_of(shop, TRAITS["template"].api)) == (state, calls)
    assert set(thrown.kinds) == ({"test"} if kind in PAUSES_KIND else set())
    assert set(thrown.channels) == ({"template"} if kind in PAUSES_CHANNEL else set())
    assert calls_of(shop, "/cgi-bin/user/info") == (2 if kind is errors.RecipientGone else 1)


@pytest.mark.parametrize("fault", UNANSWERED)
def test_a_template_message_that_went_unanswered_is_tried_again_under_its_key(fault: str) -> None:
    shop = a_talking_shop()

    push = told(shop, "template", fault)

    assert (push["state"], calls_of(shop, TRAITS["template"].api)) == ("sent", 2)
    assert seen_by_followers(shop) == 1


@pytest.mark.parametrize("channel", ["subscribe", "kefu"])
@pytest.mark.parametrize("fault", UNANSWERED)
def test_what_went_unanswered_without_a_key_is_never_tried_again(channel: Channel, fault: str) -> None:
    shop = a_talking_shop()

    push = told(shop, channel, fault)

    assert calls_of(shop, TRAITS[channel].api) == 1
    assert push["state"] in ("unknown", "delivered")  # WeChat reports on a subscription notice afterwards
    assert seen_by_followers(shop) == fault.endswith("_after")


def test_a_template_message_is_unknown_when_wechat_never_answers_while_it_remembers_the_key() -> None:
    shop = a_talking_shop()
    shop.simulator.add_fault("api_timeout_after", path=TRAITS["template"].api, times=99)

    push = told(shop, "template", "api_timeout_after")

    assert push["state"] == "unknown"
    assert seen_by_followers(shop) == 1
    assert "openid" not in push


def test_a_refusal_after_an_unanswered_attempt_proves_nothing() -> None:
    shop = a_talking_shop()
    told(shop, "template", "api_timeout_after", minutes=1)
    shop.simulator.add_fault("api_errcode", path=TRAITS["template"].api, times=1, errcode=43004)

    pass_time(shop, 5)

    (push,) = pushes(shop, "test")
    assert (push["state"], push["reason"]) == ("unknown", "43004")


def test_a_refused_subscription_notice_gives_its_credit_back() -> None:
    shop = a_talking_shop()

    push = told(shop, "subscribe", "api_errcode", errcode=47003)

    (ledger,) = [from_dynamo(item) for item in shop.world.items("M#") if item["sk"]["S"] == "SENDS"]
    assert push["state"] == "failed"
    assert (ledger["credits_used"], ledger["nudged_at"], ledger["recent"]) == ({}, [], [])
