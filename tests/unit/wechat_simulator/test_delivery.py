"""Deliveries: modes, deadline, retries, the circuit breaker, and what the follower sees."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from infra.local.wechat_simulator import CallbackResponse, Simulator, Switches
from infra.local.wechat_simulator.simulator import in_threads
from infra.local.wechat_simulator.verdict import Delivery, Verdict
from tests.unit.wechat_simulator.stage import Received, Stage, an_account, answers, refuses, times_out

ERROR = {"type": "error", "text": "该公众号提供的服务出现故障，请稍后再试"}


@pytest.mark.parametrize("mode", ["safe", "compatible", "plain"])
def test_a_text_reaches_the_account_in_each_mode_and_its_reply_the_follower(mode: Any) -> None:
    stage = Stage(account=an_account(mode=mode))
    openid = stage.person()
    stage.office.will(stage.office.says_text("您好"))

    outcome = stage.simulator.say(openid, "会员卡")

    heard = stage.office.heard()[0]
    assert (heard["Content"], heard["FromUserName"], heard["ToUserName"]) == ("会员卡", openid, "gh_0123456789ab")
    assert outcome.as_json() == {
        "saw": [{"type": "text", "text": "您好"}],
        "deliveries": [{"attempt": 1, "status": 200, "seconds": 0.0}],
    }


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ("plain", {"signature", "timestamp", "nonce", "openid"}),
        ("safe", {"signature", "timestamp", "nonce", "openid", "encrypt_type", "msg_signature"}),
    ],
)
def test_the_query_holds_exactly_the_platforms_parameters(mode: Any, names: set[str]) -> None:
    stage = Stage(account=an_account(mode=mode))

    stage.simulator.say(stage.person(), "x")

    assert set(stage.office.received[0].query) == names
    assert stage.office.received[0].query["timestamp"] == str(int(stage.clock.now().timestamp()))


def test_safe_mode_shows_nothing_in_the_clear_and_compatible_mode_does() -> None:
    bodies = {}
    for mode in ("safe", "compatible"):
        stage = Stage(account=an_account(mode=mode))
        stage.simulator.say(stage.person(), "秘密")
        bodies[mode] = stage.office.received[0].body.decode()

    assert "秘密" not in bodies["safe"]
    assert "秘密" in bodies["compatible"]
    assert "<Encrypt>" in bodies["compatible"]


@pytest.mark.parametrize("body", [b"", b"success"])
def test_success_and_the_empty_answer_mean_silence(body: bytes) -> None:
    stage = Stage()
    stage.office.will(answers(200, body))

    outcome = stage.simulator.say(stage.person(), "x")

    assert outcome.saw == ()
    assert len(outcome.deliveries) == 1


def test_a_silent_server_is_asked_three_times_and_then_the_follower_sees_the_error() -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(times_out)

    outcome = stage.simulator.say(openid, "x")

    assert [one.attempt for one in outcome.deliveries] == [1, 2, 3]
    assert all(one.status is None and one.error for one in outcome.deliveries)
    assert outcome.saw == (ERROR,)
    assert stage.pauses == [5.0, 5.0]
    assert stage.simulator.inbox(openid)[-1] == {**ERROR, "at": stage.clock.now().isoformat()}


def test_a_retry_is_the_same_message_signed_anew() -> None:
    stage = Stage()
    stage.office.will(times_out, stage.office.says_text("好"))

    outcome = stage.simulator.say(stage.person(), "x")

    first, second = stage.office.received
    assert stage.office.heard()[0] == stage.office.heard()[1]
    assert first.query["nonce"] != second.query["nonce"]
    assert outcome.saw == ({"type": "text", "text": "好"},)


def test_a_retry_may_repeat_the_very_same_request() -> None:
    stage = Stage(retry_signs_again=False)
    stage.office.will(times_out, answers(200))

    stage.simulator.say(stage.person(), "x")

    assert stage.office.received[0] == stage.office.received[1]


def test_an_answer_after_five_seconds_is_thrown_away() -> None:
    stage = Stage()

    def late(request: Received) -> CallbackResponse:
        stage.seconds += 5.2
        return stage.office.says_text("太晚了")(request)

    stage.office.will(late, stage.office.says_text("第二次"))

    outcome = stage.simulator.say(stage.person(), "x")

    assert [one.status for one in outcome.deliveries] == [200, 200]
    assert outcome.saw == ({"type": "text", "text": "第二次"},)


@pytest.mark.parametrize(
    ("answer", "switches", "attempts"),
    [
        (answers(500), {}, 3),
        (answers(500), {"retry_bad_status": False}, 1),
        (answers(200, b"{}"), {}, 1),
        (answers(200, b"{}"), {"retry_invalid_reply": True, "deliveries": 4}, 4),
        (refuses, {}, 3),
        (refuses, {"retry_unreachable": False}, 1),
    ],
)
def test_what_is_sent_again_is_a_switch(answer: Any, switches: dict[str, Any], attempts: int) -> None:
    stage = Stage(**switches)
    stage.office.will(answer)

    outcome = stage.simulator.say(stage.person(), "x")

    assert len(outcome.deliveries) == attempts
    assert outcome.saw == (ERROR,)


def test_retries_start_five_seconds_apart_however_quickly_they_fail() -> None:
    stage = Stage()

    def slowly(_request: Received) -> CallbackResponse:
        stage.seconds += 2
        return CallbackResponse(503, b"")

    stage.office.will(slowly)

    stage.simulator.say(stage.person(), "x")

    assert stage.pauses == [3.0, 3.0]


def test_events_that_nobody_waits_for_fail_without_an_error_text() -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(answers(500))

    assert stage.act(openid, "view", url="https://example.com/").saw == ()
    assert stage.simulator.unfollow(openid).saw == ()


def test_a_reply_to_an_event_that_cannot_be_answered_is_not_shown() -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(stage.office.says_text("再见"))

    assert stage.act(openid, "view", url="https://example.com/").saw == ()
    assert stage.simulator.click(openid, "k").saw == ({"type": "text", "text": "再见"},)


def test_after_thirty_failures_wechat_stops_pushing_for_a_minute() -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(answers(500))
    for _ in range(10):
        stage.simulator.say(openid, "x")

    stage.office.will(answers(200))
    paused = stage.simulator.say(openid, "x")
    stage.clock.advance(61)
    resumed = stage.simulator.say(openid, "x")

    assert paused.saw == (ERROR,)
    assert [(one.attempt, one.status) for one in paused.deliveries] == [(0, None)]
    assert "MarkFail" in str(paused.deliveries[0].error)
    assert resumed.deliveries[0].status == 200


def test_failures_that_are_far_apart_do_not_add_up() -> None:
    stage = Stage(breaker_failures=4)
    openid = stage.person()
    stage.office.will(answers(500))

    stage.simulator.say(openid, "x")
    stage.clock.advance(301)
    stage.simulator.say(openid, "x")

    stage.office.will(answers(200))
    assert stage.simulator.say(openid, "x").deliveries[0].status == 200


def test_the_breaker_can_be_switched_off() -> None:
    stage = Stage(breaker_failures=0)
    openid = stage.person()
    stage.office.will(answers(500))

    for _ in range(15):
        assert len(stage.simulator.say(openid, "x").deliveries) == 3


def test_pushes_may_be_signed_with_the_wall_clock() -> None:
    stage = Stage(sign_with_wall_clock=True)

    stage.simulator.say(stage.person(), "x")

    assert abs(int(stage.office.received[0].query["timestamp"]) - datetime.now(UTC).timestamp()) < 10


def test_the_wire_log_tells_both_directions_decrypted() -> None:
    stage = Stage()
    openid = stage.person()
    stage.office.will(stage.office.says_text("您好"))

    stage.simulator.say(openid, "会员卡")

    entry = stage.simulator.log.entries()[-1]
    assert (entry["kind"], entry["account"], entry["openid"], entry["attempt"]) == ("delivery", "demo", openid, 1)
    assert "会员卡" in entry["request"]["xml"]
    assert "会员卡" not in entry["request"]["body"]
    assert "您好" in entry["response"]["xml"]


def test_verification_succeeds_when_the_echo_comes_back() -> None:
    stage = Stage()
    stage.office.will(lambda request: CallbackResponse(200, request.query["echostr"].encode()))

    found = stage.simulator.verify("demo")

    assert found.ok
    assert set(stage.office.received[0].query) == {"signature", "timestamp", "nonce", "echostr"}


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [(answers(403), 403, "token"), (answers(200, b"hello"), 200, "token"), (times_out, None, "URL")],
)
def test_verification_fails_with_what_an_operator_would_read(answer: Any, status: int | None, said: str) -> None:
    stage = Stage()
    stage.office.will(answer)

    found = stage.simulator.verify("demo")

    assert (found.ok, found.status) == (False, status)
    assert said in found.as_json()["error"]


def test_tasks_run_at_the_same_time_and_keep_their_order() -> None:
    verdicts = [Verdict("content", Delivery(number, 200, 0.0)) for number in range(3)]

    assert list(in_threads([partial(replace, one) for one in verdicts])) == verdicts


def test_the_same_seed_gives_the_same_run() -> None:
    def run() -> list[Received]:
        stage = Stage()
        stage.simulator.say(stage.person(), "x")
        return stage.office.received

    assert run() == run()


def test_a_simulator_needs_nothing_to_start_with() -> None:
    simulator = Simulator()

    assert simulator.accounts == ()
    assert simulator.next_due() is None
    assert simulator.set_switches(deliveries=4).deliveries == 4
    assert replace(simulator.switches, deliveries=3) == Switches()
