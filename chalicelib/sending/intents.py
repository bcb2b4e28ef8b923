"""From the wish that a follower be told something to a push in the ledger: once per key, for good."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.credentials import Credentials
from chalicelib.decision import Facts
from chalicelib.queues import Queues
from chalicelib.store.journal import Entry
from chalicelib.store.push import LOOKS_EVERY, Channel, Content, ContentClass, Push
from chalicelib.store.table import Change, Lost, Table

LASTS = timedelta(days=3)
"""How long a notice stays worth sending, where the intent does not say."""
GROUP = 16
"""Hexadecimal digits of the handle that serialise one member's sends."""


@dataclass(frozen=True, slots=True)
class Intent:
    """`kind` and `key` together are asked for once: `kind` is what is told (``order.shipped``), `key` what it is about
    (the order's number). Sent between `not_before` and `expires_at`."""

    openid: str
    kind: str
    key: str
    channel: Channel
    content_class: ContentClass
    content: Content
    not_before: datetime | None = None
    expires_at: datetime | None = None
    urgent: bool = False
    trial: str = ""

    def __repr__(self) -> str:
        return f"Intent(kind={self.kind!r}, channel={self.channel!r})"


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of an intent: `known` if its key was used before, whatever has happened since."""

    push_id: str
    outcome: Literal["planned", "known"]


def push_id(account: str, openid: str, kind: str, key: str) -> str:
    """The idempotency key of an intent."""
    return digest(account, openid, kind, key)


def digest(*parts: str) -> str:
    """32 hexadecimal digits for these texts in this order. No separator occurs in them as they are joined."""
    joined = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hashlib.sha256(joined).hexdigest()[:32]


def as_push(intent: Intent, credentials: Credentials, *, now: datetime) -> Push:
    """The push as it is first written."""
    return _push(intent, credentials.account, credentials.handle(intent.openid), now)


def to_subject(intent: Intent, facts: Facts) -> Push:
    """The push as a decision carries it, to the follower whom its event is about."""
    return _push(intent, facts.account, facts.handle, facts.now)


def _push(intent: Intent, account: str, handle: str, now: datetime) -> Push:
    not_before = max(intent.not_before or now, now)
    return Push(
        account=account,
        push_id=push_id(account, intent.openid, intent.kind, intent.key),
        kind=intent.kind,
        channel=intent.channel,
        content_class=intent.content_class,
        openid=intent.openid,
        group=handle[:GROUP],
        content=intent.content,
        planned_at=now,
        not_before=not_before,
        expires_at=intent.expires_at or not_before + LASTS,
        due_at=min(not_before, now + LOOKS_EVERY),
        urgent=intent.urgent,
        trial=intent.trial,
    )


def changes(push: Push) -> tuple[Change, ...]:
    """What planning it writes: at once with whatever it follows from, or never."""
    return push.put(), entry(push, "planned", at=push.planned_at).put()


def entry(push: Push, outcome: str, *, at: datetime) -> Entry:
    """One line of the journal for each step of a push; `push` is as it is written with it, so its version is new."""
    entry_id = f"{push.push_id}-{push.version}"
    details = {"kind": push.kind, "channel": push.channel, "class": push.content_class, "reason": push.reason,
               "trial": push.trial}  # fmt: skip
    return Entry(
        push.account,
        entry_id,
        at,
        "push",
        outcome,
        push.member_no,
        {name: text for name, text in details.items() if text},
    )


def plan(
    intents: Sequence[Intent], credentials: Credentials, *, table: Table, queues: Queues, now: datetime
) -> tuple[Planned, ...]:
    """Write each intent that is new, and wake those that are due. Doing it again changes nothing.

    Raises Unavailable; what was planned by then stands, and is known when it is asked for again.
    """
    planned = tuple(_planned(as_push(intent, credentials, now=now), table) for intent in intents)
    queues.wake([push.name for push, outcome in planned if outcome == "planned" and push.due_at <= now])
    return tuple(Planned(push.push_id, outcome) for push, outcome in planned)


def _planned(push: Push, table: Table) -> tuple[Push, Literal["planned", "known"]]:
    try:
        table.write(changes(push))
    except Lost:
        return push, "known"
    return push, "planned"
