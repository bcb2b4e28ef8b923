"""A table in memory that answers like boto3's DynamoDB client, and is stricter than moto."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any, TypeVar

from infra.local.memory.batches import Batches
from infra.local.memory.counts import Counts
from infra.local.memory.errors import ConditionFailed, Invalid, check_parameters, condition_failed, refusal
from infra.local.memory.faults import Faults
from infra.local.memory.limits import check_key
from infra.local.memory.queries import query
from infra.local.memory.storage import Storage
from infra.local.memory.transactions import EXPRESSIONS, Transactions
from infra.local.memory.values import Typed
from infra.local.memory.writes import Kind, apply, check_indexes, judge, read_write

T = TypeVar("T")
TTL_LAG = timedelta(days=2)
"""DynamoDB deletes what expired "typically within two days"."""
QUERY = (
    "IndexName", "KeyConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues", "Limit",
    "ConsistentRead", "ScanIndexForward", "ExclusiveStartKey",
)  # fmt: skip
SHOWN: Mapping[Kind, tuple[str, ...]] = {
    "Put": ("NONE", "ALL_OLD"),
    "Delete": ("NONE", "ALL_OLD"),
    "Update": ("NONE", "ALL_OLD", "ALL_NEW"),
}
"""What a single write can give back."""
SINGLE = (*EXPRESSIONS, "ReturnValues", "ReturnValuesOnConditionCheckFailure")


class MemoryDynamo:
    """One table with keys `pk` and `sk`. Atomic under threads; the same calls in the same order give the same answers.

    Not built: sets, attributes inside maps and lists, projections and filters; such a request raises
    NotImplementedError or boto3's ParamValidationError, it never gets a wrong answer.
    """

    def __init__(
        self,
        table: str,
        index_keys: Mapping[str, tuple[str, str]],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        index_lag: timedelta = timedelta(0),
        ttl_lag: timedelta = TTL_LAG,
        faults: Faults | None = None,
    ) -> None:
        self.counts = Counts()
        self.faults = faults or Faults()
        self._table = table
        self._now = now
        self._lock = RLock()
        self._storage = Storage(index_keys, now=now, index_lag=index_lag, ttl_lag=ttl_lag)
        self._transactions = Transactions(self._storage, self.counts)
        self._batches = Batches(self._storage, self.counts, self.faults)

    def get_item(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("TableName", "Key"), known=("ConsistentRead",))
        return self._call("GetItem", request["TableName"], lambda: self._get(request))

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("RequestItems",), known=())
        return self._call("BatchGetItem", request["RequestItems"], lambda: self._batches.get(request["RequestItems"]))

    def batch_write_item(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("RequestItems",), known=())
        return self._call(
            "BatchWriteItem", request["RequestItems"], lambda: self._batches.write(request["RequestItems"])
        )

    def put_item(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("TableName", "Item"), known=SINGLE)
        return self._call("PutItem", request["TableName"], lambda: self._write("Put", "PutItem", request))

    def delete_item(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("TableName", "Key"), known=SINGLE)
        return self._call("DeleteItem", request["TableName"], lambda: self._write("Delete", "DeleteItem", request))

    def update_item(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("TableName", "Key"), known=("UpdateExpression", *SINGLE))
        return self._call("UpdateItem", request["TableName"], lambda: self._write("Update", "UpdateItem", request))

    def query(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("TableName",), known=QUERY)
        return self._call("Query", request["TableName"], lambda: query(request, self._storage, self.counts))

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("TransactItems",), known=("ClientRequestToken",))
        actions = request["TransactItems"]
        tables = [change["TableName"] for action in actions for change in action.values() if "TableName" in change]
        return self._call("TransactWriteItems", tables, lambda: self._transact(request))

    def describe_table(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("TableName",), known=())
        return self._call("DescribeTable", request["TableName"], self._described)

    def set_index_lag(self, lag: timedelta) -> None:
        """From now on the indexes show what was true `lag` ago."""
        with self._lock:
            for index in self._storage.indexes.values():
                index.lag = lag

    def items(self) -> Iterator[Typed]:
        """Every item as it is now, for tests and reports; no call of the service."""
        with self._lock:
            self._storage.expire()
            return self._storage.items()

    def first(self, index: str, partition: str) -> str | None:
        """The lowest sort key of an index's partition, for whoever drives the clock; no call of the service."""
        with self._lock:
            return self._storage.indexes[index].first(partition)

    def __len__(self) -> int:
        return self._storage.count

    def _call(self, operation: str, tables: Any, work: Callable[[], T]) -> T:
        return self.faults.around(operation, lambda: self._locked(operation, tables, work))

    def _locked(self, operation: str, tables: Any, work: Callable[[], T]) -> T:
        named = (tables,) if isinstance(tables, str) else tables
        with self._lock:
            self.counts.calls[operation] += 1
            if any(name != self._table for name in named):
                raise refusal("ResourceNotFoundException", "Requested resource not found", operation)
            self._storage.expire()
            try:
                return work()
            except Invalid as invalid:
                raise refusal("ValidationException", str(invalid), operation) from None

    def _get(self, request: Mapping[str, Any]) -> dict[str, Any]:
        stored = self._storage.get(*check_key(request["Key"]))
        item, size = stored or (None, 0)
        self.counts.read(size, consistent=bool(request.get("ConsistentRead")))
        return {} if item is None else {"Item": item}

    def _write(self, kind: Kind, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        shown = request.get("ReturnValues", "NONE")
        if shown not in SHOWN[kind]:
            raise Invalid("Return values set to invalid value")
        write = read_write(kind, request)
        check_indexes(write, self._storage)
        try:
            outcome = judge(write, self._storage)
        except ConditionFailed as failed:
            self.counts.wrote(write.size, items=0)
            raise condition_failed(failed, operation, shows=write.shows_old) from None
        apply(outcome, self._storage, self.counts)
        attributes = {"ALL_OLD": outcome.old, "ALL_NEW": outcome.new}.get(shown)
        return {} if attributes is None else {"Attributes": attributes}

    def _transact(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self._transactions.commit(request["TransactItems"], token=request.get("ClientRequestToken"), now=self._now())
        return {}

    def _described(self) -> dict[str, Any]:
        return {
            "Table": {
                "TableName": self._table,
                "TableStatus": "ACTIVE",
                "ItemCount": len(self),
                "KeySchema": _schema("pk", "sk"),
                "GlobalSecondaryIndexes": [
                    {
                        "IndexName": name,
                        "IndexStatus": "ACTIVE",
                        "KeySchema": _schema(*index.names),
                        "Projection": {"ProjectionType": "KEYS_ONLY"},
                    }
                    for name, index in self._storage.indexes.items()
                ],
            }
        }


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
