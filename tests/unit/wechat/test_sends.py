"""The client's sends: what goes out, and which number comes back."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.wechat.client import WechatClient
from chalicelib.wechat.errors import AlreadyAccepted, NoCredit, UnknownOutcome
from tests.builders import OPENID
from tests.support.answering import Asked, client_that_hears

OK = {"errcode": 0, "errmsg": "ok"}
LARGEST = 2**63 - 1
TEXT = {"msgtype": "text", "text": {"content": "会员日"}}


def test_a_template_message_goes_out_with_its_fields_and_our_own_id() -> None:
    client, asked = client_that_hears({**OK, "msgid": LARGEST})

    msgid = client.send_template(
        OPENID,
        "T1",
        {"thing1": "会员日"},
        url="https://shop.example/1",
        miniprogram={"appid": "wx1", "pagepath": "a?b"},
        client_msg_id="c" * 32,
    )

    assert msgid == str(LARGEST)
    body = {
        "touser": OPENID,
        "template_id": "T1",
        "data": {"thing1": {"value": "会员日"}},
        "url": "https://shop.example/1",
        "miniprogram": {"appid": "wx1", "pagepath": "a?b"},
        "client_msg_id": "c" * 32,
    }
    assert asked == [Asked("POST", "/cgi-bin/message/template/send", body)]


def test_what_a_notice_does_not_have_is_left_out() -> None:
    client, asked = client_that_hears(OK)

    client.send_template(OPENID, "T1", {})

    assert asked[0].body == {"touser": OPENID, "template_id": "T1", "data": {}}


def test_a_subscription_notice_goes_to_its_page_and_may_have_no_number() -> None:
    client, asked = client_that_hears(OK)

    msgid = client.send_subscription(OPENID, "S1", {"thing1": "到货"}, page="https://shop.example/2")

    assert msgid == ""
    body = {
        "touser": OPENID,
        "template_id": "S1",
        "data": {"thing1": {"value": "到货"}},
        "page": "https://shop.example/2",
    }
    assert asked == [Asked("POST", "/cgi-bin/message/subscribe/bizsend", body)]


def test_a_customer_service_message_goes_out_as_it_was_written() -> None:
    client, asked = client_that_hears(OK)

    client.send_custom(OPENID, TEXT)

    assert asked == [Asked("POST", "/cgi-bin/message/custom/send", {"touser": OPENID, **TEXT})]


def test_a_mass_goes_to_a_list_under_our_own_id() -> None:
    client, asked = client_that_hears({**OK, "msg_id": 34182, "msg_data_id": 206227730})

    number = client.send_mass(["o1", "o2"], TEXT, client_id="b" * 32)

    assert number == "34182"
    body = {"touser": ["o1", "o2"], **TEXT, "clientmsgid": "b" * 32}
    assert asked == [Asked("POST", "/cgi-bin/message/mass/send", body)]


def test_a_mass_goes_to_a_tag_and_never_to_all() -> None:
    client, asked = client_that_hears({**OK, "msg_id": 34182})

    number = client.send_mass_to_tag(100, TEXT, client_id="b" * 32)

    assert number == "34182"
    body = {"filter": {"is_to_all": False, "tag_id": 100}, **TEXT, "clientmsgid": "b" * 32}
    assert asked == [Asked("POST", "/cgi-bin/message/mass/sendall", body)]


def test_a_mass_that_was_taken_before_tells_its_number() -> None:
    client, _ = client_that_hears({"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 34182})

    with pytest.raises(AlreadyAccepted) as caught:
        client.send_mass(["o1", "o2"], TEXT, client_id="b" * 32)

    assert caught.value.msg_id == "34182"


def test_a_refused_subscription_says_so() -> None:
    client, _ = client_that_hears({"errcode": 43101, "errmsg": "user refuse to accept the msg"})

    with pytest.raises(NoCredit):
        client.send_subscription(OPENID, "S1", {})


@pytest.mark.parametrize("number", [None, [], {"a": 1}, "12; DROP", "9" * 30, -5, 1.5, True])
def test_an_accepted_send_with_a_strange_number_is_accepted_without_one(number: Any) -> None:
    client, _ = client_that_hears({**OK, "msgid": number})

    assert client.send_template(OPENID, "T1", {}) == ""


@pytest.mark.parametrize(
    "send",
    [
        lambda client: client.send_template(OPENID, "T1", {}),
        lambda client: client.send_subscription(OPENID, "S1", {}),
        lambda client: client.send_mass(["o1", "o2"], TEXT, client_id="b"),
    ],
)
def test_an_answer_that_says_nothing_leaves_a_send_unknown(send: Callable[[WechatClient], str]) -> None:
    client, _ = client_that_hears({})

    with pytest.raises(UnknownOutcome):
        send(client)


def test_what_is_left_of_a_days_calls_is_asked_by_path() -> None:
    client, asked = client_that_hears({**OK, "quota": {"daily_limit": 100_000, "used": 17, "remain": 99_983}})

    limit, used = client.quota("/cgi-bin/message/template/send")

    assert (limit, used) == (100_000, 17)
    assert asked == [Asked("POST", "/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/message/template/send"})]
