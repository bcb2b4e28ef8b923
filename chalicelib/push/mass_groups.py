"""A batch's recipients, some at a time: what is decided for them is written together, or else one by one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from chalicelib.door import count
from chalicelib.errors import Conflict
from chalicelib.push.kit import Kit
from chalicelib.sending.intents import push_id
from chalicelib.sending.verdict import Wait
from chalicelib.store import keys
from chalicelib.store.batch import Batch
from chalicelib.store.keys import Key
from chalicelib.store.push import OPEN, Push
from chalicelib.store.table import Change, Item, Lost

GROUP = 20
"""At most four changes for each, and one check: a transaction takes a hundred."""
READ = 100
"""Items in one read."""
TRIES = 6


@dataclass(frozen=True, slots=True)
class Decided:
    """What shall be written for a group, and in which states it leaves their pushes."""

    changes: list[Change] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)


Decide: TypeAlias = Callable[[Sequence[str]], Decided | Wait]


def settle(openids: Sequence[str], batch: Batch, kit: Kit, decide: Decide) -> Wait | None:
    """Have each of them decided on and written, once; the first thing that they all must wait for ends it.

    Raises Conflict when another worker has the batch.
    """
    states: Counter[str] = Counter()
    try:
        for start in range(0, len(openids), GROUP):
            wait = _settled(openids[start : start + GROUP], batch, kit, decide, states)
            if wait:
                return wait
    finally:
        _tell(batch, states)
    return None


def pushes_of(openids: Sequence[str], batch: Batch, kit: Kit) -> dict[str, Push]:
    """The pushes of these recipients, whichever batch planned them; without those who have none yet."""
    at = {keys.push(batch.account, push_id(batch.account, one, batch.kind, batch.key)): one for one in openids}
    places, found = tuple(at), dict[Key, Item]()
    for start in range(0, len(places), READ):
        found |= kit.table.get_many(places[start : start + READ])
    return {openid: Push.from_item(found[key]) for key, openid in at.items() if key in found}


def is_ours(push: Push, batch: Batch) -> bool:
    """Whether the push has still to go with this batch."""
    return push.batch == batch.batch_id and push.is_open


def _settled(group: Sequence[str], batch: Batch, kit: Kit, decide: Decide, states: Counter[str]) -> Wait | None:
    for _ in range(TRIES):
        decided = decide(group)
        if isinstance(decided, Wait):
            return decided
        try:
            _write(decided, batch, kit)
        except Lost as lost:
            if batch.unmoved().key in lost.stood:
                raise Conflict("another worker has the batch") from None
            if len(group) > 1:
                return _one_by_one(group, batch, kit, decide, states)
            continue
        states.update(decided.states)
        return None
    raise Conflict("others kept moving a member")


def _one_by_one(group: Sequence[str], batch: Batch, kit: Kit, decide: Decide, states: Counter[str]) -> Wait | None:
    waits = (_settled([openid], batch, kit, decide, states) for openid in group)
    return next(filter(None, waits), None)


def _write(decided: Decided, batch: Batch, kit: Kit) -> None:
    if decided.changes:
        kit.table.write([*decided.changes, batch.unmoved()])


def _tell(batch: Batch, states: Counter[str]) -> None:
    for state, amount in states.items():
        if state not in OPEN:
            count("Pushes", amount, account=batch.account, kind=batch.kind, outcome=state)
        if state == "unknown":
            count("UnknownPushes", amount, account=batch.account)
