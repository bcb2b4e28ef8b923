"""WeChat's side of the envelope once more, from the official description alone: a third opinion beside the code
under test and the simulator."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

RANDOM = b"0123456789abcdef"
ENCODING_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
KEY = base64.b64decode(ENCODING_AES_KEY + "=")
PREVIOUS_KEY = bytes(range(32))
STRANGERS_KEY = bytes(32)
TOKEN = "tokenOfTheShop"
NONCE = "415670741"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the edge gets to see: every query parameter with all of its values, and the body."""

    query: Mapping[str, Sequence[str]]
    body: bytes


def sign(*parts: str) -> str:
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def framed(message: bytes, *, appid: str, length: int | None = None) -> bytes:
    """What is padded and encrypted. Another `length` than the message's is a lie."""
    stated = len(message) if length is None else length
    return RANDOM + stated.to_bytes(4, "big") + message + appid.encode()


def padded(plain: bytes) -> bytes:
    padder = PKCS7(256).padder()
    return padder.update(plain) + padder.finalize()


def encrypted(blocks: bytes, *, key: bytes) -> str:
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(blocks) + encryptor.finalize()).decode()


def decrypted(sealed: str, *, key: bytes) -> tuple[bytes, str]:
    """The message and the appid behind it."""
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).decryptor()
    unpadder = PKCS7(256).unpadder()
    plain = unpadder.update(decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()) + unpadder.finalize()
    end = 20 + int.from_bytes(plain[16:20], "big")
    return plain[20:end], plain[end:].decode()


def sealed(message: bytes, *, appid: str, key: bytes = KEY) -> str:
    return encrypted(padded(framed(message, appid=appid)), key=key)


def deliver(sealed: str, *, at: int, token: str = TOKEN, nonce: str = NONCE, body: bytes | None = None) -> Delivery:
    """A delivery in safe mode, signed; around it another `body`, if one is given."""
    stamp = str(at)
    query = {
        "signature": sign(token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": "oFollower00000000000000001",
        "encrypt_type": "aes",
        "msg_signature": sign(token, stamp, nonce, sealed),
    }
    around = f"<xml><ToUserName><![CDATA[gh_x]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return Delivery({name: (value,) for name, value in query.items()}, around.encode() if body is None else body)
