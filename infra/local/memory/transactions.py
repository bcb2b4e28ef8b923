"""TransactWriteItems: all of them or none."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

from infra.local.memory.counts import Counts
from infra.local.memory.errors import ConditionFailed, Invalid, cancelled, check_parameters, not_sent, refusal
from infra.local.memory.limits import TRANSACTION_ACTIONS, TRANSACTION_BYTES
from infra.local.memory.storage import Storage
from infra.local.memory.writes import Kind, Outcome, Write, apply, check_indexes, judge, read_write

MEMORY = timedelta(minutes=10)
"""How long a ClientRequestToken makes a repetition harmless."""
KINDS: tuple[Kind, ...] = get_args(Kind)
EXPRESSIONS = ("ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues")
REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    "Put": ("TableName", "Item"),
    "Update": ("TableName", "Key", "UpdateExpression"),
    "Delete": ("TableName", "Key"),
    "ConditionCheck": ("TableName", "Key", "ConditionExpression"),
}


class Transactions:
    """Commits transactions, and remembers the tokens of those that were committed."""

    def __init__(self, storage: Storage, counts: Counts) -> None:
        self._storage = storage
        self._counts = counts
        self._tokens: dict[str, tuple[datetime, object]] = {}

    def commit(self, actions: Sequence[Mapping[str, Any]], *, token: str | None, now: datetime) -> None:
        """Raises Invalid for a request that is wrong in itself, and boto3's refusals."""
        writes = read_actions(actions, self._storage)
        if token is not None and self._is_repeated(token, actions, now):
            return
        outcomes = self._judged(writes)
        if sum(outcome.size for outcome in outcomes) > TRANSACTION_BYTES:
            raise Invalid("The aggregate size of the items in the transaction exceeds 4 MB")
        for outcome in outcomes:
            apply(outcome, self._storage, self._counts, transactional=True)
        if token is not None:
            self._tokens[token] = (now, actions)

    def _judged(self, writes: Sequence[Write]) -> list[Outcome]:
        """Raises boto3's TransactionCanceledException with a reason per action, if one of them cannot be."""
        outcomes: list[Outcome] = []
        reasons: list[dict[str, Any]] = []
        for write in writes:
            try:
                outcomes.append(judge(write, self._storage))
                reasons.append({"Code": "None"})
            except ConditionFailed as failed:
                shown = {"Item": failed.stood} if write.shows_old and failed.stood is not None else {}
                reasons.append({"Code": "ConditionalCheckFailed", "Message": str(failed), **shown})
            except Invalid as invalid:
                reasons.append({"Code": "ValidationError", "Message": str(invalid)})
        if len(outcomes) < len(writes):
            for write in writes:
                self._counts.wrote(write.size, transactional=True, items=0)
            raise cancelled(reasons)
        return outcomes

    def _is_repeated(self, token: str, actions: Sequence[Mapping[str, Any]], now: datetime) -> bool:
        at, before = self._tokens.get(token, (None, None))
        if at is None or at + MEMORY <= now:
            return False
        if before != actions:
            raise refusal(
                "IdempotentParameterMismatchException", "The token was used for another request", "TransactWriteItems"
            )
        return True


def read_actions(actions: Sequence[Mapping[str, Any]], storage: Storage) -> list[Write]:
    """Raises Invalid."""
    if not actions:
        raise not_sent("Invalid length for parameter TransactItems, value: 0, valid min length: 1")
    if len(actions) > TRANSACTION_ACTIONS:
        raise Invalid(f"Member must have length less than or equal to {TRANSACTION_ACTIONS}")
    writes = [_read_action(action) for action in actions]
    if len({(write.pk, write.sk) for write in writes}) < len(writes):
        raise Invalid("Transaction request cannot include multiple operations on one item")
    for write in writes:
        check_indexes(write, storage)
    return writes


def _read_action(action: Mapping[str, Any]) -> Write:
    check_parameters(action, required=(), known=KINDS, where="TransactItems")
    if len(action) != 1:
        raise Invalid("TransactItems can only contain one of Check, Put, Update or Delete")
    [(name, request)] = action.items()
    [kind] = [kind for kind in KINDS if kind == name]
    check_parameters(
        request,
        required=REQUIRED[kind],
        known=(*EXPRESSIONS, "ReturnValuesOnConditionCheckFailure"),
        where=f"TransactItems.{kind}",
    )
    return read_write(kind, request)
