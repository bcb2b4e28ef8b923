"""Whether a notice fits its template: told before it is planned."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.sending.intents import Intent
from chalicelib.sending.templates import SYNC, current, problems
from chalicelib.store import templates as stored
from chalicelib.store.push import Channel, Content
from chalicelib.store.templates import Field, Template, Templates
from tests.builders import ACCOUNT, NOON, OPENID
from tests.support.logs import logged
from tests.support.workroom import Workroom

ORDER = Template(
    "order",
    "订单通知",
    "template",
    (Field("character_string1", "订单号"), Field("enum2", "状态", ("已发货", "已签收"))),
)
OLD = Template("old", "支付", "template", (Field("first", ""), Field("keyword1", "金额"), Field("remark", "")))
ARRIVALS = Template("arrivals", "到货", "subscribe", (Field("thing1", "商品"),), long_term=True)
KNOWN = Templates(ACCOUNT, (ORDER, OLD, ARRIVALS), NOON)


def a_notice(template: str = "order", channel: Channel = "template", **data: str) -> Intent:
    return Intent(OPENID, "order.shipped", "A-1", channel, "service", Content(template, data))


def test_a_notice_that_fits_its_template_has_no_problem() -> None:
    notice = a_notice(character_string1="A-1001", enum2="已发货")

    assert problems(notice, KNOWN) == ()


def test_a_template_that_the_account_does_not_have_is_named() -> None:
    (problem,) = problems(a_notice("invoice", thing1="发票"), KNOWN)

    assert problem == ("template_unknown", "invoice")


def test_a_subscription_template_is_none_for_service_notices() -> None:
    (problem,) = problems(a_notice("arrivals", thing1="新茶"), KNOWN)

    assert problem.reason == "template_unknown"
    assert problems(a_notice("arrivals", "subscribe", thing1="新茶"), KNOWN) == ()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"character_string1": "A-1"}, "enum2"),
        ({"character_string1": "A-1", "enum2": "丢了"}, "enum2"),
        ({"character_string1": "订单一", "enum2": "已发货"}, "character_string1"),
        ({"character_string1": "A-1", "enum2": "已发货", "thing9": "多余"}, "thing9"),
    ],
)
def test_what_wechat_would_refuse_is_named_field_by_field(data: dict[str, str], field: str) -> None:
    notice = replace(a_notice(), content=Content("order", data))

    (problem,) = problems(notice, KNOWN)

    assert problem.reason == "template_fields"
    assert field in problem.detail


def test_lines_that_old_templates_show_no_more_need_not_be_filled_in() -> None:
    assert problems(a_notice("old", keyword1="9.90元"), KNOWN) == ()
    assert problems(a_notice("old", keyword1="9.90元", first="您好"), KNOWN) == ()


def test_a_customer_service_message_needs_no_template() -> None:
    notice = Intent(OPENID, "reply", "1", "kefu", "service", Content(body={"msgtype": "text"}))

    assert problems(notice, KNOWN) == ()


def test_without_a_list_of_templates_the_types_in_the_keys_are_looked_at() -> None:
    assert problems(a_notice("whichever", thing1="发货", number2="3"), None) == ()

    (problem,) = problems(a_notice("whichever", number2="三"), None)

    assert (problem.reason, "number2" in problem.detail) == ("template_fields", True)


def test_an_account_whose_templates_were_never_fetched_has_them_fetched_and_says_so() -> None:
    room = Workroom()

    with logged() as said:
        known = current(room.table, ACCOUNT, queues=room.queues, now=room.now)

    assert known is None
    assert room.wakeups() == [f"J#{ACCOUNT}#{SYNC}-2026-03-04"]
    assert [line["message"] for line in said.lines] == ["push.templates_not_known"]


def test_they_are_asked_for_once_a_day_however_many_notices_come_in() -> None:
    room = Workroom()

    for _ in range(5):
        current(room.table, ACCOUNT, queues=room.queues, now=room.now)

    assert len(room.wakeups()) == 1


@pytest.mark.parametrize(("days", "is_trusted", "asks"), [(0, True, 0), (1, True, 1), (6, True, 1), (7, False, 1)])
def test_a_list_serves_for_a_week_and_is_fetched_anew_each_day(days: int, is_trusted: bool, asks: int) -> None:
    room = Workroom()
    room.holds(KNOWN.put())

    known = current(room.table, ACCOUNT, queues=room.queues, now=NOON + timedelta(days=days))

    assert (known is not None, len(room.wakeups())) == (is_trusted, asks)


def test_templates_are_read_from_the_table_as_they_were_written() -> None:
    room = Workroom()

    room.holds(KNOWN.put())

    assert stored.find(room.table, ACCOUNT) == KNOWN
