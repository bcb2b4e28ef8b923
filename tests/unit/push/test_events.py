"""What another system meets when it asks for pushes."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib.push import events, signing
from chalicelib.push.events import AWAY, MOST_BYTES
from chalicelib.web import FORBIDDEN, TOO_LARGE, Request
from infra.local.memory.faults import Crashed, Fault
from tests.support.events import FIELDS, KEY, SECRET, TEMPLATE, an_order, give_key, post, results, signed
from tests.support.logs import logged
from tests.support.memory import MemoryShop, a_memory_shop


@pytest.fixture
def shop() -> MemoryShop:
    """With one event key, and one template."""
    shop = a_memory_shop()
    give_key(shop)
    shop.simulator.add_template(shop.account, TEMPLATE, "订单配送通知", FIELDS)
    return shop


def pushes(shop: MemoryShop) -> list[Mapping[str, Any]]:
    return shop.world.items(f"P#{shop.account}#")


def cards(shop: MemoryShop, openid: str) -> list[Mapping[str, Any]]:
    return [message for message in shop.simulator.inbox(openid) if message["type"] == "template"]


def test_a_notice_that_is_asked_for_five_times_is_read_once(shop: MemoryShop) -> None:
    openid = shop.follower()

    answers = [post(shop, an_order(openid)) for _ in range(5)]
    shop.world.rest(minutes=5)

    assert [answer.status for answer in answers] == [202] * 5
    told = [results(answer)[0] for answer in answers]
    assert [one["outcome"] for one in told] == ["planned", "known", "known", "known", "known"]
    assert len({one["push_id"] for one in told}) == 1
    (card,) = cards(shop, openid)
    assert card["template_id"] == TEMPLATE
    assert card["data"]["thing2"]["value"] == "草莓两盒"


def test_bad_events_do_not_sink_good_ones(shop: MemoryShop) -> None:
    openid = shop.follower()
    advert = an_order(openid, key="3", data={"thing2": "满减红包"})
    product = an_order(openid, key="4", **{"class": "product"})
    misfit = an_order(openid, key="5", data={"time3": "一会儿"})
    batch = [an_order(openid, key="1"), an_order(openid, kind=None, url="x"), "nonsense", advert, product, misfit,
             an_order(openid, key="2"), an_order(openid, key="2")]  # fmt: skip

    answer = post(shop, {"events": batch})

    assert answer.status == 202
    told = results(answer)
    assert [(one["outcome"], one.get("reason", "")) for one in told] == [
        ("planned", ""),
        ("refused", "invalid"),
        ("refused", "invalid"),
        ("refused", "marketing_words"),
        ("refused", "class_not_allowed"),
        ("refused", "template_fields"),
        ("planned", ""),
        ("known", ""),
    ]
    assert told[1]["message"] == "kind：必须填写；url：应当是 http 或 https 网址"
    assert [error["field"] for error in told[1]["errors"]] == ["kind", "url"]
    assert told[3]["message"] == "模板消息里有营销用语"
    assert told[5]["message"] == "内容与模板字段不符（time3：内容不符合字段类型）"
    assert told[5]["errors"] == [{"field": "data", "message": "time3：内容不符合字段类型"}]
    assert len(pushes(shop)) == 2


def test_once_the_accounts_templates_are_known_a_notice_must_fit_them(shop: MemoryShop) -> None:
    openid = shop.follower()
    post(shop, an_order(openid, key="first"))
    shop.world.rest(minutes=2)

    told = results(
        post(
            shop,
            {
                "events": [
                    an_order(openid, key="1", template="order-shiped"),
                    an_order(openid, key="2", data={"thing2": "草莓"}),
                    an_order(openid, key="3"),
                ]
            },
        )
    )

    assert [(one["outcome"], one["message"]) for one in told] == [
        ("refused", "没有这个模板（order-shiped）"),
        ("refused", "内容与模板字段不符（character_string1：缺少这个字段；time3：缺少这个字段）"),
        ("planned", "已登记，到时发送"),
    ]


def test_a_customer_service_message_needs_no_template(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.say(openid, "几点开门")

    answer = post(shop, {"openid": openid, "kind": "order.note", "key": "1", "channel": "kefu", "text": "已备好货"})
    shop.world.rest(minutes=5)

    assert results(answer)[0]["outcome"] == "planned"
    assert shop.simulator.inbox(openid)[-1]["text"] == "已备好货"


def test_a_request_of_which_nothing_can_be_planned_says_so_by_its_status(shop: MemoryShop) -> None:
    answer = post(shop, an_order(shop.follower(), key=None))

    assert answer.status == 400
    assert results(answer)[0]["errors"] == [{"field": "key", "message": "必须填写"}]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b"\xff", ""),
        (b'{"urgent": NaN}', ""),
        (b'{"events":' * 50_000, ""),
        (b'{"events": {}}', "events"),
        (b'{"events": []}', "events"),
        (b'{"events": [{}], "kind": "x"}', "events"),
        (json.dumps({"events": [{}] * 101}).encode(), "events"),
    ],
    ids=["nothing", "half", "list", "no utf-8", "nan", "deep", "no list", "none", "both", "too many"],
)  # fmt: skip
def test_a_body_that_has_no_events_is_told_what_is_wrong(shop: MemoryShop, body: bytes, field: str) -> None:
    answer = post(shop, body[:MOST_BYTES])

    assert (answer.status, answer.content_type) == (400, "application/json")
    (error,) = json.loads(answer.body)["errors"]
    assert error["field"] == field
    assert error["message"]


def test_a_large_body_is_refused_unread(shop: MemoryShop) -> None:
    body = b" " * MOST_BYTES

    assert post(shop, body).status == 400
    assert post(shop, body + b" ") == TOO_LARGE
    assert events.receive(Request("nobody", {}, body + b" ")) == TOO_LARGE


def strangers(shop: MemoryShop) -> Iterator[Request]:
    now = shop.world.clock.now()
    good = signed({}, at=now)
    yield Request("shop", {}, b"{}")
    yield Request("nobody", {}, b"{}")
    yield signed({}, at=now, account="nobody")
    yield signed({}, at=now, account="no/account")
    yield signed({}, at=now, account="keyless")
    yield signed({}, at=now, account="broken")
    yield signed({}, at=now, key="nobody")
    yield signed({}, at=now, key="nobody", secret=signing.NOBODYS)
    yield signed({}, at=now, secret="0" * 64)
    yield Request("shop", {}, b"{} ", good.headers)
    yield Request("shop", {}, b"{}", {**good.headers, signing.TIMESTAMP: "1"})


def test_strangers_are_all_refused_alike_and_nothing_is_written_or_read(shop: MemoryShop) -> None:
    broken = shop.world.runtime.settings.event_parameter("broken")
    shop.world.parameters.values[broken] = json.dumps({KEY: SECRET[:-1]})
    calls = shop.world.faults.calls

    with logged() as written:
        answers = {events.receive(request) for request in strangers(shop)}

    assert answers == {FORBIDDEN}
    assert FORBIDDEN.body == ""
    assert shop.world.faults.calls == calls
    assert SECRET[:-1] not in written.text
    assert {line["message"] for line in written.lines if "message" in line} == {
        "events.refused",
        "credentials.malformed",
    }


def test_an_account_whose_credentials_are_gone_is_refused(shop: MemoryShop) -> None:
    keys = shop.world.runtime.settings.event_parameter("gone")
    shop.world.parameters.values[keys] = json.dumps({KEY: SECRET})

    assert events.receive(signed({}, at=shop.world.clock.now(), account="gone")) == FORBIDDEN


def test_a_revoked_key_opens_nothing_after_a_minute_and_a_new_one_does(shop: MemoryShop) -> None:
    openid = shop.follower()
    assert post(shop, an_order(openid)).status == 202

    give_key(shop, another="1b" * 32)
    shop.world.clock.advance(60)

    assert post(shop, an_order(openid)) == FORBIDDEN
    again = signed(an_order(openid), at=shop.world.clock.now(), key="another", secret="1b" * 32)
    assert results(events.receive(again))[0]["outcome"] == "known"


def test_while_the_table_is_away_the_sender_is_asked_to_come_again(shop: MemoryShop) -> None:
    openid = shop.follower()
    batch = {"events": [an_order(openid, key=str(number)) for number in range(5)]}
    post(shop, an_order(openid, key=None))
    shop.world.faults.interrupt(lambda: shop.world.faults.shares.update({Fault.UNREACHED: 1.0}), skip=4)

    away = post(shop, batch)
    shop.world.faults.stop()
    again = post(shop, batch)

    assert away == AWAY
    assert away.retry_after > 0
    assert [one["outcome"] for one in results(again)] == ["known", "known", "planned", "planned", "planned"]
    shop.world.rest(minutes=10)
    assert len(cards(shop, openid)) == 5


@pytest.mark.parametrize("moment", range(8))
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.TIMEOUT_AFTER, Fault.CONFLICT])
def test_whatever_breaks_while_it_is_asked_for_each_follower_reads_it_once(
    shop: MemoryShop, fault: Fault, moment: int
) -> None:
    openids = [shop.follower() for _ in range(4)]
    shop.world.rest()
    batch = {"events": [an_order(openid) for openid in openids]}
    shop.world.faults.plan(fault, skip=moment)

    with suppress(Crashed):
        post(shop, batch)
    shop.world.restart()
    again = results(post(shop, batch))
    shop.world.rest(minutes=30)

    assert {one["outcome"] for one in again} <= {"planned", "known"}
    assert len(pushes(shop)) == 4
    assert [len(cards(shop, openid)) for openid in openids] == [1, 1, 1, 1]


def test_the_log_tells_the_key_and_the_numbers_and_no_follower(shop: MemoryShop) -> None:
    openid = shop.follower()

    with logged() as written:
        post(shop, {"events": [an_order(openid), {"openid": openid, "text": "私事"}]})

    (line,) = [line for line in written.lines if line.get("message") == "events.taken"]
    assert (line["account"], line["key"], line["planned"], line["refused"]) == ("shop", KEY, 1, 1)
    assert openid not in written.text
    assert "私事" not in written.text
    assert "草莓" not in written.text


def test_the_door_is_open_to_json_alone(shop: MemoryShop) -> None:
    request = signed(an_order(shop.follower()), at=shop.world.clock.now())

    with Client(app, stage_name="memory") as client:
        asked = client.http.post(
            "/events/shop", body=request.body, headers=headers(request, "application/json; charset=utf-8")
        )
        form = client.http.post(
            "/events/shop", body=request.body, headers=headers(request, "application/x-www-form-urlencoded")
        )

    assert asked.status_code == 202
    assert asked.headers["Content-Type"] == "application/json"
    assert json.loads(asked.body)["results"][0]["outcome"] == "planned"
    assert form.status_code == 415


def test_the_door_says_when_to_come_again(shop: MemoryShop) -> None:
    request = signed(an_order(shop.follower()), at=shop.world.clock.now())
    shop.world.faults.shares[Fault.UNREACHED] = 1.0

    with Client(app, stage_name="memory") as client:
        away = client.http.post("/events/shop", body=request.body, headers=headers(request, "application/json"))

    assert (away.status_code, away.body, away.headers["Retry-After"]) == (503, b"", "5")


def headers(request: Request, content_type: str) -> dict[str, str]:
    return {**request.headers, "Content-Type": content_type}
