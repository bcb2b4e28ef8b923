"""The in-memory queues and moto's refuse the same mistakes.

What they hand out is not compared: moto runs on the real clock and hides what was sent within the same millisecond, so
that its answers depend on the machine. Nor does it know an id any more once its message was deleted.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.local.memory.sqs import MemorySqs

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

NAME = "work.fifo"
ATTRIBUTES: Any = {"FifoQueue": "true"}
MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("receive_message", {"MaxNumberOfMessages": 11}),
    ("delete_message", {"ReceiptHandle": "nonsense"}),
    ("change_message_visibility", {"ReceiptHandle": "nonsense", "VisibilityTimeout": 1}),
    ("send_message", {"MessageBody": "no group"}),
    ("send_message", {"MessageBody": "no id", "MessageGroupId": "g"}),
    ("send_message_batch", {"Entries": []}),
    ("send_message_batch", {"Entries": [{"Id": "1", "MessageBody": "x"}] * 2}),
    ("send_message_batch", {"Entries": [{"Id": str(number), "MessageBody": "x"} for number in range(11)]}),
]


@pytest.fixture(scope="module")
def moto() -> Iterator["SQSClient"]:
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-central-1")
        client.create_queue(QueueName=NAME, Attributes=ATTRIBUTES)
        yield client


@pytest.mark.parametrize(("method", "mistake"), MISTAKES, ids=lambda part: part if isinstance(part, str) else "")
def test_a_mistake_is_refused_with_the_same_code(moto: "SQSClient", method: str, mistake: dict[str, Any]) -> None:
    memory = MemorySqs()
    memory.create_queue(QueueName=NAME, Attributes=ATTRIBUTES)

    assert refusal(memory, method, mistake) == refusal(moto, method, mistake)


def test_a_queue_that_does_not_exist_is_refused_with_the_same_code(moto: "SQSClient") -> None:
    assert missing(MemorySqs()) == missing(moto)


def refusal(client: "MemorySqs | SQSClient", method: str, mistake: dict[str, Any]) -> Any:
    url = client.get_queue_url(QueueName=NAME)["QueueUrl"]
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(QueueUrl=url, **mistake)
    return caught.value.response["Error"]["Code"]


def missing(client: "MemorySqs | SQSClient") -> Any:
    with pytest.raises(ClientError) as caught:
        client.get_queue_url(QueueName="play")
    return caught.value.response["Error"]["Code"]
