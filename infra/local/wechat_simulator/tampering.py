"""What each ordered fault does to a push, to its seal and to the parcel on the road."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from infra.local.wechat_simulator.account import Account
from infra.local.wechat_simulator.faults import Fault
from infra.local.wechat_simulator.parcel import Parcel, Seal
from infra.local.wechat_simulator.push import Push

DOCTYPE = b'<!DOCTYPE xml [<!ENTITY leak SYSTEM "file:///etc/passwd">]>'
STRANGER = "wx0000000000000000"


def spoil_push(push: Push, faults: Sequence[Fault]) -> Push:
    """The document inside, before it is sealed."""
    xml = push.xml
    for fault in faults:
        if fault.kind in INSIDE or (fault.kind in EITHER and fault.where == "inner"):
            xml = {**INSIDE, **EITHER}[fault.kind](xml, fault)
    return replace(push, xml=xml)


def spoil_seal(seal: Seal, account: Account, faults: Sequence[Fault]) -> Seal:
    for fault in faults:
        match fault.kind:
            case "previous_key":
                seal = replace(seal, key=account.keys[-1])
            case "wrong_appid":
                seal = replace(seal, appid=STRANGER)
            case "bad_padding":
                seal = replace(seal, breaks_padding=True)
            case "stale_timestamp":
                seal = replace(seal, timestamp=seal.timestamp - int(fault.seconds))
    return seal


def spoil_parcel(parcel: Parcel, faults: Sequence[Fault]) -> Parcel:
    for fault in faults:
        if fault.kind in EITHER and fault.where == "outer":
            parcel = replace(parcel, body=EITHER[fault.kind](parcel.body, fault))
        elif fault.kind in OUTSIDE:
            parcel = OUTSIDE[fault.kind](parcel, fault)
    return parcel


def _with_doctype(xml: bytes, _fault: Fault) -> bytes:
    return DOCTYPE + xml.replace(b"</xml>", b"<Leak>&leak;</Leak></xml>")


def _oversized(xml: bytes, fault: Fault) -> bytes:
    padding = b"<Padding>" + b"A" * max(0, fault.size - len(xml)) + b"</Padding></xml>"
    return xml.removesuffix(b"</xml>") + padding


def _not_utf8(xml: bytes, _fault: Fault) -> bytes:
    return xml.removesuffix(b"</xml>") + b"<Noise>\xff\xfe\xb0</Noise></xml>"


def _event_case(xml: bytes, fault: Fault) -> bytes:
    change = {"upper": bytes.upper, "lower": bytes.lower}.get(fault.name, bytes.swapcase)
    return re.sub(rb"(?<=<Event><!\[CDATA\[)[^\]]*", lambda found: change(found.group()), xml)


def _missing_msgid(xml: bytes, _fault: Fault) -> bytes:
    return re.sub(rb"<MsgId>.*?</MsgId>", b"", xml)


def _unknown_event(xml: bytes, _fault: Fault) -> bytes:
    as_event = re.sub(rb"(?<=<MsgType><!\[CDATA\[)[^\]]*", b"event", xml)
    without = re.sub(rb"<Event>.*?</Event>", b"", as_event)
    return without.removesuffix(b"</xml>") + b"<Event><![CDATA[never_heard_of]]></Event></xml>"


def _truncated(parcel: Parcel, _fault: Fault) -> Parcel:
    return replace(parcel, body=parcel.body[: len(parcel.body) // 2])


def _forged(parcel: Parcel, _fault: Fault) -> Parcel:
    signatures = {name: "0" * 40 for name in ("signature", "msg_signature") if name in parcel.query}
    return replace(parcel, query={**parcel.query, **signatures})


def _wrong_content_type(parcel: Parcel, _fault: Fault) -> Parcel:
    return replace(parcel, headers={**parcel.headers, "Content-Type": "application/x-www-form-urlencoded"})


def _missing_query(parcel: Parcel, fault: Fault) -> Parcel:
    return replace(parcel, query={name: value for name, value in parcel.query.items() if name != fault.name})


def _duplicate_query(parcel: Parcel, fault: Fault) -> Parcel:
    """The second value stands in the URL itself, because a mapping holds each name once."""
    join = "&" if "?" in parcel.url else "?"
    return replace(parcel, url=f"{parcel.url}{join}{fault.name}=twice")


INSIDE: dict[str, Callable[[bytes, Fault], bytes]] = {
    "event_case": _event_case,
    "missing_msgid": _missing_msgid,
    "unknown_event": _unknown_event,
}
EITHER: dict[str, Callable[[bytes, Fault], bytes]] = {
    "doctype": _with_doctype,
    "oversized": _oversized,
    "not_utf8": _not_utf8,
}
OUTSIDE: dict[str, Callable[[Parcel, Fault], Parcel]] = {
    "truncated": _truncated,
    "forged_signature": _forged,
    "wrong_content_type": _wrong_content_type,
    "missing_query": _missing_query,
    "duplicate_query": _duplicate_query,
}
