"""The cipher and the signatures, against the platform's official sample values and wechatpy."""

import base64

import pytest
from wechatpy.crypto import WeChatCrypto

from infra.local.wechat_simulator import crypto
from infra.local.wechat_simulator.account import decode_key
from infra.local.wechat_simulator.crypto import CannotDecrypt
from infra.local.wechat_simulator.signature import sign

APPID = "wxba5fad812f8e6fb9"
KEY = decode_key("A" * 43)
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR"
    "8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km3"
    "2IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
MESSAGE = (
    b'{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    b'"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


def test_the_official_plain_signature_is_reproduced() -> None:
    assert sign("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_the_official_safe_mode_signatures_are_reproduced() -> None:
    assert sign("AAAAA", "1714112445", "415670741") == "6c5c811b55cc85e0e1b54100749188c20beb3f5d"
    signed = sign("AAAAA", "1714112445", "415670741", ENCRYPTED)
    assert signed == "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"


def test_the_official_push_is_decrypted() -> None:
    assert crypto.decrypt(ENCRYPTED, key=KEY) == (MESSAGE, APPID)


def test_the_official_push_is_encrypted_to_the_same_ciphertext() -> None:
    assert crypto.encrypt(MESSAGE, key=KEY, appid=APPID, random=b"a8eedb185eb2fecf") == ENCRYPTED


def test_the_official_reply_is_reproduced() -> None:
    encrypted = crypto.encrypt(b'{"demo_resp":"good luck"}', key=KEY, appid=APPID, random=b"707722b803182950")

    assert encrypted == REPLY
    assert sign("AAAAA", "1713424427", "415670741", REPLY) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


@pytest.mark.parametrize("length", range(70))
def test_every_length_survives_the_way_there_and_back(length: int) -> None:
    encrypted = crypto.encrypt(b"x" * length, key=KEY, appid=APPID, random=b"r" * 16)

    assert len(base64.b64decode(encrypted)) % 32 == 0
    assert crypto.decrypt(encrypted, key=KEY) == (b"x" * length, APPID)


def test_wechatpy_reads_what_the_simulator_writes() -> None:
    encrypted = crypto.encrypt("会员".encode(), key=KEY, appid=APPID, random=b"r" * 16)
    xml = f"<xml><Encrypt>{encrypted}</Encrypt></xml>"
    signature = sign("token", "1", "2", encrypted)

    assert WeChatCrypto("token", "A" * 43, APPID).decrypt_message(xml, signature, "1", "2") == "会员"


@pytest.mark.parametrize(
    ("ciphertext", "said"),
    [
        ("!!!", "base64"),
        ("", "blocks"),
        (base64.b64encode(b"short").decode(), "blocks"),
        (crypto.seal(b"x" * 32, key=KEY), "padding"),
        (crypto.seal(b"x" * 31 + b"\x00", key=KEY), "padding"),
        (crypto.seal(crypto.pad(b"too short"), key=KEY), "length"),
        (crypto.seal(crypto.pad(b"r" * 16 + b"\xff\xff\xff\xff" + b"x"), key=KEY), "length"),
        (crypto.seal(crypto.pad(b"r" * 16 + b"\0\0\0\0\xff\xfe"), key=KEY), "appid"),
    ],
)
def test_a_ciphertext_that_is_none_is_refused_with_the_reason(ciphertext: str, said: str) -> None:
    with pytest.raises(CannotDecrypt, match=said):
        crypto.decrypt(ciphertext, key=KEY)
