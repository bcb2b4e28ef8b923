"""What WeChat tells after a send: which push it is about, and what became of it. Pure.

The member's ledger decides. A push and its place there move together, so what is open in the ledger is open in the
push, and whoever comes between moves both: then the event is decided anew. WeChat tells of a template message by its
number, and of a subscription notice too, though the send itself seldom gave us one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.sending.reservation import with_credit
from chalicelib.store import push as pushes
from chalicelib.store.push import Channel
from chalicelib.store.sends import Sends, SendState, Sent
from chalicelib.store.table import Change
from chalicelib.wechat.errors import cleaned
from chalicelib.wechat.events import TemplateFinished
from chalicelib.wechat.inbound import Inbound

FINAL: frozenset[SendState] = frozenset({"delivered", "undelivered"})
GUESSED_WITHIN = timedelta(hours=24)
"""A result without a number that we know is about a push of these hours. Results come within seconds."""
SKEW = timedelta(minutes=1)
"""How far our clock may run ahead of WeChat's, which counts whole seconds."""
NUMBER = re.compile(r"[0-9]{1,32}")
LONGEST = 64
STATUSES = {"user block": "blocked", "system failed": "system", "freq limit": "freq_limit"}
GIVE_BACK = frozenset(STATUSES.values())
"""Reasons for which a notice clearly was not delivered, and the follower's accept stands. Whether WeChat itself gives
it back is not published; if it does not, the next send is refused, and no more."""


@dataclass(frozen=True, slots=True)
class Result:
    """What WeChat tells of one send. Without a `reason` it was delivered."""

    channel: Channel
    msgid: str
    reason: str
    told_at: datetime
    template: str = ""
    """Empty where WeChat does not name it."""


@dataclass(frozen=True, slots=True)
class Finish:
    """What a result comes to: a line for the journal, and what changes in the member's ledger and in the push."""

    outcome: str
    details: Mapping[str, str | int] = field(default_factory=dict)
    ledger: Sends | None = None
    changes: tuple[Change, ...] = ()


def reason_of(status: str) -> str:
    """Why it was not delivered, empty for a success: a code of ours, or WeChat's own words where they are new."""
    words = " ".join(status.split())
    if words.lower() == "success":
        return ""
    _, _, why = words.lower().partition(":")
    return STATUSES.get(why.strip()) or cleaned(words)[:LONGEST] or "unreadable"


def tells_of_haste(event: Inbound) -> bool:
    """Whether it says that the account's notices go out too fast."""
    return isinstance(event.body, TemplateFinished) and reason_of(event.body.status) == "freq_limit"


def finish(ledger: Sends | None, result: Result) -> Finish | None:
    """None when it is about no push of ours. The first result of a push is its last word."""
    found = _pushes_of(ledger, result) if ledger else []
    if ledger is None or not found:
        return None
    return _finish(ledger, found[0], result) if len(found) == 1 else Finish("push.unmatched")


def _finish(ledger: Sends, sent: Sent, result: Result) -> Finish:
    details = {"kind": sent.kind, "channel": sent.channel, "reason": result.reason, "trial": sent.trial}
    told: dict[str, str | int] = {name: text for name, text in details.items() if text}
    if sent.state in FINAL:
        return Finish("push.repeated", told)
    state: pushes.Final = "undelivered" if result.reason else "delivered"
    number = result.msgid if NUMBER.fullmatch(result.msgid) else sent.msgid
    return Finish(
        f"push.{state}",
        told | {"was": sent.state},
        _given_back(ledger, sent, result).with_sent(replace(sent, state=state, msgid=number)),
        (pushes.finished(ledger.account, sent.push_id, state, result.reason, number),),
    )


def _pushes_of(ledger: Sends, result: Result) -> list[Sent]:
    """The push of this number; else those that it may be about."""
    of_channel = [sent for sent in ledger.recent if sent.channel == result.channel]
    known = [sent for sent in of_channel if result.msgid and sent.msgid == result.msgid]
    return known or [sent for sent in of_channel if _may_be(sent, result)]


def _may_be(sent: Sent, result: Result) -> bool:
    """It has no number yet, or WeChat may have given it two; and it was under way at that time."""
    is_open = sent.state not in FINAL and (not sent.msgid or sent.doubtful)
    is_recent = -SKEW <= result.told_at - sent.at <= GUESSED_WITHIN
    return is_open and is_recent and result.template in ("", sent.template)


def _given_back(ledger: Sends, sent: Sent, result: Result) -> Sends:
    if sent.channel == "subscribe" and result.reason in GIVE_BACK:
        return with_credit(ledger, sent.template, -1)
    return ledger
