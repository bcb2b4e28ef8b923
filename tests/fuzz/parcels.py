"""Requests as WeChat makes them, and the question whether it could have made one: both from the specification alone."""

import base64
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from chalicelib.web import Request
from tests.fuzz.arena import MODES, NOW, PREVIOUS_AES_KEY, Serve, appid
from tests.unit.wechat import platform

KEYS = {"current": platform.KEY, "previous": base64.b64decode(PREVIOUS_AES_KEY + "=")}
FRESH = 300
HELLO = (
    f"<xml><ToUserName>gh_0</ToUserName><FromUserName>oWarm</FromUserName><CreateTime>{NOW}</CreateTime>"
    f"<MsgType>text</MsgType><MsgId>1</MsgId><Content>你好</Content></xml>"
)
BASE64 = re.compile(rb"[A-Za-z0-9+/=]{20,}")


def parcel(account: str, xml: bytes, *, key: str = "current", nonce: str = platform.NONCE, at: int = NOW) -> Request:
    """A delivery whose every outer part is right, in the mode of the account."""
    if account == "plain":
        delivery = platform.deliver("", at=at, nonce=nonce, body=xml)
        return Request(account, dict(delivery.query), xml)
    sealed = platform.sealed(xml, appid=appid(account), key=KEYS[key])
    delivery = platform.deliver(sealed, at=at, nonce=nonce)
    return Request(account, dict(delivery.query), delivery.body)


def greeting(*, at: int = NOW) -> Request:
    """WeChat's check of the address."""
    query = dict(platform.deliver("", at=at, body=b"").query)
    return Request("safe", query | {"echostr": ("4375120948345356249",)})


def warm_up(serve: Serve) -> None:
    """Let the process load what it loads once, and each account its release, before anything is timed."""
    for account in MODES:
        serve(parcel(account, HELLO.encode()))


def is_vouched_for(request: Request) -> bool:
    """Whether WeChat, or someone who knows the token, has signed this lately and, where it must be, sealed it.

    More generous than the edge: whatever looks like base64 in the body may be what is signed.
    """
    stamps, nonces = request.query.get("timestamp", ()), request.query.get("nonce", ())
    if len(stamps) != 1 or len(nonces) != 1 or not re.fullmatch("[0-9]{10}", stamps[0]):
        return False
    if abs(int(stamps[0]) - NOW) > FRESH:
        return False
    if request.account == "plain":
        return request.query.get("signature", ()) == (_signature(request),)
    given = request.query.get("msg_signature", ())
    return any(given == (_signature(request, part.decode()),) for part in BASE64.findall(request.body))


def is_checked(request: Request) -> bool:
    """Whether it is WeChat's own check of the address."""
    stamps = request.query.get("timestamp", ("",))
    fresh = bool(re.fullmatch("[0-9]{10}", stamps[0])) and abs(int(stamps[0]) - NOW) <= FRESH
    signed = len(stamps) == 1 and len(request.query.get("nonce", ())) == 1
    return fresh and signed and request.query.get("signature", ()) == (_signature(request),)


def written(query: Mapping[str, Sequence[str]]) -> bytes:
    return urlencode([(name, value) for name, values in query.items() for value in values]).encode()


def read(query: bytes) -> dict[str, tuple[str, ...]]:
    """As the gateway reads it: every value of every name."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(query.decode(errors="replace"), keep_blank_values=True):
        found[name] = (*found.get(name, ()), value)
    return found


def _signature(request: Request, *sealed: str) -> str:
    parts = (request.query["timestamp"][0], request.query["nonce"][0], *sealed)
    return platform.sign(platform.TOKEN, *(part.encode(errors="replace").decode() for part in parts))
