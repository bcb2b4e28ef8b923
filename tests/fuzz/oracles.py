"""What must hold of every answer, whatever came in. Each objection is a `Finding`."""

from xml.etree import ElementTree as ET

from chalicelib.callbacks.edge import MOST_BYTES, SILENCE
from chalicelib.store.table import Item
from chalicelib.web import Answer, Request
from tests.fuzz import parcels
from tests.fuzz.arena import NOW, appid
from tests.fuzz.cases import Finding
from tests.fuzz.texts import OPENID, SECRET
from tests.unit.wechat import platform

REFUSALS = {403, 404, 413}
REPLIES = {"text", "image", "news", "transfer_customer_service"}
LONGEST_ENTRY = 1_000
"""Characters of a journal entry as Python shows it."""
NAMED = ("channel", "entry")
"""Details of an entry whose words are the operator's: the scene of a code, the id of an FAQ entry."""
LONGEST_TEXT = 2048
"""Bytes of a text that WeChat shows."""


def is_refused_silently(answer: Answer, *, calls: int) -> None:
    """A refusal has one look, and nothing was asked of the table for it."""
    if answer.status not in REFUSALS:
        raise Finding(f"status {answer.status}")
    if answer.body or answer.content_type != "text/plain":
        raise Finding("a refusal that tells something")
    if calls:
        raise Finding("the table or a queue was asked before a refusal")


def is_not_believed(request: Request, answer: Answer) -> None:
    """Nobody but WeChat is answered."""
    if answer.status == 200 and not parcels.is_vouched_for(request):
        raise Finding("a delivery that nobody vouches for is believed")


def is_bounded(request: Request, answer: Answer) -> None:
    if (len(request.body) > MOST_BYTES) != (answer.status == 413):
        raise Finding("the size limit is not where it should be")


def tells_nothing(heard: str) -> None:
    """No log line and no metric holds what a follower wrote or who they are."""
    for mark, what in ((SECRET, "a text"), (OPENID, "an openid")):
        if mark in heard:
            raise Finding(f"{what} in the log")
    if "door.failed" in heard:
        raise Finding("a failure in the log")


def is_discreet(entry: Item | None) -> None:
    """The journal has one short entry for a delivery, which does not tell who it was."""
    if entry is None:
        raise Finding("no journal entry")
    if len(str(entry)) > LONGEST_ENTRY:
        raise Finding("a journal entry without bounds")
    details = {name: value for name, value in entry["details"].items() if name not in NAMED}
    if OPENID in str({**entry, "details": details}):
        raise Finding("an openid in the journal")


def is_a_reply(answer: Answer, *, to: str, sender: str, account: str, key: bytes) -> str:
    """Well-formed, signed, sealed as the question was, and addressed to who asked. Gives what it says."""
    if answer.body == SILENCE:
        return ""
    body = answer.body.encode()
    reply = _root(body if account == "plain" else _unsealed(body, account, key))
    if reply["ToUserName"] != to:
        raise Finding("a reply to someone else")
    if reply["FromUserName"] != sender:
        raise Finding("a reply from someone else")
    if reply["MsgType"] not in REPLIES or reply["CreateTime"] != str(NOW):
        raise Finding("a reply that WeChat does not know")
    content = reply.get("Content", "")
    if reply["MsgType"] == "text" and not 0 < len(content.encode()) <= LONGEST_TEXT:
        raise Finding("a text that is empty or too long")
    return reply["MsgType"] + content


def _unsealed(body: bytes, account: str, key: bytes) -> bytes:
    outer = _root(body)
    signed = platform.sign(platform.TOKEN, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
    if outer["MsgSignature"] != signed:
        raise Finding("a reply with a wrong signature")
    xml, owner = platform.decrypted(outer["Encrypt"], key=key)
    if owner != appid(account):
        raise Finding("a reply for another account")
    return xml


def _root(xml: bytes) -> dict[str, str]:
    try:
        return {child.tag: child.text or "" for child in ET.fromstring(xml)}
    except ET.ParseError:
        raise Finding("a reply that is no XML") from None
