"""Payments: notices that are sealed and signed, their repetition, and the query that makes up for lost ones."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from infra.local.wechat_simulator import Account, Refused
from infra.local.wechat_simulator.limits import PAY_RETRY_SECONDS
from infra.local.wechat_simulator.pay import sealing
from tests.unit.wechat_simulator.stage import Received, Stage, an_account, answers, refuses, times_out

NOTIFY = "http://127.0.0.1:1/pay"
KEY = "k" * 32
MCHID = "1900000001"
QUERY = "/v3/pay/transactions/out-trade-no/"


def a_merchant(**given: Any) -> Account:
    return an_account(mchid=MCHID, apiv3_key=KEY, **given)


def a_shop(**switches: Any) -> tuple[Stage, str]:
    """A stage whose office takes every notice, and a follower."""
    stage = Stage(account=a_merchant(), **switches)
    openid = stage.person()
    stage.office.will(answers(204))
    return stage, openid


def pays(stage: Stage, openid: str, **given: Any) -> Mapping[str, Any]:
    return stage.act(openid, "pay", **{"amount": 100, "notify_url": NOTIFY, **given}).as_json()


def verify(request: Received) -> None:
    """As a merchant does it, written from the specification. Raises InvalidSignature."""
    key = load_pem_public_key(sealing.public_key_pem().encode())
    assert isinstance(key, RSAPublicKey)
    told = request.headers
    message = f"{told['Wechatpay-Timestamp']}\n{told['Wechatpay-Nonce']}\n{request.body.decode()}\n"
    key.verify(base64.b64decode(told["Wechatpay-Signature"]), message.encode(), PKCS1v15(), SHA256())


def content(request: Received) -> Any:
    """The sealed part, opened. Raises InvalidTag."""
    sealed = json.loads(request.body)["resource"]
    cipher, nonce, data = base64.b64decode(sealed["ciphertext"]), sealed["nonce"], sealed["associated_data"]
    return json.loads(AESGCM(KEY.encode()).decrypt(nonce.encode(), cipher, data.encode()))


def test_a_payment_is_told_signed_and_sealed() -> None:
    stage, openid = a_shop()

    told = pays(stage, openid, out_trade_no="T1", attach="桌 3")

    request = stage.office.received[-1]
    verify(request)
    transaction, outside = content(request), json.loads(request.body)
    assert (request.url, dict(request.query)) == (NOTIFY, {})
    assert (outside["event_type"], outside["resource_type"]) == ("TRANSACTION.SUCCESS", "encrypt-resource")
    assert outside["resource"]["original_type"] == "transaction"
    assert transaction["amount"]["total"] == 100
    assert (transaction["out_trade_no"], transaction["trade_state"]) == ("T1", "SUCCESS")
    assert (transaction["payer"], transaction["attach"]) == ({"openid": openid}, "桌 3")
    assert transaction["success_time"] == "2026-01-15T12:00:00+08:00"
    assert (told["out_trade_no"], told["transaction_id"]) == ("T1", transaction["transaction_id"])
    assert told["deliveries"] == [{"attempt": 1, "status": 204, "seconds": 0.0}]
    assert request.headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_")
    assert stage.later(90_000) == []


def test_a_payment_leaves_a_line_in_the_chat_and_opens_no_window() -> None:
    stage, openid = a_shop()
    stage.clock.advance(3600)

    pays(stage, openid, amount=1234)

    assert stage.simulator.chat(openid)[-1]["text"] == "微信支付：¥12.34"
    assert stage.follower(openid)["window"] is None


def test_a_switch_lets_a_followers_payment_open_the_window() -> None:
    stage, openid = a_shop(pay_opens_window=True)
    stranger = stage.person(follows=False)

    pays(stage, openid)
    pays(stage, stranger)

    assert stage.follower(openid)["window"]["left"] == 5
    assert stage.follower(stranger)["window"] is None


def test_a_notice_comes_again_by_the_table_until_it_is_taken() -> None:
    stage, openid = a_shop()
    stage.office.will(answers(500))
    pays(stage, openid)

    waits = []
    while due := stage.simulator.next_due():
        waits.append((due - stage.clock.now()).total_seconds())
        stage.clock.set(due)
        stage.simulator.run_due()

    assert tuple(waits) == PAY_RETRY_SECONDS
    assert sum(waits) == 86_640
    assert len(stage.office.received) == 16
    assert len({json.loads(one.body)["id"] for one in stage.office.received}) == 1
    assert len({one.headers["Wechatpay-Nonce"] for one in stage.office.received}) == 16


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (answers(500, b'{"code": "FAIL"}'), "HTTP 500"),
        (answers(201), "HTTP 201"),
        (answers(200, b'{"code": "FAIL", "message": "no"}'), "FAIL"),
        (times_out, "5 秒内"),
        (refuses, "连接失败"),
    ],
)
def test_what_is_no_receipt_is_followed_by_another_notice(answer: Any, error: str) -> None:
    stage, openid = a_shop()
    stage.office.will(answer, answers(200))

    first = pays(stage, openid)["deliveries"][0]
    again = stage.later(15)

    assert error in first["error"]
    assert [(one.attempt, one.error) for one in again[0].deliveries] == [(2, None)]
    assert stage.simulator.next_due() is None


def test_a_switch_lets_the_status_alone_count() -> None:
    stage, openid = a_shop(pay_reads_fail=False)
    stage.office.will(answers(200, b'{"code": "FAIL"}'))

    assert "error" not in pays(stage, openid)["deliveries"][0]


def test_a_slow_merchant_has_not_answered() -> None:
    stage, openid = a_shop()

    def slow(_request: Received) -> Any:
        stage.seconds += 6
        return answers(200)(_request)

    stage.office.will(slow)

    assert "超时" in pays(stage, openid)["deliveries"][0]["error"]


def test_a_refund_is_told_too_and_may_be_partial() -> None:
    stage, openid = a_shop()
    pays(stage, openid, out_trade_no="T1")

    told = stage.act(openid, "refund", out_trade_no="T1", amount=40, out_refund_no="R1")
    rest = stage.act(openid, "refund", out_trade_no="T1", notify_url="http://127.0.0.1:1/other")

    first, second = stage.office.received[-2:]
    assert json.loads(first.body)["event_type"] == "REFUND.SUCCESS"
    assert content(first)["amount"] == {"total": 100, "refund": 40, "payer_total": 100, "payer_refund": 40}
    assert content(first)["refund_status"] == "SUCCESS"
    assert (first.url, second.url, content(second)["amount"]["refund"]) == (NOTIFY, "http://127.0.0.1:1/other", 60)
    assert (told.told["out_refund_no"], rest.told["out_trade_no"]) == ("R1", "T1")


def test_a_refund_that_fails_gives_nothing_back() -> None:
    stage, openid = a_shop()
    pays(stage, openid, out_trade_no="T1")

    stage.act(openid, "refund", out_trade_no="T1", status="ABNORMAL")

    told = content(stage.office.received[-1])
    assert "success_time" not in told
    assert stage.act(openid, "refund", out_trade_no="T1", amount=100).told


@pytest.mark.parametrize(
    ("act", "given", "says"),
    [
        ("pay", {"amount": 0, "notify_url": NOTIFY}, "分"),
        ("pay", {"amount": 1.5, "notify_url": NOTIFY}, "分"),
        ("pay", {"amount": 1}, "notify_url"),
        ("pay", {"amount": 1, "notify_url": f"{NOTIFY}?a=1"}, "notify_url"),
        ("pay", {"amount": 1, "notify_url": "ftp://x"}, "notify_url"),
        ("pay", {"amount": 1, "notify_url": NOTIFY, "out_trade_no": "T1"}, "支付过"),
        ("refund", {"out_trade_no": "T9"}, "没有这个订单"),
        ("refund", {"out_trade_no": "T1", "amount": 101}, "超过"),
        ("refund", {"out_trade_no": "T1", "status": "MAYBE"}, "status"),
        ("refund", {"out_trade_no": "T1", "out_refund_no": "R1", "amount": 1}, "用过"),
    ],
)
def test_payments_and_refunds_that_make_no_sense_are_refused(act: str, given: dict[str, Any], says: str) -> None:
    stage, openid = a_shop()
    pays(stage, openid, out_trade_no="T1")
    stage.act(openid, "refund", out_trade_no="T1", out_refund_no="R1", amount=1)

    with pytest.raises(Refused, match=says):
        stage.act(openid, act, **given)


def test_nobody_gets_back_what_somebody_else_paid() -> None:
    stage, openid = a_shop()
    pays(stage, openid, out_trade_no="T1")
    stage.office.will(answers(204))

    with pytest.raises(Refused, match="没有这个订单"):
        stage.act(stage.person(), "refund", out_trade_no="T1")


def test_only_a_merchant_is_paid() -> None:
    for account in (an_account(), an_account(mchid=MCHID)):
        stage = Stage(account=account)
        with pytest.raises(Refused, match="商户号"):
            pays(stage, stage.person())


def test_a_merchants_number_and_key_have_their_shapes() -> None:
    with pytest.raises(Refused, match="mchid"):
        an_account(mchid="商户")
    with pytest.raises(Refused, match="32"):
        an_account(mchid=MCHID, apiv3_key="short")


def test_a_probe_comes_first_and_must_be_refused() -> None:
    stage, openid = a_shop()
    stage.simulator.add_fault("pay_probe")
    stage.office.will(answers(401), answers(204))

    deliveries = pays(stage, openid)["deliveries"]

    probe = stage.office.received[0]
    assert probe.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    assert [(one["attempt"], one["status"]) for one in deliveries] == [(0, 401), (1, 204)]
    assert "error" not in deliveries[0]


def test_a_merchant_who_takes_a_probe_is_told_so() -> None:
    stage, openid = a_shop(pay_probe_rate=1.0)

    deliveries = pays(stage, openid)["deliveries"]

    assert "验签探测" in deliveries[0]["error"]
    assert stage.simulator.next_due() is None


def test_a_probe_that_finds_nobody_is_only_written_down() -> None:
    stage, openid = a_shop()
    stage.simulator.add_fault("pay_probe")
    stage.office.will(refuses, answers(204))

    assert [one["status"] for one in pays(stage, openid)["deliveries"]] == [None, 204]


def test_faults_double_lose_and_repeat_notices() -> None:
    stage, openid = a_shop()

    stage.simulator.add_fault("pay_duplicate", copies=3)
    assert len(pays(stage, openid)["deliveries"]) == 3
    stage.simulator.add_fault("pay_reply_lost")
    assert "丢失" in pays(stage, openid)["deliveries"][0]["error"]
    assert len(stage.later(15)) == 1
    stage.simulator.add_fault("pay_unreachable", event="TRANSACTION.SUCCESS", openid=openid)
    assert "连接失败" in pays(stage, openid)["deliveries"][0]["error"]
    assert len(stage.later(15)) == 1
    heard = len(stage.office.received)
    stage.simulator.add_fault("pay_lost")
    assert "不会再来" in pays(stage, openid)["deliveries"][0]["error"]
    assert stage.simulator.next_due() is None
    assert len(stage.office.received) == heard


def test_faults_forge_the_signature_the_key_the_serial_and_the_time() -> None:
    stage, openid = a_shop()
    requests = {}
    for kind in ("pay_forged_signature", "pay_wrong_key", "pay_unknown_serial", "pay_stale_timestamp"):
        stage.simulator.add_fault(kind)
        pays(stage, openid)
        requests[kind] = stage.office.received[-1]

    with pytest.raises(InvalidSignature):
        verify(requests["pay_forged_signature"])
    verify(requests["pay_wrong_key"])
    with pytest.raises(InvalidTag):
        content(requests["pay_wrong_key"])
    assert requests["pay_unknown_serial"].headers["Wechatpay-Serial"] != sealing.serial_of(MCHID)
    stale = int(requests["pay_stale_timestamp"].headers["Wechatpay-Timestamp"])
    assert stage.clock.now().timestamp() - stale == 600
    verify(requests["pay_stale_timestamp"])


def test_notices_may_be_signed_with_real_time() -> None:
    stage, openid = a_shop(sign_with_wall_clock=True)

    pays(stage, openid)

    assert int(stage.office.received[-1].headers["Wechatpay-Timestamp"]) != int(stage.clock.now().timestamp())


def asked(stage: Stage, out_trade_no: str, *, mchid: str = MCHID, authorization: str = "", method: str = "GET") -> Any:
    headers = {"Authorization": authorization or shaped()}
    return stage.simulator.call(method, QUERY + out_trade_no, {"mchid": mchid}, headers=headers)


def shaped(signature: str = "x", mchid: str = MCHID) -> str:
    given = f'mchid="{mchid}",nonce_str="n",signature="{signature}",timestamp="1",serial_no="S"'
    return f"{sealing.SIGNATURE_TYPE} {given}"


def test_the_query_tells_what_a_lost_notice_did_not() -> None:
    stage, openid = a_shop()
    stage.simulator.add_fault("pay_lost")
    pays(stage, openid, out_trade_no="T1")

    answer = asked(stage, "T1")
    stage.act(openid, "refund", out_trade_no="T1", amount=1)

    assert (answer.json()["trade_state"], answer.json()["amount"]["total"]) == ("SUCCESS", 100)
    verify(Received("", {}, answer.body, answer.headers, 0))
    assert asked(stage, "T1").json()["trade_state"] == "REFUND"


def test_a_query_that_makes_no_sense_is_refused_with_its_status() -> None:
    stage, _ = a_shop()

    for answer, status, code in (
        (asked(stage, "T9"), 404, "ORDER_NOT_EXIST"),
        (asked(stage, "T9", mchid="2"), 400, "PARAM_ERROR"),
        (asked(stage, "T9", mchid=""), 400, "PARAM_ERROR"),
        (asked(stage, "T9", method="POST"), 404, "RESOURCE_NOT_EXISTS"),
        (asked(stage, "T9", authorization="Bearer x"), 401, "SIGN_ERROR"),
        (asked(stage, "T9", authorization=shaped(mchid="2")), 401, "SIGN_ERROR"),
        (asked(stage, "T9", authorization=f'{sealing.SIGNATURE_TYPE} mchid="{MCHID}"'), 401, "SIGN_ERROR"),
    ):
        assert (answer.status, answer.json()["code"]) == (status, code)


def test_with_the_merchants_key_the_signature_is_checked() -> None:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    stage = Stage(account=a_merchant(merchant_public_key=pem))
    message = f"GET\n{QUERY}T9?mchid={MCHID}\n1\nn\n\n".encode()
    signature = base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()

    assert asked(stage, "T9", authorization=shaped(signature)).status == 404
    assert asked(stage, "T9", authorization=shaped("x")).status == 401
    assert asked(stage, "T8", authorization=shaped(signature)).status == 401


def test_a_key_that_is_none_verifies_nothing() -> None:
    pem = generate_ec_key(SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    assert not sealing.is_signed(pem.decode(), "x", "line")
    assert not sealing.is_signed("no key", "x", "line")


def test_a_switch_lets_anybody_query() -> None:
    stage, openid = a_shop(pay_query_signed=False)
    pays(stage, openid, out_trade_no="T1")

    assert asked(stage, "T1", authorization="none").json()["out_trade_no"] == "T1"


def test_api_faults_strike_the_query() -> None:
    stage, _ = a_shop()
    stage.simulator.add_fault("api_status", status=503)
    stage.simulator.add_fault("api_slow", seconds=3, times=1)

    assert asked(stage, "T1").status == 503
    assert stage.pauses == [3]
    stage.simulator.add_fault("api_reset_after")
    assert asked(stage, "T1").lost == "reset"


def test_a_notice_that_waits_is_not_released_by_a_push() -> None:
    stage, openid = a_shop()
    stage.office.will(answers(500))
    pays(stage, openid)
    stage.office.will(answers(200, b"success"))

    stage.simulator.say(openid, "hi")

    assert stage.simulator.next_due() is not None
