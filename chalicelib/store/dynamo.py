"""The table on DynamoDB. Nobody else knows DynamoDB's words."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as ConnectError

from chalicelib.door import Deadline
from chalicelib.errors import Unavailable
from chalicelib.store.attributes import from_dynamo, serialize, to_dynamo
from chalicelib.store.expressions import expressions
from chalicelib.store.keys import INDEX_KEYS, Key
from chalicelib.store.table import Absent, Add, Change, Check, Delete, Equals, Item, Lost, Page, Patch, Put

UNREACHED = (ConnectError, HTTPClientError)
"""Timeouts, refused and broken connections: the request may have been applied or not."""
PASSING = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
JITTER = random.Random()  # noqa: S311 - it spreads pauses, and guards nothing
LEAST_SECONDS = 0.05
"""With less time left than this an attempt is not begun."""


class DynamoTable:
    """Implements `Table`. Retries what passes by itself, within the deadline, and recognises its own lost answers."""

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = JITTER.random,
    ) -> None:
        self._client = client
        self._name = name
        self._deadline = deadline
        self._sleep = sleep
        self._jitter = jitter

    def get(self, key: Key) -> Item | None:
        request = {"TableName": self._name, "Key": _key(key), "ConsistentRead": True}
        item = self._attempt(lambda: self._client.get_item(**request)).get("Item")
        return from_dynamo(item) if item else None

    def get_many(self, keys: Iterable[Key]) -> Mapping[Key, Item]:
        found: dict[Key, Item] = {}
        wanted = [_key(key) for key in dict.fromkeys(keys)]
        tries = 0
        while wanted:
            answer = self._attempt(
                lambda asked=wanted: self._client.batch_get_item(  # type: ignore[misc]
                    RequestItems={self._name: {"Keys": asked, "ConsistentRead": True}}
                )
            )
            for item in map(from_dynamo, answer["Responses"].get(self._name, ())):
                found[Key(item["pk"], item["sk"])] = item
            wanted = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            if wanted:
                tries += 1
                self._back_off(tries)
        return found

    def write(self, changes: Sequence[Change]) -> None:
        doubtful = False
        tries = 0
        while True:
            try:
                self._write_once(changes)
                return
            except Lost as lost:
                if doubtful and _is_own_work(changes, lost):
                    return
                raise
            except UNREACHED:
                doubtful = True
            except ClientError as error:
                if _code(error) not in PASSING:
                    raise
                doubtful = doubtful or _code(error) == "InternalServerError"
            tries += 1
            self._back_off(tries)

    def write_at_most_once(self, change: Change) -> None:
        try:
            self._write_once([change])
        except UNREACHED:
            pass
        except ClientError as error:
            if _code(error) not in PASSING:
                raise
        else:
            return
        raise Unavailable("the change was made or not")

    def list_partition(
        self,
        pk: str,
        *,
        prefix: str = "",
        since: str = "",
        limit: int = 1000,
        after: Mapping[str, Any] | None = None,
    ) -> Page:
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition, values = condition + " AND begins_with(sk, :sk)", values | {":sk": {"S": prefix}}
        elif since:
            condition, values = condition + " AND sk >= :sk", values | {":sk": {"S": since}}
        return self._query(
            after,
            TableName=self._name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            Limit=limit,
            ConsistentRead=True,
        )

    def list_index(
        self,
        index: str,
        pk: str,
        *,
        until: str | None = None,
        since: str = "",
        limit: int = 1000,
        after: Mapping[str, Any] | None = None,
    ) -> Page:
        partition, sort = INDEX_KEYS[index]
        condition, values = f"{partition} = :pk", {":pk": {"S": pk}}
        if until is not None:
            condition, values = condition + f" AND {sort} <= :sk", values | {":sk": {"S": until + "\uffff"}}
        elif since:
            condition, values = condition + f" AND {sort} >= :sk", values | {":sk": {"S": since}}
        return self._query(
            after,
            TableName=self._name,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            Limit=limit,
        )

    def _query(self, after: Mapping[str, Any] | None, **request: Any) -> Page:
        if after is not None:
            request["ExclusiveStartKey"] = after
        answer = self._attempt(lambda: self._client.query(**request))
        return Page(tuple(map(from_dynamo, answer["Items"])), answer.get("LastEvaluatedKey"))

    def _write_once(self, changes: Sequence[Change]) -> None:
        if len(changes) > 1:
            self._transact(changes)
            return
        operation, request = _request(self._name, changes[0])
        call = getattr(self._client, {"Put": "put_item", "Delete": "delete_item", "Update": "update_item"}[operation])
        try:
            call(**request)
        except ClientError as error:
            if _code(error) == "ConditionalCheckFailedException":
                raise Lost({changes[0].key: _stood(error.response)}) from None
            raise

    def _transact(self, changes: Sequence[Change]) -> None:
        requests = [_request(self._name, change) for change in changes]
        try:
            self._client.transact_write_items(TransactItems=[{name: request} for name, request in requests])
        except ClientError as error:
            if _code(error) != "TransactionCanceledException":
                raise
            raise _why_cancelled(changes, error) from None

    def _attempt(self, call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        tries = 0
        while True:
            try:
                return call()
            except UNREACHED:
                pass
            except ClientError as error:
                if _code(error) not in PASSING:
                    raise
            tries += 1
            self._back_off(tries)

    def _back_off(self, tries: int) -> None:
        """Wait a little, or give up when the deadline would pass. Raises Unavailable."""
        pause: float = min(0.025 * 2**tries, 1.0) * (0.5 + self._jitter() / 2)
        if self._deadline.left() - pause < LEAST_SECONDS:
            raise Unavailable("the table did not answer in time")
        self._sleep(pause)


def _request(table: str, change: Change) -> tuple[str, dict[str, Any]]:
    request: dict[str, Any] = {"TableName": table}
    written = expressions(change)
    if written.condition:
        request["ConditionExpression"] = written.condition
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if written.update:
        request["UpdateExpression"] = written.update
    if written.names:
        request["ExpressionAttributeNames"] = written.names
    if written.values:
        request["ExpressionAttributeValues"] = {name: serialize(value) for name, value in written.values.items()}
    if isinstance(change, Put):
        return "Put", request | {"Item": to_dynamo({**change.item, "pk": change.key.pk, "sk": change.key.sk})}
    return _OPERATIONS[type(change)], request | {"Key": _key(change.key)}


_OPERATIONS: Mapping[type[Change], str] = {Delete: "Delete", Patch: "Update", Add: "Update", Check: "ConditionCheck"}


def _why_cancelled(changes: Sequence[Change], error: ClientError) -> Exception:
    """Lost when a condition did not hold; else the cause that passes by itself, under its own name."""
    reasons: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", ())
    stood = {
        change.key: _stood(reason)
        for change, reason in zip(changes, reasons, strict=False)
        if reason.get("Code") == "ConditionalCheckFailed"
    }
    if stood:
        return Lost(stood)
    codes = {str(reason.get("Code")) for reason in reasons} - {"None"}
    if codes <= {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}:
        return ClientError({"Error": {"Code": "TransactionConflictException"}}, "TransactWriteItems")
    return error


def _is_own_work(changes: Sequence[Change], lost: Lost) -> bool:
    """Whether what objected is what we wrote ourselves in an attempt whose answer was lost.

    Ours was applied whole or not at all. If it was, every change that cannot be applied twice objects now, and what
    stands there carries exactly our values. One equal item alone proves nothing: another writer who decided the same
    from the same version writes the same.
    """
    written = {change.key: change for change in changes}
    unrepeatable = {change.key for change in changes if _is_unrepeatable(change)}
    return unrepeatable <= lost.stood.keys() and all(_matches(written[key], item) for key, item in lost.stood.items())


def _is_unrepeatable(change: Change) -> bool:
    """Whether its own result breaks its condition."""
    if isinstance(change, Put):
        return any(
            isinstance(condition, Absent)
            or (isinstance(condition, Equals) and change.item.get(condition.field) != condition.value)
            for condition in change.when
        )
    return isinstance(change, Delete) and bool(change.when)


def _matches(change: Change, stood: Item | None) -> bool:
    """Whether what stands there is what the change leaves behind."""
    if stood is None:
        return isinstance(change, Delete)
    if isinstance(change, Put):
        return {name: value for name, value in stood.items() if name not in ("pk", "sk")} == dict(change.item)
    if isinstance(change, Patch):
        kept = all(stood.get(name) == value for name, value in change.values.items())
        return kept and not set(change.remove) & set(stood)
    return False


def _stood(response: Any) -> Item | None:
    item = response.get("Item")
    return from_dynamo(item) if item else None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _key(key: Key) -> dict[str, dict[str, str]]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
