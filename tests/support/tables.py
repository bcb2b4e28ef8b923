"""Tables to test on: one in memory, one on moto, both behind the real `DynamoTable`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from chalicelib.door import Deadline
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.keys import INDEX_KEYS
from infra.local.memory.dynamo import MemoryDynamo
from infra.local.memory.faults import Faults
from tests.builders import NOON

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "huiyuan-test"
SECONDS = 60.0
"""A deadline that no healthy test meets."""

OpenTable: TypeAlias = Callable[[], AbstractContextManager[DynamoTable]]


@contextmanager
def memory_table(*, seconds: float = SECONDS) -> Iterator[DynamoTable]:
    """An empty table in memory, where it is noon for ever: nothing expires."""
    yield table_on(memory_client(), seconds=seconds)


def memory_client(*, faults: Faults | None = None) -> MemoryDynamo:
    """The client in memory, with an empty table. It is noon for ever, so that nothing expires."""
    return MemoryDynamo(TABLE, INDEX_KEYS, now=lambda: NOON, faults=faults)


@contextmanager
def moto_table(*, seconds: float = SECONDS) -> Iterator[DynamoTable]:
    """An empty table on moto."""
    with moto_client() as client:
        yield table_on(client, seconds=seconds)


@contextmanager
def moto_client() -> Iterator["DynamoDBClient"]:
    """boto3's client on moto, with an empty table. moto's transactions are atomic only under a lock."""
    lock, call_action = Lock(), DynamoHandler.call_action

    def one_at_a_time(handler: DynamoHandler) -> object:
        with lock:
            return call_action(handler)

    with mock_aws(), patch.object(DynamoHandler, "call_action", one_at_a_time):
        client = boto3.client("dynamodb", region_name="eu-central-1")
        create_table(client)
        yield client


def table_on(client: "DynamoDBClient | MemoryDynamo", *, seconds: float = SECONDS) -> DynamoTable:
    """The real table over a client. Its pauses take no time, but count against the deadline."""
    clock = StillClock()
    deadline = Deadline(seconds, monotonic=clock.monotonic)
    return DynamoTable(client, TABLE, deadline=deadline, sleep=clock.sleep, jitter=lambda: 0.5)


class StillClock:
    """Time that passes only while someone sleeps."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def monotonic(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        self._seconds += seconds


def create_table(client: "DynamoDBClient") -> None:
    """The table of `store/keys.py`."""
    attributes = ["pk", "sk", *(name for names in INDEX_KEYS.values() for name in names)]
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in attributes],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": partition, "KeyType": "HASH"},
                    {"AttributeName": sort, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, (partition, sort) in INDEX_KEYS.items()
        ],
    )


on_both_tables = pytest.mark.parametrize("open_table", [memory_table, moto_table], ids=["memory", "moto"])
"""Run a test on each kind of table: ``def test_…(open_table: OpenTable)``, then ``with open_table() as table:``."""
