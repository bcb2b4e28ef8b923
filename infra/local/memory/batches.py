"""BatchGetItem and BatchWriteItem: many items, each for itself, and perhaps not all of them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from infra.local.memory.counts import Counts
from infra.local.memory.errors import Invalid, check_parameters, not_sent
from infra.local.memory.faults import Faults
from infra.local.memory.limits import BATCH_GET_BYTES, BATCH_GET_KEYS, BATCH_WRITE_ITEMS, check_key
from infra.local.memory.storage import Storage
from infra.local.memory.values import Typed
from infra.local.memory.writes import Write, apply, check_indexes, judge, read_write

T = TypeVar("T")


class Batches:
    """Batches on the one table. What does not fit, or has bad luck, is handed back as unprocessed."""

    def __init__(self, storage: Storage, counts: Counts, faults: Faults) -> None:
        self._storage = storage
        self._counts = counts
        self._faults = faults

    def get(self, requests: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Raises Invalid."""
        table, request = _only(requests)
        check_parameters(request, required=("Keys",), known=("ConsistentRead",), where=f"RequestItems.{table}")
        keys: Sequence[Typed] = request["Keys"]
        if not keys:
            raise not_sent("Invalid length for parameter Keys, value: 0, valid min length: 1")
        if len(keys) > BATCH_GET_KEYS:
            raise Invalid("Too many items requested for the BatchGetItem call")
        places = [check_key(key) for key in keys]
        if len(set(places)) < len(places):
            raise Invalid("Provided list of item keys contains duplicates")
        found, left = self._found(keys, places, consistent=bool(request.get("ConsistentRead")))
        unprocessed = {table: {**request, "Keys": left}} if left else {}
        return {"Responses": {table: found}, "UnprocessedKeys": unprocessed}

    def _found(
        self, keys: Sequence[Typed], places: Sequence[tuple[str, str]], *, consistent: bool
    ) -> tuple[list[Typed], list[Typed]]:
        """The items, and the keys that were left out: by bad luck, or because the answer was full."""
        found: list[Typed] = []
        left: list[Typed] = []
        total = 0
        for key, place in zip(keys, places, strict=True):
            if total > BATCH_GET_BYTES or self._faults.leaves_out():
                left.append(key)
                continue
            item, size = self._storage.get(*place) or (None, 0)
            total += size
            self._counts.read(size, consistent=consistent)
            if item is not None:
                found.append(item)
        return found, left

    def write(self, requests: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
        """Raises Invalid."""
        table, actions = _only(requests)
        if not actions:
            raise not_sent("Invalid length for parameter RequestItems, value: 0, valid min length: 1")
        if len(actions) > BATCH_WRITE_ITEMS:
            raise Invalid("Too many items requested for the BatchWriteItem call")
        writes = [_read(action) for action in actions]
        if len({(write.pk, write.sk) for write in writes}) < len(writes):
            raise Invalid("Provided list of item keys contains duplicates")
        for write in writes:
            check_indexes(write, self._storage)
        left = []
        for action, write in zip(actions, writes, strict=True):
            if self._faults.leaves_out():
                left.append(action)
            else:
                apply(judge(write, self._storage), self._storage, self._counts)
        return {"UnprocessedItems": {table: left} if left else {}}


def _only(requests: Mapping[str, T]) -> tuple[str, T]:
    """The one table's part of the request."""
    if len(requests) != 1:
        raise not_sent("Invalid length for parameter RequestItems, value: 0, valid min length: 1")
    [(table, request)] = requests.items()
    return table, request


def _read(action: Mapping[str, Any]) -> Write:
    check_parameters(action, required=(), known=("PutRequest", "DeleteRequest"), where="RequestItems")
    if len(action) != 1:
        raise Invalid("Supplied WriteRequest must contain exactly one request")
    if "PutRequest" in action:
        check_parameters(action["PutRequest"], required=("Item",), known=(), where="PutRequest")
        return read_write("Put", action["PutRequest"])
    check_parameters(action["DeleteRequest"], required=("Key",), known=(), where="DeleteRequest")
    return read_write("Delete", action["DeleteRequest"])
