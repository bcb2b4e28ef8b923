"""The envelope of a delivery: signature, freshness, encryption, in both directions.

The cipher and the signature are wechatpy's; what it leaves open is closed here: comparison in constant time,
freshness, whole padding, the appid.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from chalicelib.errors import Refused

FRESH = timedelta(minutes=5)
BLOCK = 32
"""WeChat pads to 32 bytes, not to AES's 16 (official page on message encryption)."""
ENCRYPT = re.compile(
    rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*</Encrypt>"
    rb"|<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)",
    re.DOTALL,
)
"""The element, or what hides one: in compatible mode a follower's own words stand beside it, in CDATA."""
PLAIN_ECHO = re.compile(r"[\x21-\x7e]{1,256}")


@dataclass(frozen=True, slots=True)
class Keys:
    """What an account signs and encrypts with."""

    appid: str
    tokens: tuple[str, ...] = field(repr=False)
    """The current token, then the previous one while it is being rotated."""
    aes_keys: tuple[bytes, ...] = field(repr=False)
    """The current key, then the previous one while it is being rotated."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside, the key that opened it and the token that signed it: the answer is sealed with the same
    (no key: it came plain)."""

    xml: bytes
    key: bytes | None = field(repr=False)
    nonce: str
    token: str = field(repr=False)


def check_echo(query: Mapping[str, Sequence[str]], *, tokens: Sequence[str], now: datetime) -> str:
    """The echostr of WeChat's verification GET. Raises Refused."""
    stamp, nonce = _fresh(query, now)
    echo = _one(query, "echostr", PLAIN_ECHO)
    _signer(tokens, _one(query, "signature", _SIGNATURE), stamp, nonce)
    return echo


def open_plain(query: Mapping[str, Sequence[str]], body: bytes, *, tokens: Sequence[str], now: datetime) -> Opened:
    """A delivery in plain mode: only the query is signed. Raises Refused."""
    stamp, nonce = _fresh(query, now)
    token = _signer(tokens, _one(query, "signature", _SIGNATURE), stamp, nonce)
    return Opened(body, None, nonce, token)


def open_sealed(query: Mapping[str, Sequence[str]], body: bytes, *, keys: Keys, now: datetime) -> Opened:
    """A delivery in safe or compatible mode: what is encrypted is signed, and nothing else is believed.

    Raises Refused.
    """
    stamp, nonce = _fresh(query, now)
    sealed = _sealed(body)
    token = _signer(keys.tokens, _one(query, "msg_signature", _SIGNATURE), stamp, nonce, sealed)
    for key in keys.aes_keys:
        xml = decrypt(sealed, key=key, appid=keys.appid)
        if xml is not None:
            return Opened(xml, key, nonce, token)
    raise Refused("envelope.decrypt")


def seal(xml: str, *, key: bytes, nonce: str, token: str, appid: str, at: int) -> str:
    """The encrypted answer. `at` is epoch seconds."""
    sealed = encrypt(xml.encode(), key=key, appid=appid)
    signed = signature(token, str(at), nonce, sealed)
    return (
        f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signed}]]></MsgSignature>"
        f"<TimeStamp>{at}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts (official page: checking the signature)."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def encrypt(message: bytes, *, key: bytes, appid: str, prefix: bytes | None = None) -> str:
    """16 random bytes, length, message, appid, padded; AES-256-CBC; base64."""
    head = secrets.token_bytes(16) if prefix is None else prefix
    plain = head + struct.pack(">I", len(message)) + message + appid.encode()
    pad = BLOCK - len(plain) % BLOCK
    stream = _cipher(key).encryptor()
    return base64.b64encode(stream.update(plain + bytes([pad]) * pad) + stream.finalize()).decode()


def decrypt(sealed: str, *, key: bytes, appid: str) -> bytes | None:
    """The message, or None when this key, padding, length or appid is not ours. Nothing tells which."""
    try:
        cipher = base64.b64decode(sealed, validate=True)
    except binascii.Error:
        return None
    if not cipher or len(cipher) % 16:
        return None
    stream = _cipher(key).decryptor()
    plain = stream.update(cipher) + stream.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad or len(plain) - pad < 20:
        return None
    length = struct.unpack(">I", plain[16:20])[0]
    message, owner = plain[20 : 20 + length], plain[20 + length : -pad]
    return message if hmac.compare_digest(owner, appid.encode()) else None


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> Cipher[CBC]:
    """Prepared once per key; every call begins a stream of its own."""
    return Cipher(AES(key), CBC(key[:16]))


_SIGNATURE = re.compile(r"[0-9a-f]{40}")
_STAMP = re.compile(r"[0-9]{10}")
_NONCE = re.compile(r"[A-Za-z0-9_\-]{1,64}")


def _fresh(query: Mapping[str, Sequence[str]], now: datetime) -> tuple[str, str]:
    stamp, nonce = _one(query, "timestamp", _STAMP), _one(query, "nonce", _NONCE)
    if abs(int(stamp) - now.timestamp()) > FRESH.total_seconds():
        raise Refused("envelope.stale")
    return stamp, nonce


def _one(query: Mapping[str, Sequence[str]], name: str, pattern: re.Pattern[str]) -> str:
    """A parameter that must be there exactly once and look as WeChat writes it."""
    values = query.get(name, ())
    if len(values) != 1 or not pattern.fullmatch(values[0]):
        raise Refused(f"envelope.{name}")
    return values[0]


def _signer(tokens: Sequence[str], given: str, *parts: str) -> str:
    """The token that signed: each is tried, in constant time. Raises Refused."""
    signers = [token for token in tokens if hmac.compare_digest(signature(token, *parts), given)]
    if not signers:
        raise Refused("envelope.signature")
    return signers[0]


def _sealed(body: bytes) -> str:
    """The one Encrypt element, found without parsing what nobody has vouched for yet."""
    found = [text for text in ENCRYPT.findall(body) if text]
    if len(found) != 1:
        raise Refused("envelope.encrypt")
    return bytes(found[0]).decode()
