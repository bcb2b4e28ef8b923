"""The table on DynamoDB. Nobody else knows DynamoDB's words."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from chalicelib.door import Deadline
from chalicelib.errors import Unavailable
from chalicelib.store.expressions import expressions
from chalicelib.store.keys import INDEX_KEYS, Key
from chalicelib.store.table import Change, Check, Delete, Item, Lost, Page, Patch, Put

UNREACHED = (ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError, ConnectionClosedError)
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
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._name = name
        self._deadline = deadline
        self._sleep = sleep
        self._jitter = jitter

    def get(self, key: Key) -> Item | None:
        request = {"TableName": self._name, "Key": _key(key), "ConsistentRead": True}
        item = self._attempt(lambda: self._client.get_item(**request)).get("Item")
        return _from_dynamo(item) if item else None

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
            for item in map(_from_dynamo, answer["Responses"].get(self._name, ())):
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

    def list_partition(
        self, pk: str, *, prefix: str = "", limit: int = 1000, after: Mapping[str, Any] | None = None
    ) -> Page:
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition, values = condition + " AND begins_with(sk, :sk)", values | {":sk": {"S": prefix}}
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
        limit: int = 1000,
        after: Mapping[str, Any] | None = None,
    ) -> Page:
        partition, sort = INDEX_KEYS[index]
        condition, values = f"{partition} = :pk", {":pk": {"S": pk}}
        if until is not None:
            condition, values = condition + f" AND {sort} <= :sk", values | {":sk": {"S": until + "\uffff"}}
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
        return Page(tuple(map(_from_dynamo, answer["Items"])), answer.get("LastEvaluatedKey"))

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
        request["ExpressionAttributeValues"] = {name: _SERIALIZE(value) for name, value in written.values.items()}
    match change:
        case Put(key, item):
            return "Put", request | {"Item": _to_dynamo({**item, "pk": key.pk, "sk": key.sk})}
        case Delete(key):
            return "Delete", request | {"Key": _key(key)}
        case Patch(key):
            return "Update", request | {"Key": _key(key)}
        case Check(key):
            return "ConditionCheck", request | {"Key": _key(key)}


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

    True only if every objecting item carries exactly the values of this write. Items carry an attempt id or a
    version, so another writer's item does not.
    """
    written = {change.key: change for change in changes}
    return all(_matches(written[key], item) for key, item in lost.stood.items())


def _matches(change: Change, stood: Item | None) -> bool:
    match change:
        case Put(_, item):
            return stood is not None and {k: v for k, v in stood.items() if k not in ("pk", "sk")} == dict(item)
        case Patch(_, values, _, remove):
            return (
                stood is not None
                and all(stood.get(name) == value for name, value in values.items())
                and not (set(remove) & set(stood))
            )
        case Delete():
            return stood is None
        case Check():
            return False


def _stood(response: Any) -> Item | None:
    item = response.get("Item")
    return _from_dynamo(item) if item else None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


class _Deserializer(TypeDeserializer):
    """Whole numbers as int and binary as bytes: this table holds no fractions."""

    def _deserialize_n(self, value: str) -> int:
        return int(value)

    def _deserialize_b(self, value: bytes) -> bytes:
        return value


_SERIALIZE = TypeSerializer().serialize
_DESERIALIZE = _Deserializer().deserialize


def _key(key: Key) -> dict[str, dict[str, str]]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _to_dynamo(item: Item) -> dict[str, Any]:
    return {name: _SERIALIZE(value) for name, value in item.items()}


def _from_dynamo(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _DESERIALIZE(value) for name, value in item.items()}
