"""What a claim writes: the push as ours, and what it sets aside in its member's ledger. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.sending.reservation import reserved
from chalicelib.sending.verdict import Known
from chalicelib.store import keys
from chalicelib.store.push import Push
from chalicelib.store.sends import Sends
from chalicelib.store.table import Change, Check, Equals


class Claim(NamedTuple):
    """Push and ledger as they stand once `changes` are written, all or none."""

    push: Push
    ledger: Sends
    changes: tuple[Change, ...]


def claimed(push: Push, known: Known, *, until: datetime, now: datetime) -> Claim:
    """The push as ours until then: only while the member is as they were judged."""
    member = known.member
    if member is None:
        raise ValueError("the gate lets nobody through whom we do not know")
    ours = replace(
        push,
        state="claimed",
        reason="",
        epoch=push.epoch + 1,
        attempts=push.attempts + 1,
        first_tried_at=(push.doubtful and push.first_tried_at) or now,
        due_at=until,
        member_no=member.member_no,
    )
    ledger = reserved(known.sends, ours, member, now=now)
    unmoved = Check(
        keys.member(member.account, member.openid),
        (Equals("member_no", member.member_no), Equals("version", member.version)),
    )
    return Claim(
        replace(ours, version=ours.version + 1),
        replace(ledger, version=ledger.version + 1),
        (ours.put(), ledger.put(), unmoved),
    )
