"""The words that every handler and job speaks: facts in, a decision out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from chalicelib.store.account import AccountState
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.store.push import Push
from chalicelib.store.quota import Quota
from chalicelib.store.release import FaqEntry, Release
from chalicelib.store.sends import Sends
from chalicelib.store.table import Change, Table
from chalicelib.store.tombstone import Tombstone
from chalicelib.vault import Vault
from chalicelib.wechat.inbound import Inbound
from chalicelib.wechat.reply import Reply


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the FAQ makes of a text: one entry to answer with, up to three to ask about, or none."""

    outcome: Literal["answer", "clarify", "miss"]
    entries: tuple[FaqEntry, ...] = ()
    confidence: float = 0.0
    """From 0 to 1, which only a message has that is a keyword, a title or a question as a whole."""
    nearest: tuple[FaqEntry, ...] = ()
    """With a miss: the entries that came closest, the best first."""

    @property
    def was_searched(self) -> bool:
        """Whether the answer is a finding, and might be wrong."""
        return self.confidence < 1.0


class Faq(Protocol):
    """A compiled release. Pure: the same question gets the same verdict."""

    @property
    def release(self) -> Release: ...

    def search(self, text: str, *, now: datetime, tags: tuple[str, ...] = ()) -> Verdict:
        """Never raises, whatever the text is."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when an event is decided. A handler that must know more gets a new field here."""

    now: datetime
    account: str
    handle: str
    """Keyed HMAC of the subject's openid: the key of their tombstone; empty without a subject."""
    fresh_id: str
    """A random id, for a member that is created by this decision."""
    faq: Faq
    state: AccountState
    vault: Vault
    """For words that are kept."""
    member: Member | None = None
    tombstone: Tombstone | None = None
    sends: Sends | None = None
    quota: Quota | None = None
    """Today's of template messages, where an event says that they go out too fast."""


Saved: TypeAlias = Member | Sends


@dataclass(frozen=True, slots=True)
class Erase:
    """All of the member goes; the tombstone stays. `member` is None when nothing is known of them."""

    member: Member | None
    tombstone: Tombstone


@dataclass(frozen=True, slots=True)
class Decision:
    """What should happen: one transaction, then the wake-ups, then the reply. `outcome` is for the journal."""

    outcome: str
    reply: Reply | None = None
    save: tuple[Saved, ...] = ()
    erase: Erase | None = None
    jobs: tuple[Job, ...] = ()
    pushes: tuple[Push, ...] = ()
    """New pushes that follow from the event; one whose key was used before loses the whole decision, so their keys
    derive from the receipt."""
    changes: tuple[Change, ...] = ()
    """Of what belongs to no member: what a finish event makes of a push, or of a quota. One whose condition no longer
    holds is left out, where nothing else objects."""
    details: Mapping[str, str | int] = field(default_factory=dict)
    """Countable facts for the journal: never an openid, never a text."""


class Handler(Protocol):
    """A pure function: no table, clock, network or environment."""

    def __call__(self, event: Inbound, facts: Facts, /) -> Decision: ...


@dataclass(frozen=True, slots=True)
class Done:
    """What a job comes to: its changes are committed together with its end."""

    outcome: str
    member_no: str = ""
    changes: tuple[Change, ...] = ()
    details: Mapping[str, str | int] = field(default_factory=dict)
    """Countable facts for the journal: never an openid, never a text."""


Asked: TypeAlias = Callable[[Table], Done]
"""What remains of a job once the outside was asked: reads the table and decides. Run again when the member moved."""
