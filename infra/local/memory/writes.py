"""One write, alone or within a transaction: read and checked first, then judged by what stands there, then applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from infra.local.memory.counts import Counts
from infra.local.memory.errors import ConditionFailed
from infra.local.memory.expressions import Expressions, expressions
from infra.local.memory.limits import check_item_size, check_key, check_key_of, checked
from infra.local.memory.storage import Storage
from infra.local.memory.values import Typed

Kind = Literal["Put", "Update", "Delete", "ConditionCheck"]


@dataclass(frozen=True, slots=True)
class Write:
    """What a request asks for; nothing about it is wrong in itself."""

    kind: Kind
    pk: str
    sk: str
    expressions: Expressions
    shows_old: bool
    """Whether a failed condition shows the item that stands there."""
    item: Typed
    """The whole item of a put; else the key."""
    size: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write would do. `new` is None where nothing stays; `old` and `new` are the same for a mere check."""

    old: Typed | None
    old_size: int
    new: Typed | None
    new_size: int

    @property
    def size(self) -> int:
        """What it is charged for."""
        return max(self.old_size, self.new_size)


def read_write(kind: Kind, request: Mapping[str, Any]) -> Write:
    """Raises Invalid."""
    source = request["Item"] if kind == "Put" else request["Key"]
    pk, sk = check_key_of(source) if kind == "Put" else check_key(source)
    item, size = checked(source)
    check_item_size(size)
    shows_old = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return Write(kind, pk, sk, expressions(request), shows_old, item, size)


def check_indexes(write: Write, storage: Storage) -> None:
    """Index keys of a put are known before the item is looked up. Raises Invalid."""
    if write.kind == "Put":
        for index in storage.indexes.values():
            index.check(write.item)


def judge(write: Write, storage: Storage) -> Outcome:
    """What the write would do now. Raises ConditionFailed or Invalid."""
    old, old_size = storage.get(write.pk, write.sk) or (None, 0)
    if not write.expressions.hold(old):
        raise ConditionFailed(old)
    match write.kind:
        case "Put":
            return Outcome(old, old_size, write.item, write.size)
        case "Delete":
            return Outcome(old, old_size, None, 0)
        case "ConditionCheck":
            return Outcome(old, old_size, old, old_size)
        case _:
            new, new_size = _updated(write, old or write.item, storage)
            return Outcome(old, old_size, new, new_size)


def _updated(write: Write, old: Typed, storage: Storage) -> tuple[Typed, int]:
    new, size = checked(write.expressions.update.apply(old, write.expressions.values))
    check_item_size(size)
    for index in storage.indexes.values():
        index.check(new)
    return new, size


def apply(outcome: Outcome, storage: Storage, counts: Counts, *, transactional: bool = False) -> None:
    """Write what was judged."""
    entries = 0
    if outcome.new is not None and outcome.new is not outcome.old:
        entries = storage.put(outcome.old, outcome.new, outcome.new_size)
    elif outcome.new is None and outcome.old is not None:
        entries = storage.remove(outcome.old)
    counts.wrote(outcome.size, index_entries=entries, transactional=transactional)
