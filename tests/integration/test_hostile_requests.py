"""Whoever is not WeChat learns nothing, and nothing is written for them."""

import json
import logging
from collections.abc import Mapping
from io import StringIO
from typing import Any, Self

import pytest
import requests

from chalicelib.door import log
from infra.local.wechat_simulator import Outcome
from tests.support.shop import Shop, add_shop, an_account

SECRET_WORDS = "一句只有粉丝知道的话"


def written(shop: Shop) -> list[str]:
    """Every member, receipt, journal entry, job and tombstone of the account."""
    kinds = tuple(f"{kind}#{shop.account}#" for kind in "MRLJT")
    items = [item for item in shop.items() if item["pk"]["S"].startswith(kinds)]
    return sorted(f"{item['pk']['S']} {item['sk']['S']} {item.get('version')}" for item in items)


FAULTS: Mapping[str, tuple[int, Mapping[str, Any]]] = {
    "forged_signature": (403, {}),
    "stale_timestamp": (403, {}),
    "truncated": (403, {}),
    "oversized": (413, {}),
    "doctype": (403, {"where": "outer"}),
    "doctype inside": (403, {"where": "inner"}),
    "not_utf8": (403, {"where": "outer"}),
    "not_utf8 inside": (403, {"where": "inner"}),
    "wrong_appid": (403, {}),
    "bad_padding": (403, {}),
    "missing_query": (403, {"name": "nonce"}),
    "missing_query timestamp": (403, {"name": "timestamp"}),
    "missing_query msg_signature": (403, {"name": "msg_signature"}),
    "duplicate_query": (403, {"name": "nonce"}),
    "duplicate_query msg_signature": (403, {"name": "msg_signature"}),
    "wrong_content_type": (415, {}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_delivery_is_refused_without_a_trace_in_the_table(shop: Shop, name: str) -> None:
    status, settings = FAULTS[name]
    openid = shop.follower()
    shop.quiet()
    before = written(shop)
    shop.world.simulator.add_fault(name.split()[0], times=3, **settings)

    with listening() as lines:
        outcome = shop.say(openid, SECRET_WORDS)
    shop.world.simulator.clear_faults()

    assert {delivery.status for delivery in outcome.deliveries} == {status}
    assert written(shop) == before
    assert_one_line_each(lines, outcome, expected=status != 415)


def test_all_refusals_look_the_same(shop: Shop) -> None:
    bodies = [b"", b"<xml/>", b"nonsense", b"<xml><Encrypt><![CDATA[AAAA]]></Encrypt></xml>", b"\xff\xfe"]
    url = shop.world.callback_url(shop.account)

    answers = {
        (answer.status_code, answer.text, answer.headers.get("Content-Type"))
        for answer in (
            requests.post(url, data=body, headers={"Content-Type": "text/xml"}, timeout=5) for body in bodies
        )
    }

    assert answers == {(403, "", "text/plain")}


@pytest.mark.parametrize("path", ["nobody", "SHOP", "shop%2F..", "-shop", "a" * 40, "%E5%BA%97"])
def test_an_account_that_is_not_ours_is_not_found(shop: Shop, path: str) -> None:
    answer = requests.post(
        f"{shop.world.gateway.url}/wechat/{path}", data=b"<xml/>", headers={"Content-Type": "text/xml"}, timeout=5
    )

    assert (answer.status_code, answer.text) == (404, "")


@pytest.mark.parametrize(
    ("name", "value"),
    {
        "no json": "{",
        "no object": "[]",
        "appid": json.dumps({"token": "abc", "aes_key": "a" * 43, "data_key": "0" * 64}),
        "aes_key": json.dumps(
            {"appid": "wx0123456789abcdef", "token": "abc", "aes_key": "short", "data_key": "0" * 64}
        ),
        "mode": json.dumps(
            {"appid": "wx0123456789abcdef", "token": "abc", "aes_key": "a" * 43, "data_key": "0" * 64, "mode": "open"}
        ),
    }.items(),
)
def test_malformed_credentials_are_refused_and_named_in_the_log(shop: Shop, name: str, value: str) -> None:
    account = f"broken-{name.replace(' ', '-').replace('_', '-')}"
    parameter = shop.world.runtime.settings.account_parameter(account)
    shop.world.put_parameter(parameter, value)

    with listening() as lines:
        answer = requests.post(
            shop.world.callback_url(account), data=b"<xml/>", headers={"Content-Type": "text/xml"}, timeout=5
        )

    assert (answer.status_code, answer.text) == (403, "")
    problem = [line for line in lines if line["message"] == "credentials.malformed"]
    assert len(problem) == 1
    assert parameter in problem[0]["problem"]
    assert name.startswith("no ") or name in problem[0]["problem"]


def test_a_plain_delivery_is_refused_where_the_account_demands_encryption(shop: Shop) -> None:
    running = add_shop(shop.world, an_account("strict"))
    openid = running.follower(scene=None)
    plain = an_account("strict", mode="plain", callback_url=shop.world.callback_url("strict"))
    shop.world.simulator.add_account(plain)

    outcome = shop.world.simulator.follow(openid)

    assert {delivery.status for delivery in outcome.deliveries} == {403}
    assert running.member(openid) is None


class listening:  # noqa: N801 - reads as a verb
    """What the app logs meanwhile, one dict per line."""

    def __enter__(self) -> Self:
        self._stream = StringIO()
        self._handler = logging.StreamHandler(self._stream)
        self._handler.setFormatter(log.handlers[0].formatter)
        logging.getLogger("huiyuan").addHandler(self._handler)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("huiyuan").removeHandler(self._handler)
        self._lines = [json.loads(line) for line in self._stream.getvalue().splitlines()]

    def __iter__(self) -> Any:
        return iter(self._lines)


def assert_one_line_each(lines: listening, outcome: Outcome, *, expected: bool) -> None:
    """One line per refused delivery, and nothing in it of what the follower wrote. 415 is the gateway's own."""
    refused = [line for line in lines if line["message"] == "callback.refused"]
    assert len(refused) == (len(outcome.deliveries) if expected else 0)
    assert SECRET_WORDS not in json.dumps(list(lines), ensure_ascii=False)
