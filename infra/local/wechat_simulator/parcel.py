"""A push as it travels: sealed for the account's mode, signed, with the platform's query parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.wechat_simulator import crypto, markup
from infra.local.wechat_simulator.account import Account
from infra.local.wechat_simulator.push import Push
from infra.local.wechat_simulator.signature import sign

HEADERS = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Accept": "*/*", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class Seal:
    """All that goes into sealing and signing besides the push itself."""

    timestamp: int
    nonce: str
    random: bytes
    key: bytes
    appid: str
    breaks_padding: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """One HTTP request to the callback URL."""

    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


def wrap(account: Account, push: Push, seal: Seal) -> Parcel:
    """Plain, compatible or safe mode (official docs, message push: query parameters and bodies)."""
    stamp, nonce = str(seal.timestamp), seal.nonce
    signature = sign(account.token, stamp, nonce)
    query = {"signature": signature, "timestamp": stamp, "nonce": nonce, "openid": push.openid}
    if not account.is_encrypted:
        return Parcel(account.callback_url, query, HEADERS, push.xml)
    encrypted = _encrypted(push.xml, seal)
    query |= {"encrypt_type": "aes", "msg_signature": sign(account.token, stamp, nonce, encrypted)}
    return Parcel(account.callback_url, query, HEADERS, _body(account, push.xml, encrypted))


def _encrypted(xml: bytes, seal: Seal) -> str:
    if not seal.breaks_padding:
        return crypto.encrypt(xml, key=seal.key, appid=seal.appid, random=seal.random)
    whole = seal.random + len(xml).to_bytes(4, "big") + xml + seal.appid.encode()
    return crypto.seal(crypto.pad(whole)[:-1] + b"\xff", key=seal.key)


def _body(account: Account, xml: bytes, encrypted: str) -> bytes:
    if account.mode == "safe":
        return markup.write({"ToUserName": account.gh_id, "Encrypt": encrypted}).encode()
    tail = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return xml.removesuffix(b"</xml>") + tail.encode()
