"""A notice as it travels: sealed, signed, and spoilt when a fault says so."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.wechat_simulator.account import Account, letters
from infra.local.wechat_simulator.api.wire import as_json
from infra.local.wechat_simulator.faults import Fault
from infra.local.wechat_simulator.pay import sealing
from infra.local.wechat_simulator.pay.notice import Notice
from infra.local.wechat_simulator.pay.orders import moment
from infra.local.wechat_simulator.world import World

PROBE = "WECHATPAY/SIGNTEST/"
STRANGERS_KEY = "0" * 32


@dataclass(frozen=True, slots=True)
class Letter:
    """One HTTP request to the notify URL."""

    headers: Mapping[str, str]
    body: bytes


def write(world: World, account: Account, notice: Notice, faults: Mapping[str, Fault]) -> Letter:
    """The notice with a fresh timestamp, nonce and signature."""
    body = as_json(_sealed(world, notice, STRANGERS_KEY if "pay_wrong_key" in faults else account.apiv3_key))
    stale = faults.get("pay_stale_timestamp")
    headers = signed_headers(world, account, body, age=stale.seconds if stale else 0)
    if "pay_forged_signature" in faults:
        headers["Wechatpay-Signature"] = sealing.sign("something", "else")
    if "pay_unknown_serial" in faults:
        headers["Wechatpay-Serial"] = sealing.serial_of("0000000000")
    return Letter(headers, body)


def probe(world: World, letter: Letter) -> Letter:
    """The same with a signature that must not be accepted (official docs, signature probes)."""
    noise = base64.b64encode(world.random.randbytes(192)).decode()
    return Letter({**letter.headers, "Wechatpay-Signature": PROBE + noise}, letter.body)


def signed_headers(world: World, account: Account, body: bytes, *, age: float = 0) -> dict[str, str]:
    """What stands above all that WeChat Pay says."""
    now = datetime.now(UTC) if world.switches.sign_with_wall_clock else world.now()
    stamp, nonce = str(int(now.timestamp() - age)), letters(world.random, 32)
    return {
        "Content-Type": "application/json",
        "Request-ID": letters(world.random, 32, "0123456789ABCDEF"),
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": sealing.serial_of(account.mchid),
        "Wechatpay-Signature": sealing.sign(stamp, nonce, body.decode()),
        "Wechatpay-Signature-Type": sealing.SIGNATURE_TYPE,
        "Wechatpay-Timestamp": stamp,
    }


def _sealed(world: World, notice: Notice, key: str) -> dict[str, Any]:
    nonce = letters(world.random, 12)
    plain = as_json(notice.resource)
    kind = notice.original_type
    return {
        "id": notice.notice_id,
        "create_time": moment(notice.created_at),
        "event_type": notice.event_type,
        "resource_type": "encrypt-resource",
        "summary": notice.summary,
        "resource": {
            "original_type": kind,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": sealing.seal(plain, key=key, nonce=nonce, associated=kind),
            "associated_data": kind,
            "nonce": nonce,
        },
    }
