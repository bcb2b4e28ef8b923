"""Where requests come in."""

import json
from dataclasses import replace

import pytest

from chalicelib.callbacks import edge
from chalicelib.web import BROKEN, FORBIDDEN, TOO_LARGE, UNKNOWN, Request, serve
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.shop import an_account


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop()


def test_wechats_check_of_the_address_gets_its_echostr_back(shop: MemoryShop) -> None:
    assert shop.world.simulator.verify("shop").ok


def test_a_check_that_is_not_wechats_is_refused(shop: MemoryShop) -> None:
    query = {"signature": ("0" * 40,), "timestamp": ("1772589600",), "nonce": ("n",), "echostr": ("hello",)}

    assert edge.verify(Request("shop", query)) == FORBIDDEN
    assert edge.verify(Request("nobody", query)) == UNKNOWN


def test_a_large_body_is_refused_unread_for_whatever_account(shop: MemoryShop) -> None:
    assert edge.receive(Request("nobody", {}, b"x" * 65_537)) == TOO_LARGE


def test_an_unknown_account_is_not_found(shop: MemoryShop) -> None:
    assert edge.receive(Request("nobody", {}, b"x" * 65_536)) == UNKNOWN


def test_a_malformed_account_is_refused_like_a_forged_request(shop: MemoryShop) -> None:
    shop.world.parameters.values[shop.world.runtime.settings.account_parameter("broken")] = "{}"

    assert edge.receive(Request("broken", {})) == FORBIDDEN
    assert edge.verify(Request("broken", {})) == FORBIDDEN


@pytest.mark.parametrize(
    "body",
    [b"", b"<!DOCTYPE xml><xml/>", b'<!ENTITY a "b">', "<xml>中文</xml>".encode(), b"\xff", b"<xml/>"],
    ids=["nothing", "dtd", "entity", "chinese", "no utf-8", "no signature"],
)
def test_a_body_that_safe_mode_never_has_is_refused(shop: MemoryShop, body: bytes) -> None:
    assert edge.receive(Request("shop", {}, body)) == FORBIDDEN


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_follower_is_answered_in_every_mode(shop: MemoryShop, mode: str) -> None:
    account = an_account(f"in-{mode}", mode=mode, callback_url=f"http://memory.invalid/wechat/in-{mode}")
    shop.world.add_account(account, data_key="0" * 64)
    openid = shop.world.simulator.add_follower(account.account)

    outcome = shop.world.simulator.follow(openid)

    assert outcome.saw[0]["type"] == "text"


def test_the_key_that_is_being_replaced_still_opens_and_seals(shop: MemoryShop) -> None:
    old = an_account("rotating", callback_url="http://memory.invalid/wechat/rotating")
    new = replace(old, aes_key="Z" * 42 + "E", previous_aes_key=old.aes_key)
    shop.world.add_account(new, data_key="0" * 64)
    name = shop.world.runtime.settings.account_parameter("rotating")
    text = shop.world.parameters.values[name]
    shop.world.parameters.values[name] = text.replace("}", f', "previous_aes_key": "{old.aes_key}"}}')
    shop.world.simulator.add_fault("previous_key", account="rotating")

    outcome = shop.world.simulator.follow(shop.world.simulator.add_follower("rotating"))

    assert [delivery.status for delivery in outcome.deliveries] == [200]
    assert outcome.saw[0]["type"] == "text"


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_until_the_console_knows_the_new_token_followers_are_answered_under_the_old_one(
    shop: MemoryShop, mode: str
) -> None:
    name = f"resigning-{mode}"
    account = an_account(name, mode=mode, callback_url=f"http://memory.invalid/wechat/{name}")
    shop.world.add_account(account, data_key="0" * 64)
    parameter = shop.world.runtime.settings.account_parameter(name)
    rotated = {"token": "theNewToken", "previous_token": account.token}
    fields = json.loads(shop.world.parameters.values[parameter]) | rotated
    shop.world.parameters.values[parameter] = json.dumps(fields)

    outcome = shop.world.simulator.follow(shop.world.simulator.add_follower(name))

    assert [delivery.status for delivery in outcome.deliveries] == [200]
    assert outcome.saw[0]["type"] == "text"


def test_a_request_outside_of_any_invocation_is_answered_as_broken(shop: MemoryShop) -> None:
    from chalice.app import Chalice

    answer = serve(Chalice("empty", configure_logs=False), "shop", edge.receive)

    assert (answer.status_code, answer.body) == (BROKEN.status, "")


def test_who_leaves_is_answered_with_silence(shop: MemoryShop) -> None:
    openid = shop.world.simulator.add_follower("shop")
    shop.world.simulator.follow(openid)

    outcome = shop.world.simulator.unfollow(openid)

    assert [delivery.status for delivery in outcome.deliveries] == [200]
    assert outcome.saw == ()


def test_an_event_about_the_account_makes_nobody_a_member(shop: MemoryShop) -> None:
    openid = shop.world.simulator.add_follower("shop")

    outcome = shop.world.simulator.act(openid, "event", {"Event": "annual_renew", "ExpiredTime": "1"})

    assert [delivery.status for delivery in outcome.deliveries] == [200]
    assert shop.member(openid) is None
    assert [entry["what"]["S"] for entry in shop.journal("noted")] == ["event.annual_renew"]


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
@pytest.mark.parametrize("text", ["<!DOCTYPE html>", '<!ENTITY a "b">', "<Encrypt>AAAA</Encrypt>", "<" * 300, "]]>"])
def test_a_follower_may_write_what_looks_like_an_attack(shop: MemoryShop, mode: str, text: str) -> None:
    """Otherwise anyone could silence the account: refused messages open WeChat's circuit breaker."""
    account = an_account(f"in-{mode}", mode=mode, callback_url=f"http://memory.invalid/wechat/in-{mode}")
    shop.world.add_account(account, data_key="0" * 64)
    openid = shop.world.simulator.add_follower(account.account)
    shop.world.simulator.follow(openid)

    outcome = shop.say(openid, text)

    assert [delivery.status for delivery in outcome.deliveries] == [200]
    assert outcome.saw[0]["type"] == "text"
