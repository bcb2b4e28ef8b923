"""Faults on the way to the account's server."""

from typing import Any

import pytest

from infra.local.wechat_simulator import Refused, crypto
from infra.local.wechat_simulator.signature import sign
from tests.unit.wechat_simulator.stage import OLD_KEY, Stage, an_account, answers


def inner(stage: Stage, number: int = 0) -> bytes:
    """The decrypted document of a request, read or not."""
    body = stage.office.received[number].body.decode("utf-8", "replace")
    encrypted = body.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    return crypto.decrypt(encrypted, key=stage.account.key)[0]


def a_struck_text(kind: str, *, account: Any = None, act: str = "say", **settings: Any) -> Stage:
    """A stage where a text (or a click) was struck by a fault."""
    stage = Stage(account=account)
    openid = stage.person()
    stage.simulator.add_fault(kind, **settings)
    stage.act(openid, act, text="你好", key="Menu_Key")
    return stage


def test_a_duplicate_is_the_same_message_again_and_its_answer_is_not_shown_twice() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.add_fault("duplicate", copies=3)
    stage.office.will(stage.office.says_text("好"))

    outcome = stage.simulator.say(openid, "x")

    assert [one.attempt for one in outcome.deliveries] == [1, 2, 3]
    assert len({heard["MsgId"] for heard in stage.office.heard()}) == 1
    assert len(outcome.saw) == 1
    assert stage.simulator.faults() == ()
    assert len(stage.simulator.say(openid, "x").deliveries) == 1


def test_concurrent_copies_are_all_sent_and_one_answer_is_shown() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.add_fault("concurrent", copies=3, times=None)
    stage.office.will(stage.office.says_text("好"))

    outcome = stage.simulator.say(openid, "x")

    assert sorted(one.attempt for one in outcome.deliveries) == [1, 2, 3]
    assert outcome.saw == ({"type": "text", "text": "好"},)
    assert len(stage.simulator.faults()) == 1


def test_a_delayed_push_comes_when_it_is_due() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.add_fault("delayed", seconds=30, times=None)

    assert stage.simulator.say(openid, "x").deliveries == ()
    assert stage.later(29) == []
    assert stage.simulator.next_due() is not None
    assert len(stage.later(1)) == 1
    assert stage.office.heard()[0]["Content"] == "x"


def test_a_reordered_push_comes_after_the_next_one() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.add_fault("reordered")

    stage.simulator.say(openid, "first")
    stage.simulator.say(openid, "second")

    assert [heard["Content"] for heard in stage.office.heard()] == ["second", "first"]
    assert stage.later(60) == []


def test_a_reordered_push_does_not_wait_for_ever() -> None:
    stage = Stage()
    stage.simulator.add_account(an_account(account="other", appid="wxother"))
    openid = stage.person()
    stage.simulator.add_fault("reordered")
    stage.simulator.say(openid, "first")

    stage.simulator.follow(stage.simulator.add_follower("other"))

    assert len(stage.later(11)) == 1


def test_a_lost_reply_is_asked_for_again() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.add_fault("reply_lost")
    stage.office.will(stage.office.says_text("一"), stage.office.says_text("二"))

    outcome = stage.simulator.say(openid, "x")

    assert outcome.saw == ({"type": "text", "text": "二"},)
    assert "丢失" in str(outcome.deliveries[0].error)


def test_a_slow_connection_eats_into_the_deadline() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.add_fault("slow", seconds=2)

    outcome = stage.simulator.say(openid, "x")

    assert stage.office.received[0].timeout == 3
    assert outcome.deliveries[0].seconds == 2


def test_a_connection_slower_than_the_deadline_never_brings_the_message() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.add_fault("slow", seconds=9, attempts=None)

    outcome = stage.simulator.say(openid, "x")

    assert stage.office.received == []
    assert len(outcome.deliveries) == 3


def test_an_unreachable_server_is_tried_again() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.add_fault("unreachable")

    assert [one.status for one in stage.simulator.say(openid, "x").deliveries] == [None, 200]


def test_messages_in_flight_may_use_the_previous_key() -> None:
    stage = Stage(account=an_account(previous_aes_key=OLD_KEY))
    openid = stage.person()
    stage.simulator.add_fault("previous_key")

    stage.simulator.say(openid, "x")

    encrypted = stage.office.received[0].body.decode().split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    assert crypto.decrypt(encrypted, key=stage.account.keys[1])[1] == stage.account.appid


def test_the_wrong_appid_and_the_wrong_padding_are_signed_correctly() -> None:
    for kind in ("wrong_appid", "bad_padding"):
        request = a_struck_text(kind).office.received[0]
        encrypted = request.body.decode().split("<Encrypt><![CDATA[")[1].split("]]>")[0]
        query = request.query
        assert query["msg_signature"] == sign("token", query["timestamp"], query["nonce"], encrypted)
        if kind == "wrong_appid":
            assert crypto.decrypt(encrypted, key=an_account().key)[1] == "wx0000000000000000"
        else:
            with pytest.raises(crypto.CannotDecrypt, match="padding"):
                crypto.decrypt(encrypted, key=an_account().key)


@pytest.mark.parametrize("where", ["outer", "inner"])
def test_documents_can_be_dangerous_outside_or_inside(where: str) -> None:
    hostile = a_struck_text("doctype", where=where)
    large = a_struck_text("oversized", where=where, size=100_000)
    broken = a_struck_text("not_utf8", where=where)

    if where == "outer":
        assert hostile.office.received[0].body.startswith(b"<!DOCTYPE")
        assert b"\xff" in broken.office.received[0].body
    else:
        assert inner(hostile).startswith(b"<!DOCTYPE")
        assert b"\xff" in inner(broken)
    assert len(large.office.received[0].body) > 100_000


def test_a_truncated_body_is_half_of_one() -> None:
    assert not a_struck_text("truncated").office.received[0].body.endswith(b"</xml>")


@pytest.mark.parametrize(("name", "event"), [("upper", "CLICK"), ("lower", "click"), ("swap", "click")])
def test_event_names_drift_in_case(name: str, event: str) -> None:
    heard = a_struck_text("event_case", act="click", name=name).office.heard()[0]

    assert (heard["Event"], heard["EventKey"]) == (event, "Menu_Key")


def test_a_message_can_lack_its_number() -> None:
    assert "MsgId" not in a_struck_text("missing_msgid").office.heard()[0]


@pytest.mark.parametrize("act", ["say", "click"])
def test_an_event_nobody_heard_of(act: str) -> None:
    heard = a_struck_text("unknown_event", act=act).office.heard()[0]

    assert (heard["MsgType"], heard["Event"]) == ("event", "never_heard_of")


def test_a_stale_timestamp_is_signed_correctly() -> None:
    stage = a_struck_text("stale_timestamp", seconds=900)

    assert int(stage.office.received[0].query["timestamp"]) == stage.clock.now().timestamp() - 900
    assert stage.office.heard()


@pytest.mark.parametrize("mode", ["safe", "plain"])
def test_forged_signatures_are_forty_zeros(mode: Any) -> None:
    query = a_struck_text("forged_signature", account=an_account(mode=mode)).office.received[0].query

    assert query["signature"] == "0" * 40
    assert query.get("msg_signature", "0" * 40) == "0" * 40


def test_the_content_type_and_the_query_can_be_wrong() -> None:
    assert "form" in a_struck_text("wrong_content_type").office.received[0].headers["Content-Type"]
    assert "nonce" not in a_struck_text("missing_query").office.received[0].query
    assert a_struck_text("duplicate_query", name="timestamp").office.received[0].url.endswith("?timestamp=twice")
    with_query = an_account(callback_url="http://127.0.0.1/?a=1")
    assert a_struck_text("duplicate_query", account=with_query).office.received[0].url.endswith("&nonce=twice")


def test_a_fault_can_be_meant_for_one_person_one_event_or_one_account() -> None:
    stage = Stage()
    one, other = stage.person(), stage.person()
    stage.simulator.add_fault("missing_msgid", openid=one, event="TEXT")
    stage.simulator.add_fault("unreachable", account="another")

    stage.simulator.click(one, "k")
    stage.simulator.say(other, "x")
    stage.simulator.say(one, "x")

    assert ["MsgId" in heard for heard in stage.office.heard()] == [False, True, False]


def test_a_fault_of_the_first_attempt_spares_the_retry() -> None:
    stage = Stage()
    openid = stage.person()
    stage.simulator.add_fault("forged_signature", attempts=1)
    stage.office.will(answers(403), answers(200))

    stage.simulator.say(openid, "x")

    assert [request.query["signature"] == "0" * 40 for request in stage.office.received] == [True, False]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("earthquake", {}),
        ("slow", {"speed": 1}),
        ("slow", {"seconds": "1"}),
        ("slow", {"seconds": float("inf")}),
        ("slow", {"times": 1.5}),
        ("slow", {"times": True}),
        ("slow", {"seconds": None}),
        ("slow", {"seconds": -1}),
        ("slow", {"times": 0}),
        ("concurrent", {"copies": 0}),
        ("api_status", {"status": 99}),
        ("slow", {"account": 1}),
        ("previous_key", {}),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(kind: str, settings: Any) -> None:
    with pytest.raises(Refused):
        Stage().simulator.add_fault(kind, **settings)


def test_faults_can_be_cleared() -> None:
    stage = Stage()
    stage.simulator.add_fault("slow", times=None)

    stage.simulator.clear_faults()

    assert stage.simulator.faults() == ()
