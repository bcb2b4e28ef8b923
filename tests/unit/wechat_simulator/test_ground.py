"""Clock, accounts, switches, markup and the wire log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra.local.wechat_simulator import Clock, Refused, Switches, markup
from infra.local.wechat_simulator.account import generated
from infra.local.wechat_simulator.arguments import Arguments
from infra.local.wechat_simulator.changes import Changes
from infra.local.wechat_simulator.faults import ALL_FAULTS
from infra.local.wechat_simulator.markup import BadMarkup
from infra.local.wechat_simulator.platform_acts import ALL_ACTS
from infra.local.wechat_simulator.switches import reasons
from infra.local.wechat_simulator.wire_log import WireLog, masked
from tests.unit.wechat_simulator.stage import NOON, Stage, an_account


def test_a_frozen_clock_moves_only_when_told() -> None:
    clock = Clock(start=NOON, frozen=True)

    clock.advance(90)

    assert clock.now() == NOON + timedelta(seconds=90)
    assert clock.now() == clock.now()


def test_a_running_clock_starts_where_it_is_told_to() -> None:
    clock = Clock(start=NOON)

    clock.advance(3600)

    assert timedelta(hours=1) <= clock.now() - NOON < timedelta(hours=1, seconds=5)
    assert Clock().offset_seconds == 0


def test_the_clock_can_jump_back_and_tells_its_subscribers_each_time() -> None:
    clock, calls = Clock(start=NOON, frozen=True), []
    clock.subscribe(lambda: calls.append(clock.now()))

    clock.set(NOON - timedelta(days=1))
    clock.advance(0)

    assert calls == [NOON - timedelta(days=1)] * 2
    assert abs(clock.offset_seconds - (clock.now() - datetime.now(UTC)).total_seconds()) < 5


def test_the_clock_refuses_to_advance_backwards_and_naive_times() -> None:
    clock = Clock(start=NOON, frozen=True)

    with pytest.raises(ValueError, match="zero or more"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="aware"):
        clock.set(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive time that is refused


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"appid": ""}, "appid"),
        ({"mode": "other"}, "mode"),
        ({"callback_url": "ftp://x"}, "callback_url"),
        ({"aes_key": "short"}, "43"),
        ({"aes_key": "!" * 43}, "43"),
        ({"aes_key": ""}, "43"),
        ({"previous_aes_key": "short"}, "43"),
    ],
)
def test_an_account_with_senseless_settings_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        an_account(**given)


def test_an_account_in_plain_mode_needs_no_key() -> None:
    assert an_account(mode="plain", aes_key="").key == b""


def test_a_generated_account_has_the_real_shapes() -> None:
    account = generated(Random(1), account="shop", callback_url="http://127.0.0.1/")

    assert account.appid.startswith("wx")
    assert (len(account.appid), len(account.secret), len(account.aes_key)) == (18, 32, 43)
    assert account.name == "shop"
    assert account.aes_key.isalnum()
    assert len(account.key) == 32


def test_two_accounts_cannot_share_an_appid() -> None:
    stage = Stage()

    with pytest.raises(Refused, match="appid"):
        stage.simulator.add_account(an_account(account="other"))


def test_settings_of_an_account_change_and_its_followers_stay() -> None:
    stage = Stage()
    openid = stage.person()

    stage.simulator.add_account(an_account(name="新店名"))

    assert [account.name for account in stage.simulator.accounts] == ["新店名"]
    assert stage.follower(openid)["following"] is True


def test_an_openid_is_given_once() -> None:
    stage = Stage()
    openid = stage.simulator.add_follower("demo", openid="o" * 28)

    with pytest.raises(Refused):
        stage.simulator.add_follower("demo", openid=openid)


def test_switches_are_set_from_json_in_the_type_of_their_default() -> None:
    switches = Switches().changed(
        {
            "deliveries": 4,
            "retry_spacing_seconds": 1,
            "error_text": "x",
            "retry_bad_status": False,
            "message_window": [20, 100],
            "marketing_words": ["抽奖"],
            "daily_limits": {"/cgi-bin/user/get": 1},
        }
    )

    assert switches.deliveries == 4
    assert switches.retry_spacing_seconds == 1.0
    assert list(switches.message_window) == [20, 100]
    assert switches.daily_limits["/cgi-bin/user/get"] == 1
    assert switches.daily_limits["/cgi-bin/token"] == 2000
    assert switches.as_json()["marketing_words"] == ["抽奖"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("deliveries", "4"),
        ("deliveries", True),
        ("deliveries", -1),
        ("deliveries", 10**400),
        ("retry_spacing_seconds", float("nan")),
        ("message_window", [5, float("inf")]),
        ("retry_bad_status", 1),
        ("error_text", 5),
        ("message_window", ["a"]),
        ("marketing_words", [1]),
        ("daily_limits", {"/x": "1"}),
        ("no_such_switch", 1),
    ],
)
def test_a_switch_refuses_a_value_of_another_type(name: str, value: object) -> None:
    with pytest.raises(Refused, match=name):
        Switches().changed({name: value})


def test_every_switch_says_why_it_exists() -> None:
    assert set(reasons()) == set(Switches().as_json())
    assert all(reasons().values())


def test_markup_is_read_as_it_was_written() -> None:
    fields: dict[str, Any] = {"A": "x ]]> & <y>", "N": 5, "L": {"List": [{"T": "1"}, {"T": "2"}, {"T": "3"}]}, "E": ""}

    tree = markup.read(markup.write(fields).encode())

    assert tree == {"A": "x ]]> & <y>", "N": "5", "L": {"List": [{"T": "1"}, {"T": "2"}, {"T": "3"}]}, "E": ""}


def test_markup_drops_what_xml_cannot_carry() -> None:
    assert markup.read(markup.write({"A": "a\x00b\ud800c"}).encode()) == {"A": "abc"}


@pytest.mark.parametrize(
    "document",
    [b"", b"{}", b"<html><a/></html>", b"<xml>text</xml>", b"<!DOCTYPE xml><xml><a/></xml>", b"<xml><a></xml>"],
)
def test_markup_that_wechat_would_not_read_is_refused(document: bytes) -> None:
    with pytest.raises(BadMarkup):
        markup.read(document)


def test_the_wire_log_keeps_the_newest_and_filters_by_account() -> None:
    log = WireLog(kept=3)
    for number in range(5):
        log.add("api", NOON, account="a" if number % 2 else "", title=str(number), error=None)
    log.add("api", NOON, account="b", title="other")

    assert [entry["title"] for entry in log.entries()] == ["3", "4", "other"]
    assert [entry["title"] for entry in log.entries(account="a")] == ["3", "4"]
    assert [entry["title"] for entry in log.entries(after=log.last - 1)] == ["other"]
    assert "error" not in log.entries()[0]


def test_secrets_are_masked_and_long_lists_are_cut() -> None:
    told = masked({"access_token": "x" * 40, "secret": "short", "touser": ["o"] * 300, "list": [{"secret": 1}]})

    assert told["access_token"] == "xxxx…"
    assert told["secret"] == "…"
    assert told["touser"][-1] == "…（共 300 项）"
    assert told["list"] == [{"secret": 1}]


def test_changes_of_one_kind_melt_into_one() -> None:
    changes = Changes()
    with changes.listening() as listener:
        changes.tell("chat", {"o1": 1})
        changes.tell("chat", {"o2": 2})
        changes.tell("log", 1)
        changes.tell("log", 2)
        changes.tell_version("followers")

        assert listener.wait(1) == {"chat": {"o1": 1, "o2": 2}, "log": 2, "followers": 1}
        assert listener.wait(0) == {}
        changes.close()
        assert listener.wait(60) == {}


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("text", None),
        ("text", True),
        ("words", "  "),
        ("number", "1"),
        ("number", float("nan")),
        ("number", 10**400),
        ("flag", 1),
        ("texts", "a"),
        ("texts", [None]),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused_by_name(method: str, value: object) -> None:
    with pytest.raises(Refused, match="field"):
        getattr(Arguments({"field": value}), method)("field")


def test_a_number_serves_as_text() -> None:
    assert Arguments({"scene": 5}).text("scene") == "5"


def test_the_readme_names_every_switch_fault_and_act() -> None:
    readme = (Path(__file__).parents[3] / "infra/local/wechat_simulator/README.md").read_text("utf-8")
    named = [*Switches().as_json(), *ALL_FAULTS]

    assert [name for name in named if f"| `{name}` |" not in readme] == []
    assert [act for act in ALL_ACTS if f"`{act}" not in readme] == []
