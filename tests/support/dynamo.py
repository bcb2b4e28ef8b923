"""Short ways to speak to the in-memory table as boto3 would."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.store.keys import INDEX_KEYS
from infra.local.memory.dynamo import MemoryDynamo
from infra.local.memory.faults import Faults
from infra.local.wechat_simulator import Clock
from tests.builders import NOON
from tests.support.tables import TABLE

Typed = dict[str, dict[str, Any]]


class World:
    """A table in memory with a clock and faults of its own."""

    def __init__(
        self,
        *,
        index_lag: timedelta = timedelta(0),
        ttl_lag: timedelta = timedelta(days=2),
        faults: Faults | None = None,
    ) -> None:
        self.clock = Clock(start=NOON, frozen=True)
        self.faults = faults or Faults(sleep=self.clock.advance)
        self.client = MemoryDynamo(
            TABLE, INDEX_KEYS, now=self.clock.now, index_lag=index_lag, ttl_lag=ttl_lag, faults=self.faults
        )

    def put(self, sk: str = "A", *, pk: str = "P", **request: Any) -> dict[str, Any]:
        """Attributes go by their names, the request's parameters by theirs."""
        parameters = {name: request.pop(name) for name in tuple(request) if name[0].isupper()}
        return self.client.put_item(TableName=TABLE, Item=key(sk, pk=pk) | request, **parameters)

    def update(self, update: str, *, sk: str = "A", **request: Any) -> dict[str, Any]:
        parameters = {name: request.pop(name) for name in tuple(request) if name[0].isupper()}
        values = {"ExpressionAttributeValues": _values(request)} if request else {}
        return self.client.update_item(TableName=TABLE, Key=key(sk), UpdateExpression=update, **values, **parameters)

    def get(self, sk: str = "A", *, pk: str = "P") -> Typed | None:
        item: Typed | None = self.client.get_item(TableName=TABLE, Key=key(sk, pk=pk)).get("Item")
        return item

    def delete(self, sk: str = "A", **parameters: Any) -> dict[str, Any]:
        return self.client.delete_item(TableName=TABLE, Key=key(sk), **parameters)

    def query(self, condition: str, **request: Any) -> dict[str, Any]:
        """The answer; what begins with a small letter is a value of the expression."""
        parameters = {name: request.pop(name) for name in tuple(request) if name[0].isupper()}
        return self.client.query(
            TableName=TABLE,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=_values(request),
            **parameters,
        )

    def transact(self, *actions: dict[str, Any], **parameters: Any) -> None:
        named = [{kind: {"TableName": TABLE, **request} for kind, request in action.items()} for action in actions]
        self.client.transact_write_items(TransactItems=named, **parameters)

    def meets(self, condition: str, **values: Any) -> bool:
        """Whether the item `A` meets a condition."""
        said = {"ExpressionAttributeValues": _values(values)} if values else {}
        check = {"TableName": TABLE, "Key": key("A"), "ConditionExpression": condition, **said}
        try:
            self.client.transact_write_items(TransactItems=[{"ConditionCheck": check}])
        except ClientError as error:
            if "CancellationReasons" not in error.response:
                raise
            [reason] = error.response["CancellationReasons"]
            assert reason["Code"] == "ConditionalCheckFailed"
            return False
        return True


def key(sk: str = "A", *, pk: str = "P") -> Typed:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def text(value: str) -> dict[str, str]:
    return {"S": value}


def number(value: int | str) -> dict[str, str]:
    return {"N": str(value)}


def put(sk: str = "A", **attributes: Any) -> dict[str, Any]:
    """An action of a transaction."""
    return {"Put": {"Item": key(sk) | attributes}}


@contextmanager
def refused(code: str, saying: str | None = None) -> Iterator[None]:
    """The call inside is refused with this code, and says so."""
    with pytest.raises(ClientError, match=saying) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == code


@contextmanager
def cancelled(*codes: str) -> Iterator[list[dict[str, Any]]]:
    """The transaction inside is cancelled for these reasons, one per action; they are filled in afterwards."""
    reasons: list[dict[str, Any]] = []
    with pytest.raises(ClientError) as caught:
        yield reasons
    assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
    reasons += [dict(reason) for reason in caught.value.response["CancellationReasons"]]
    assert tuple(reason["Code"] for reason in reasons) == codes


def _values(named: dict[str, Any]) -> dict[str, Any]:
    return {f":{name}": value for name, value in named.items()}
