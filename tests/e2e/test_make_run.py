"""What `make run` brings up, met through the control API as any other client would."""

from collections.abc import Iterator
from time import monotonic

import pytest
import requests

from tests.support.running import Running, free_ports, make_run, start


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with make_run() as system:
        yield system


def test_it_is_ready_within_twenty_seconds_and_ctrl_c_ends_it_cleanly() -> None:
    begin = monotonic()

    with make_run() as system:
        seconds = monotonic() - begin
        code, output = system.interrupt()

    assert seconds < 20
    assert code == 0
    assert "已停止" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("variable", ["HUIYUAN_APP_PORT", "HUIYUAN_WECHAT_PORT", "HUIYUAN_AWS_PORT"])
def test_a_taken_port_is_named_together_with_the_variable_to_set(running: Running, variable: str) -> None:
    app, wechat, aws = free_ports(3)
    ports = {"HUIYUAN_APP_PORT": str(app), "HUIYUAN_WECHAT_PORT": str(wechat), "HUIYUAN_AWS_PORT": str(aws)}
    taken = running.app.rsplit(":", 1)[1]

    process = start({**ports, variable: taken})
    output, _ = process.communicate(timeout=30)

    assert process.returncode == 2
    assert taken in output
    assert variable in output


def test_a_port_that_is_no_number_is_named(running: Running) -> None:
    process = start({"HUIYUAN_APP_PORT": "eighty"})

    output, _ = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "HUIYUAN_APP_PORT=eighty" in output


def test_the_demo_account_has_a_menu_two_channels_and_ten_followers(running: Running) -> None:
    accounts = running.get("/sim/accounts")

    assert [account["account"] for account in accounts] == ["demo"]
    assert set(accounts[0]) >= {"appid", "secret", "token", "aes_key", "gh_id", "mode", "callback_url"}
    assert len(running.get("/sim/followers?account=demo")) >= 10
    assert len(running.get("/sim/menu?account=demo")["button"]) == 3
    assert {code["scene"] for code in running.get("/sim/qrcodes?account=demo")} == {"store-01", "flyer-03"}


def test_a_follower_is_driven_by_the_control_api(running: Running) -> None:
    openid = running.post("/sim/followers", {"account": "demo"})["openid"]
    act = f"/sim/followers/{openid}"

    welcomed = running.post(f"{act}/follow", {"scene": "flyer-03"})
    answered = running.post(f"{act}/say", {"text": "新"})
    clicked = running.post(f"{act}/click", {"key": "faq:invoice"})
    scanned = running.post(f"{act}/scan", {"scene": "store-01"})
    accepted = running.post(f"{act}/accept", {"template_id": "season-arrival"})
    located = running.post(f"{act}/location", {"lat": 31.2, "lng": 121.5})
    gone = running.post(f"{act}/unfollow")

    assert "邻居" in welcomed["saw"][0]["text"]
    assert answered["saw"][0]["type"] == "text"
    assert "发票" in clicked["saw"][0]["text"]
    assert "欢迎再次光临" in scanned["saw"][0]["text"]
    assert (accepted["saw"], located["saw"], gone["saw"]) == ([], [], [])
    assert [delivery["status"] for delivery in answered["deliveries"]] == [200]
    assert len(running.get(f"{act}/inbox")) >= 4


def test_the_clock_moves_for_all(running: Running) -> None:
    before = running.get("/sim/clock")

    after = running.post("/sim/clock", {"advance_seconds": 3600})

    assert after["now"] > before["now"]
    openid = running.post("/sim/followers", {"account": "demo"})["openid"]
    assert running.post(f"/sim/followers/{openid}/follow")["saw"]


def test_the_wire_log_shows_what_was_inside_and_masks_the_token(running: Running) -> None:
    openid = running.post("/sim/followers", {"account": "demo"})["openid"]
    running.post(f"/sim/followers/{openid}/follow")

    entries = running.get("/sim/log")["entries"]

    assert any("<MsgType><![CDATA[event]]></MsgType>" in str(entry.get("request")) for entry in entries)
    secret = running.get("/sim/accounts")[0]["secret"]
    assert secret not in str(entries)


def test_the_health_check_answers(running: Running) -> None:
    answer = requests.get(f"{running.app}/healthz", timeout=5)

    assert (answer.status_code, answer.text) == (200, "ok")
