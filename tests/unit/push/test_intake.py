"""What an event must be like, and what its sender is told about one that is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.push import intake
from chalicelib.push.intake import Flaw
from chalicelib.sending.intents import Intent
from chalicelib.store.attributes import serialize
from tests.builders import NOON, OPENID
from tests.support.events import an_order


def read(**changes: Any) -> Intent:
    intent = intake.read(an_order(OPENID, **changes), now=NOON)
    assert isinstance(intent, Intent), intent
    return intent


def flaws(**changes: Any) -> list[str]:
    """The fields that are objected to."""
    found = intake.read(an_order(OPENID, **changes), now=NOON)
    assert not isinstance(found, Intent)
    return [flaw.field for flaw in found]


def in_minutes(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def test_an_event_is_a_service_notice_by_template_unless_it_says_otherwise() -> None:
    intent = read()

    assert (intent.channel, intent.content_class, intent.urgent) == ("template", "service", False)
    assert (intent.openid, intent.kind, intent.key) == (OPENID, "order.shipped", "20260304-0001")
    assert intent.content.data["thing2"] == "草莓两盒"
    assert intent.not_before is intent.expires_at is None


def test_every_field_is_taken_over() -> None:
    intent = read(
        channel="subscribe",
        **{"class": "activity"},
        url="https://shop.example/orders/1",
        miniprogram={"appid": "wx0123456789abcdef", "pagepath": "pages/order?id=1"},
        not_before="2026-03-04T20:00:00+08:00",
        expires_at="2026-03-04T13:00:00Z",
        urgent=True,
    )

    assert (intent.channel, intent.content_class, intent.urgent) == ("subscribe", "activity", True)
    assert intent.content.url == "https://shop.example/orders/1"
    assert intent.content.miniprogram["pagepath"] == "pages/order?id=1"
    assert intent.not_before == NOON + timedelta(hours=8)
    assert intent.expires_at == NOON + timedelta(hours=9)


def test_a_customer_service_message_may_be_just_a_text() -> None:
    intent = read(channel="kefu", template=None, data=None, text="您的订单到了")

    assert intent.content.body == {"msgtype": "text", "text": {"content": "您的订单到了"}}


def test_a_customer_service_message_may_be_whatever_wechat_takes() -> None:
    menu = {"msgtype": "msgmenu", "msgmenu": {"head_content": "满意吗", "list": [{"id": 1, "content": "满意"}]}}

    assert read(channel="kefu", template=None, data=None, body=menu).content.body == menu


def test_data_may_be_written_as_wechat_writes_it() -> None:
    data = {"thing1": {"value": "草莓", "color": "#173177"}, "number2": 3, "thing3": "x"}

    assert read(data=data).content.data == {"thing1": "草莓", "number2": "3", "thing3": "x"}


def test_what_is_null_is_as_good_as_absent() -> None:
    event = an_order(OPENID) | {"url": None, "expires_at": None}

    assert isinstance(intake.read(event, now=NOON), Intent)


@pytest.mark.parametrize("name", intake.NEEDED)
def test_what_is_needed_is_named_when_it_is_missing(name: str) -> None:
    assert flaws(**{name: None}) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("openid", "o#x#PROFILE"),
        ("openid", "short"),
        ("openid", 5),
        ("kind", "Order.shipped"),
        ("kind", "订单"),
        ("kind", "k" * 41),
        ("key", ""),
        ("key", "k" * 129),
        ("key", "a\u0000b"),
        ("key", "\ud800"),
        ("key", 20260304),
        ("class", "advert"),
        ("class", ["service"]),
        ("template", "order shipped"),
        ("data", {}),
        ("data", []),
        ("data", {f"thing{number}": "x" for number in range(21)}),
        ("data", {"thing1": 12.5}),
        ("data", {"thing1": True}),
        ("data", {"thing1": {}}),
        ("data", {"thing1": {"value": "x", "size": "big"}}),
        ("data", {"thing1": "x" * 1001}),
        ("data", {"thing1": "\udfff"}),
        ("data", {"商品": "x"}),
        ("url", "javascript:alert(1)"),
        ("url", "https://shop.example/ x"),
        ("miniprogram", "wx0123456789abcdef"),
        ("miniprogram", {"appid": "wx1"}),
        ("miniprogram", {"appid": "wx0123456789abcdef", "pagepath": 1}),
        ("miniprogram", {"appid": "wx0123456789abcdef", "path": "x"}),
        ("not_before", "2026-03-05T08:00:00"),
        ("not_before", "tomorrow"),
        ("not_before", "0001-01-01 00:00"),
        ("not_before", 1772596800),
        ("not_before", "9999-12-31T23:59:59-08:00"),
        ("not_before", in_minutes(60 * 24 * 91)),
        ("expires_at", in_minutes(60 * 24 * 91)),
        ("expires_at", in_minutes(0)),
        ("expires_at", in_minutes(-1)),
        ("urgent", "yes"),
        ("urgent", 1),
    ],
)
def test_what_is_malformed_is_named(name: str, value: Any) -> None:
    assert flaws(**{name: value}) == [name]


@pytest.mark.parametrize(
    "written", ["2026-03-05 20:00", "2026-03-05 20:00:00", "2026/3/5 20:00", "2026-03-05T20:00+08:00"]
)
def test_a_time_is_read_as_programs_and_as_people_write_it(written: str) -> None:
    found = intake.read(an_order(OPENID, not_before=written), now=NOON)

    assert isinstance(found, Intent)
    assert found.not_before == datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_a_notice_that_expires_before_it_may_be_sent_is_refused() -> None:
    assert flaws(not_before=in_minutes(60), expires_at=in_minutes(60)) == ["expires_at"]


@pytest.mark.parametrize("channel", ["mass", "sms", {}])
def test_channels_that_cannot_be_asked_for_are_refused(channel: Any) -> None:
    found = intake.read(an_order(OPENID, channel=channel), now=NOON)

    assert found == (Flaw("channel", "只能是 template、subscribe、kefu"),)


def test_fields_of_another_channel_are_not_lost_silently() -> None:
    assert flaws(text="您好") == ["text"]
    assert flaws(channel="kefu", text="您好") == ["data", "template"]
    assert flaws(channel="foo", text="您好", template=None) == ["channel"]
    assert flaws(template=None) == ["template"]


def test_a_customer_service_message_has_one_content() -> None:
    body = {"msgtype": "text", "text": {"content": "您好"}}

    assert flaws(channel="kefu", template=None, data=None) == ["text"]
    assert flaws(channel="kefu", template=None, data=None, text="您好", body=body) == ["text"]
    assert flaws(channel="kefu", template=None, data=None, text="字" * 683) == ["text"]


@pytest.mark.parametrize(
    "body",
    [
        "您好",
        {},
        {"msgtype": "text"},
        {"msgtype": "text", "text": "您好"},
        {"msgtype": ["text"], "text": {}},
        {"msgtype": "sms", "sms": {}},
        {"msgtype": "text", "text": {"content": "您好"}, "touser": "oSomebodyElse"},
        {"msgtype": "text", "text": {"content": "您好"}, "\ud800": 1},
        {"msgtype": "text", "text": {"content": 1.5}},
        {"msgtype": "text", "text": {"content": None}},
        {"msgtype": "text", "text": {"content": "\ud800"}},
        {"msgtype": "text", "text": {"content": "x" * 20_000}},
        {"msgtype": "text", "text": {"content": 2**70}},
        {"msgtype": "text", "text": {"content": [[[[[["deep"]]]]]]}},
    ],
)
def test_a_customer_service_message_that_wechat_would_not_take_is_refused(body: Any) -> None:
    assert flaws(channel="kefu", template=None, data=None, body=body) == ["body"]


def test_a_field_that_does_not_exist_is_named_if_it_can_be_shown() -> None:
    assert flaws(dat={"thing1": "x"}) == ["dat"]
    assert flaws(**{"\ud800": 1, "x" * 50: 1}) == ["（其他字段）", "（其他字段）"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert flaws(openid=None, kind="K", urgent="yes") == ["openid", "kind", "urgent"]


@pytest.mark.parametrize("event", [None, [], "event", 5, True])
def test_what_is_no_object_is_no_event(event: object) -> None:
    assert intake.read(event, now=NOON) == (Flaw("", "应当是一个 JSON 对象"),)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
EVENTS = st.dictionaries(st.sampled_from((*intake._READERS, "other")), JSON)


@given(EVENTS, st.booleans())
def test_no_event_is_ever_more_than_planned_or_refused(event: dict[str, Any], is_near: bool) -> None:
    found = intake.read(an_order(OPENID, **event) if is_near else event, now=NOON)

    if isinstance(found, Intent):
        serialize(found.content.to_item())
        found.key.encode()
    else:
        assert all(flaw.message for flaw in found)
        "".join(flaw.field + flaw.message for flaw in found).encode()
