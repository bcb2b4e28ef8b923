"""What SQS refuses, and how it answers."""

import hashlib
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from infra.local.memory.faults import Fault, Faults
from infra.local.memory.sqs import MemorySqs
from tests.builders import NOON
from tests.support.dynamo import refused
from tests.support.queues import Post

PREFIX = "AWS.SimpleQueueService."


def entry(number: int, body: str = "wake") -> dict[str, str]:
    return {"Id": str(number), "MessageBody": body}


def test_a_queue_is_found_by_its_name() -> None:
    post = Post()

    assert post.client.get_queue_url(QueueName="work") == {"QueueUrl": post.url}
    with refused(PREFIX + "NonExistentQueue"):
        post.client.get_queue_url(QueueName="play")


def test_creating_a_queue_again_changes_nothing() -> None:
    post = Post()
    post.send("wake")

    assert post.client.create_queue(QueueName="work")["QueueUrl"] == post.url
    assert post.bodies() == ["wake"]


@pytest.mark.parametrize(("name", "attributes"), [("work", {"FifoQueue": "true"}), ("work.fifo", {})])
def test_only_the_name_of_a_fifo_queue_ends_so(name: str, attributes: dict[str, str]) -> None:
    with refused("InvalidParameterValue"):
        MemorySqs().create_queue(QueueName=name, Attributes=attributes)


def test_a_message_comes_with_what_is_asked_for() -> None:
    post = Post(fifo=True)
    message_id = post.send("会员", group="g1", dedup="1")

    [plain] = post.receive()
    post.hide(plain, 0)
    [full] = post.receive(AttributeNames=["All"])
    post.hide(full, 0)
    [counted] = post.receive(MessageSystemAttributeNames=["ApproximateReceiveCount", "AWSTraceHeader"])

    assert plain == {
        "MessageId": message_id,
        "ReceiptHandle": plain["ReceiptHandle"],
        "MD5OfBody": hashlib.md5("会员".encode(), usedforsecurity=False).hexdigest(),
        "Body": "会员",
    }
    milliseconds = str(int(NOON.timestamp() * 1000))
    assert full["Attributes"] == {
        "ApproximateReceiveCount": "2",
        "ApproximateFirstReceiveTimestamp": milliseconds,
        "SentTimestamp": milliseconds,
        "MessageGroupId": "g1",
        "SequenceNumber": "00000000000000000001",
    }
    assert counted["Attributes"] == {"ApproximateReceiveCount": "3"}


def test_a_queue_tells_what_it_is_and_what_it_holds() -> None:
    post = Post(fifo=True)
    post.send("a", group="a")
    post.send("b", group="b")
    post.receive(1)

    attributes = post.client.get_queue_attributes(QueueUrl=post.url, AttributeNames=["All"])["Attributes"]

    assert attributes == {
        "QueueArn": "arn:aws:sqs:memory:000000000000:work.fifo",
        "VisibilityTimeout": "30",
        "ApproximateNumberOfMessages": "1",
        "ApproximateNumberOfMessagesNotVisible": "1",
        "ApproximateNumberOfMessagesDelayed": "0",
        "FifoQueue": "true",
    }
    assert post.client.get_queue_attributes(QueueUrl=post.url) == {}


@pytest.mark.parametrize(
    ("body", "parameters", "code"),
    [
        ("", {}, "MissingParameter"),
        ("x" * (256 * 1024 + 1), {}, "InvalidParameterValue"),
        ("\x00", {}, "InvalidMessageContents"),
        ("\ud800", {}, "InvalidMessageContents"),
        ("x", {"DelaySeconds": 901}, "InvalidParameterValue"),
        ("x", {"MessageDeduplicationId": "x"}, "InvalidParameterValue"),
    ],
    ids=["empty", "too long", "null", "surrogate", "delay", "id"],
)
def test_a_message_that_sqs_does_not_take_is_refused(body: str, parameters: dict[str, Any], code: str) -> None:
    post = Post()

    with refused(code):
        post.client.send_message(QueueUrl=post.url, MessageBody=body, **parameters)


def test_a_batch_sends_up_to_ten() -> None:
    post = Post()

    answer = post.client.send_message_batch(QueueUrl=post.url, Entries=[entry(number) for number in range(10)])

    assert [sent["Id"] for sent in answer["Successful"]] == [str(number) for number in range(10)]
    assert "Failed" not in answer
    assert post.counted() == (10, 0, 0)


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        ([entry(number) for number in range(11)], "TooManyEntriesInBatchRequest"),
        ([entry(1), entry(1)], "BatchEntryIdsNotDistinct"),
        ([{"Id": "no spaces", "MessageBody": "x"}], "InvalidBatchEntryId"),
        ([entry(number, "x" * 150_000) for number in range(2)], "BatchRequestTooLong"),
    ],
    ids=["empty", "eleven", "the same twice", "id", "too long"],
)
def test_a_batch_that_is_wrong_in_itself_is_refused(entries: list[Any], code: str) -> None:
    post = Post()

    with refused(PREFIX + code):
        post.client.send_message_batch(QueueUrl=post.url, Entries=entries)


def test_one_bad_entry_does_not_stop_the_others() -> None:
    post = Post()

    answer = post.client.send_message_batch(QueueUrl=post.url, Entries=[entry(1), entry(2, "\x00")])

    assert [sent["Id"] for sent in answer["Successful"]] == ["1"]
    assert answer["Failed"] == [{"Id": "2", "SenderFault": True, "Code": "InvalidMessageContents"}]


def test_entries_may_fail_by_bad_luck() -> None:
    post = Post(faults=Faults(unprocessed=1.0))

    answer = post.client.send_message_batch(QueueUrl=post.url, Entries=[entry(1)])

    assert answer == {"Failed": [{"Id": "1", "SenderFault": False, "Code": "InternalError"}]}
    assert post.counted() == (0, 0, 0)


def test_a_batch_deletes() -> None:
    post = Post()
    post.send("wake")
    [message] = post.receive()

    answer = post.client.delete_message_batch(
        QueueUrl=post.url,
        Entries=[{"Id": "1", "ReceiptHandle": message["ReceiptHandle"]}, {"Id": "2", "ReceiptHandle": "nonsense"}],
    )

    assert answer == {
        "Successful": [{"Id": "1"}],
        "Failed": [{"Id": "2", "SenderFault": True, "Code": "ReceiptHandleIsInvalid"}],
    }


@pytest.mark.parametrize("handle", ["nonsense", "work#x#1", "work#1#x", "other#1#1"])
def test_a_receipt_that_was_never_given_out_is_refused(handle: str) -> None:
    post = Post()

    with refused("ReceiptHandleIsInvalid"):
        post.client.delete_message(QueueUrl=post.url, ReceiptHandle=handle)
    with refused("ReceiptHandleIsInvalid"):
        post.client.change_message_visibility(QueueUrl=post.url, ReceiptHandle=handle, VisibilityTimeout=1)


def test_limits_are_kept() -> None:
    post = Post()
    post.send("wake")
    [message] = post.receive()

    with refused("InvalidParameterValue"):
        post.receive(11)
    with refused("InvalidParameterValue"):
        post.hide(message, 43_201)
    with pytest.raises(ParamValidationError):
        post.receive(Wait=1)


def test_a_lost_answer_leaves_the_message_in_the_queue() -> None:
    faults = Faults()
    post = Post(faults=faults)
    faults.plan(Fault.ERROR_AFTER)

    with refused("InternalServerError"):
        post.send("wake")

    assert post.bodies() == ["wake"]
