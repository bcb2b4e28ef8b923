"""Attacks by name: what was tried on others, and what someone with half of our secrets would try."""

import base64
import gzip
import hashlib
import re
import zlib
from collections.abc import Mapping

from chalicelib.callbacks.edge import MOST_BYTES
from chalicelib.web import Request
from tests.fuzz import parcels
from tests.fuzz.arena import NOW, appid
from tests.unit.wechat import platform

OPENID = "oFollower00000000000000001"
SECRET = "Geheimnis7"
HEAD = (
    f"<ToUserName>gh_0123456789ab</ToUserName><FromUserName>{OPENID}</FromUserName><CreateTime>{NOW}</CreateTime>"
    f"<MsgId>1</MsgId>"
)
TEXT = f"<xml>{HEAD}<MsgType>text</MsgType><Content>{SECRET}</Content></xml>"
GOOD = parcels.parcel("safe", TEXT.encode())
SEALED = re.search(rb"<Encrypt><!\[CDATA\[(.*?)\]\]>", GOOD.body)[1].decode()  # type: ignore[index]
STAMP = GOOD.query["timestamp"][0]


def query(**changed: str | tuple[str, ...]) -> Request:
    """The good delivery with other parameters: a text for a value, a tuple for several or none."""
    values = {name: (value,) if isinstance(value, str) else value for name, value in changed.items()}
    return Request("safe", {**GOOD.query, **values}, GOOD.body)


def body(around: str | bytes, *, sealed: str = SEALED) -> Request:
    """A rightly signed delivery of what is sealed, written where `around` says ``{}``."""
    written = around.replace("{}", sealed).encode() if isinstance(around, str) else around
    return Request("safe", platform.deliver(sealed, at=NOW).query, written)


def sealed(text: str) -> Request:
    """Rightly signed, by someone who knows the token, whatever it is that they call sealed."""
    return Request("safe", (good := platform.deliver(text, at=NOW)).query, good.body)


def blocks(plain: bytes, *, key: bytes = platform.KEY) -> Request:
    return sealed(platform.encrypted(plain, key=key))


def framed(*, owner: str = appid("safe"), length: int | None = None) -> bytes:
    return platform.framed(TEXT.encode(), appid=owner, length=length)


def flipped(at: int) -> Request:
    """One bit of the ciphertext is another, and the signature fits."""
    cipher = bytearray(base64.b64decode(SEALED))
    cipher[at] ^= 1
    return sealed(base64.b64encode(cipher).decode())


PADDED = platform.padded(framed())
CIPHER = base64.b64decode(SEALED)
MSG_SIGNATURE = GOOD.query["msg_signature"][0]

ON_THE_QUERY: dict[str, Request] = {
    "no parameter at all": Request("safe", {}, GOOD.body),
    "only the parameters of plain mode": query(msg_signature=()),
    "no timestamp": query(timestamp=()),
    "no nonce": query(nonce=()),
    "an empty signature": query(msg_signature=""),
    "an empty timestamp": query(timestamp=""),
    "an empty nonce": query(nonce=""),
    "two signatures, the right one first": query(msg_signature=(MSG_SIGNATURE, "0" * 40)),
    "two signatures, the right one last": query(msg_signature=("0" * 40, MSG_SIGNATURE)),
    "the same signature twice": query(msg_signature=(MSG_SIGNATURE, MSG_SIGNATURE)),
    "two timestamps": query(timestamp=(STAMP, STAMP)),
    "two nonces": query(nonce=(platform.NONCE, platform.NONCE)),
    "a signature of zeros": query(msg_signature="0" * 40),
    "the signature in capitals": query(msg_signature=MSG_SIGNATURE.upper()),
    "the signature and a line break": query(msg_signature=MSG_SIGNATURE + "\n"),
    "the signature and a null byte": query(msg_signature=MSG_SIGNATURE + "\0"),
    "half of the signature": query(msg_signature=MSG_SIGNATURE[:20]),
    "the signature in full width": query(msg_signature="".join(chr(ord(one) + 0xFEE0) for one in MSG_SIGNATURE)),
    "the signature of plain mode": query(msg_signature=GOOD.query["signature"][0]),
    "the signature without the sealed part": query(msg_signature=platform.sign(platform.TOKEN, STAMP, platform.NONCE)),
    "a signature without the token": query(msg_signature=platform.sign(STAMP, platform.NONCE, SEALED)),
    "a signature with an empty token": query(msg_signature=platform.sign("", STAMP, platform.NONCE, SEALED)),
    "a signature of SHA-256": query(msg_signature=hashlib.sha256(SEALED.encode()).hexdigest()[:40]),
    "a signature for another nonce": query(nonce="another"),
    "a signature for another second": query(timestamp=str(NOW + 1)),
    "a digit moved from the timestamp into the nonce": query(timestamp=STAMP[:-1], nonce=STAMP[-1] + platform.NONCE),
    "a digit moved from the nonce into the timestamp": query(
        timestamp=STAMP + platform.NONCE[0], nonce=platform.NONCE[1:]
    ),
    "a timestamp of ten minutes ago": parcels.parcel("safe", TEXT.encode(), at=NOW - 600),
    "a timestamp of in ten minutes": parcels.parcel("safe", TEXT.encode(), at=NOW + 600),
    "a timestamp just too old": parcels.parcel("safe", TEXT.encode(), at=NOW - 301),
    "a timestamp just too new": parcels.parcel("safe", TEXT.encode(), at=NOW + 301),
    "a timestamp of 1970": parcels.parcel("safe", TEXT.encode(), at=1),
    "a timestamp in milliseconds": parcels.parcel("safe", TEXT.encode(), at=NOW * 1000),
    "a negative timestamp": parcels.parcel("safe", TEXT.encode(), at=-NOW),
    "a timestamp with blanks": query(timestamp=f" {STAMP}"),
    "a timestamp with an exponent": query(timestamp="1772589e3"),
    "a timestamp in Arabic digits": query(timestamp=STAMP.translate({48 + n: 0x660 + n for n in range(10)})),
    "a nonce of 65 characters": parcels.parcel("safe", TEXT.encode(), nonce="n" * 65),
    "a nonce of markup": parcels.parcel("safe", TEXT.encode(), nonce="]]><x>"),
    "a nonce with a line break": parcels.parcel("safe", TEXT.encode(), nonce="n\r\nSet-Cookie"),
    "a Chinese nonce": parcels.parcel("safe", TEXT.encode(), nonce="随机"),
    "parameters in capitals": Request("safe", {name.upper(): value for name, value in GOOD.query.items()}, GOOD.body),
}
ON_THE_MODE: dict[str, Request] = {
    "a plain message to an account that demands encryption": Request("safe", GOOD.query, TEXT.encode()),
    "a plain message that says so": Request("safe", {**GOOD.query, "encrypt_type": ("raw",)}, TEXT.encode()),
    "a plain message with the plain signature only": Request("safe", parcels.parcel("plain", b"").query, TEXT.encode()),
    "a plain message in compatible mode": Request("compatible", GOOD.query, TEXT.encode()),
    "a plain message that nobody signed": Request("plain", {**GOOD.query, "signature": ("0" * 40,)}, TEXT.encode()),
    "a plain message, signed as a sealed one": Request("plain", query(signature=MSG_SIGNATURE).query, TEXT.encode()),
    "a message for another account of ours": Request("compatible", GOOD.query, GOOD.body),
    "a sealed message to a plain account": Request("plain", GOOD.query, GOOD.body),
}  # fmt: skip
ON_THE_SEAL: dict[str, Request] = {
    "a stranger's key": sealed(platform.sealed(TEXT.encode(), appid=appid("safe"), key=platform.STRANGERS_KEY)),
    "a stranger's appid": blocks(platform.padded(framed(owner="wx9999999999999999"))),
    "no appid": blocks(platform.padded(framed(owner=""))),
    "an appid too short": blocks(platform.padded(framed(owner=appid("safe")[:-1]))),
    "an appid too long": blocks(platform.padded(framed(owner=appid("safe") + "0"))),
    "an appid in capitals": blocks(platform.padded(framed(owner=appid("safe").upper()))),
    "a length of zero": blocks(platform.padded(framed(length=0))),
    "a length of four gigabytes": blocks(platform.padded(framed(length=2**32 - 1))),
    "a length one too long": blocks(platform.padded(framed(length=len(TEXT) + 1))),
    "a length one too short": blocks(platform.padded(framed(length=len(TEXT) - 1))),
    "a length over the padding": blocks(platform.padded(framed(length=len(TEXT) + 18))),
    "no message": blocks(platform.padded(b"")),
    "a message shorter than its head": blocks(platform.padded(b"x" * 19)),
    "a padding of zero": blocks(bytes(32)),
    "a padding of 33": blocks(b"\x21" * 64),
    "a padding of 255": blocks(b"\xff" * 256),
    "a padding longer than the message": blocks(b"\x20" * 16),
    "a padding that contradicts itself": blocks(PADDED[:-2] + b"\x00" + PADDED[-1:]),
    "a bit of the first block": flipped(17),
    "a bit of the last block": flipped(len(CIPHER) - 17),
    "a bit of the padding": flipped(len(CIPHER) - 1),
    "the last block left out": sealed(base64.b64encode(CIPHER[:-16]).decode()),
    "the last block twice": sealed(base64.b64encode(CIPHER + CIPHER[-16:]).decode()),
    "blocks in another order": sealed(base64.b64encode(CIPHER[16:32] + CIPHER[:16] + CIPHER[32:]).decode()),
    "half of a block": sealed(base64.b64encode(CIPHER[:-8]).decode()),
    "nothing": sealed(base64.b64encode(b"").decode()),
    "base64 of no length": sealed(SEALED[:-1]),
    "base64 for URLs": sealed(SEALED.replace("+", "-").replace("/", "_")[:-4] + "_-_="),
    "base64 with a hole": sealed(SEALED[:40] + "====" + SEALED[40:]),
    "an unsealed message": sealed(base64.b64encode(PADDED).decode()),
    "an answer sent back": sealed(platform.sealed(b"<xml/>", appid=appid("safe"))),
}  # fmt: skip
ON_THE_BODY: dict[str, Request] = {
    "no body": body(b""),
    "blanks": body(b" \n" * 10),
    "null bytes": body(bytes(64)),
    "JSON": body('{"Encrypt": "{}"}'),
    "a form": body("Encrypt={}"),
    "gzip": body(gzip.compress(GOOD.body)),
    "UTF-16": body(GOOD.body.decode().encode("utf-16")),
    "a byte that is no ASCII": body(GOOD.body + b"\xff"),
    "a DTD": body("<!DOCTYPE xml><xml><Encrypt>{}</Encrypt></xml>"),
    "an entity": body('<!DOCTYPE x [<!ENTITY e "{}">]><xml><Encrypt>&e;</Encrypt></xml>'),
    "an entity of a file": body(
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>{}</Encrypt></xml>'
    ),
    "two sealed parts": body("<xml><Encrypt>{}</Encrypt><Encrypt>{}</Encrypt></xml>"),
    "a second sealed part": body("<xml><Encrypt>{}</Encrypt><Encrypt>AAAA</Encrypt></xml>"),
    "a sealed part in a comment": body("<xml><!--<Encrypt>{}</Encrypt>--></xml>"),
    "a sealed part in a text": body("<xml><Content><![CDATA[<Encrypt>{}</Encrypt>]]></Content></xml>"),
    "a sealed part in an attribute": body('<xml Encrypt="{}"/>'),
    "a sealed part with an attribute": body('<xml><Encrypt a="b">{}</Encrypt></xml>'),
    "a sealed part with a prefix": body("<xml><x:Encrypt>{}</x:Encrypt></xml>"),
    "a sealed part in small letters": body("<xml><encrypt>{}</encrypt></xml>"),
    "a sealed part that never ends": body("<xml><Encrypt>{}"),
    "a sealed part inside another": body("<xml><Encrypt><Encrypt>{}</Encrypt></Encrypt></xml>", sealed="AAAA"),
    "a thousand beginnings": body("<Encrypt>" * 7_000),
    "a thousand beginnings of a text": body("<![CDATA[" * 7_000),
    "sixty thousand blanks": body("<Encrypt>" + " " * 60_000),
    "sixty thousand letters": body("<Encrypt>" + "A" * 60_000),
}
ON_THE_SIZE: dict[str, Request] = {
    "one byte too many": Request("safe", GOOD.query, b"x" * (MOST_BYTES + 1)),
    "ten megabytes": Request("safe", GOOD.query, b"<a>" * 3_500_000),
    "too much for nobody": Request("nobody", {}, b"x" * (MOST_BYTES + 1)),
    "too much around a good delivery": Request("safe", GOOD.query, GOOD.body + b" " * MOST_BYTES),
}
ON_THE_PATH = (
    "", "nobody", "SAFE", "safe/", "/safe", "../safe", "./safe", "safe\0", "safe\n", " safe", "ｓａｆｅ",
    "%73afe", "safe#",
    "safe?x=1", "-safe", "s" * 33, "safe;plain", "账号", "wx0011223344556600", "{}", "safe'--", "*",
)  # fmt: skip
REFUSED = {
    f"{where}: {name}": request
    for where, attacks in {
        "query": ON_THE_QUERY, "mode": ON_THE_MODE, "seal": ON_THE_SEAL, "body": ON_THE_BODY,
    }.items()
    for name, request in attacks.items()
}  # fmt: skip
"""What nobody may be answered for."""


def saying(content: str) -> bytes:
    number = f"<MsgId>{zlib.crc32(content.encode())}"
    return f"<xml>{HEAD.replace('<MsgId>1', number)}<MsgType>text</MsgType>{content}</xml>".encode()


MARKS = "\u0300\u0316"
ATTRIBUTES = " ".join(f'a{n}=""' for n in range(2_000))
COSTLY: dict[str, bytes] = {
    "combining marks in the wrong order": saying(f"<Content>{MARKS * 7_000}{SECRET}</Content>"),
    "ligatures that unfold": saying(f"<Content>{'ﷺ' * 10_000}{SECRET}</Content>"),
    "two thousand attributes": saying(f"<Content {ATTRIBUTES}>{SECRET}</Content>"),
    "four thousand texts": saying(f"<Content>{'<![CDATA[a]]>' * 3_400}</Content>"),
    "four thousand comments": saying(f"<Content>{'a<!---->' * 5_500}</Content>"),
    "forty thousand references": saying(f"<Content>{'&lt;' * 11_000}</Content>"),
    "elements behind a comment that begins a text": saying(
        f"<!--<![CDATA[-->{'<a/>' * 1_900}<Content>{SECRET}</Content>"
    ),
    "one long text": saying(f"<Content>{'会' * 15_000}{SECRET}</Content>"),
}

TOO_MUCH: dict[str, bytes] = {
    "elements hidden by a comment that begins a text": saying(f"<!--<![CDATA[-->{'<a/>' * 11_000}"),
    "depth hidden by a comment that begins a text": saying(f"<!--<![CDATA[-->{'<a>' * 6_000}{'</a>' * 6_000}"),
    "a time with a tail": saying("").replace(str(NOW).encode(), f"0{NOW}12345".encode()),
    "a time of ten thousand digits": saying("").replace(str(NOW).encode(), b"0" * 5_000 + str(NOW).encode()),
}


WHOLE = {name: tuple(values) for name, values in parcels.greeting().query.items()}
TAMPERED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "no signature": {"signature": ()},
    "another signature": {"signature": ("0" * 40,)},
    "the signature twice": {"signature": WHOLE["signature"] * 2},
    "another second": {"timestamp": (str(NOW + 1),)},
    "no echo": {"echostr": ()},
    "two echoes": {"echostr": ("1", "2")},
    "an empty echo": {"echostr": ("",)},
    "an echo of markup with blanks": {"echostr": ("<script src = x>",)},
    "an echo with a line break": {"echostr": ("1\r\nSet-Cookie: a=b",)},
    "a huge echo": {"echostr": ("1" * 257,)},
}
ECHOES = {name: {**WHOLE, **changed} for name, changed in TAMPERED.items()}
"""Checks of the address that were tampered with: their parameters."""
