"""FIFO queues: in order within a group, and deduplicated for five minutes."""

import pytest

from tests.support.dynamo import refused
from tests.support.queues import Post


def test_a_group_is_delivered_in_order_and_waits_for_what_is_in_flight() -> None:
    post = Post(fifo=True)
    for number in range(4):
        post.send(str(number))

    [first] = post.receive(1)
    assert post.bodies() == []

    post.delete(first)
    assert post.bodies() == ["1", "2", "3"]


def test_what_was_not_deleted_comes_again_before_what_follows_it() -> None:
    post = Post(fifo=True)
    for number in range(3):
        post.send(str(number))
    first, second = post.receive(2)
    post.delete(first)

    post.clock.advance(30)

    assert second["Body"] == "1"
    assert post.bodies() == ["1", "2"]


def test_a_new_message_does_not_overtake_its_group() -> None:
    post = Post(fifo=True)
    post.send("0")
    post.receive(1)
    post.send("1")
    assert post.bodies() == []

    post.clock.advance(30)
    assert post.bodies() == ["0", "1"]


def test_one_group_does_not_hold_up_another() -> None:
    post = Post(fifo=True)
    post.send("a0", group="a")
    post.send("a1", group="a")
    post.send("b0", group="b")

    assert post.bodies(1) == ["a0"]
    assert post.bodies() == ["b0"]


def test_the_same_id_is_accepted_once_in_five_minutes_even_after_the_message_was_deleted() -> None:
    post = Post(fifo=True)
    first = post.send("push", dedup="p1#1")
    [message] = post.receive()
    post.delete(message)

    post.clock.advance(299)
    assert post.send("push", dedup="p1#1") == first
    assert post.bodies() == []

    post.clock.advance(1)
    assert post.send("push", dedup="p1#1") != first
    assert post.bodies() == ["push"]


def test_ids_are_known_in_the_whole_queue_or_in_each_group() -> None:
    whole = Post(fifo=True)
    whole.send("a", group="a", dedup="1")
    whole.send("b", group="b", dedup="1")
    assert whole.bodies() == ["a"]

    by_group = Post(fifo=True, DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    by_group.send("a", group="a", dedup="1")
    by_group.send("b", group="b", dedup="1")
    assert by_group.bodies() == ["a", "b"]


def test_a_queue_may_go_by_content() -> None:
    post = Post(fifo=True, ContentBasedDeduplication="true")

    for body in ("same", "same", "other"):
        post.client.send_message(QueueUrl=post.url, MessageBody=body, MessageGroupId="g")

    assert post.bodies() == ["same", "other"]


def test_a_poisonous_message_goes_to_the_dead_letters_and_its_group_goes_on() -> None:
    post = Post(fifo=True)
    post.send("poison")
    for _ in range(3):
        assert post.bodies(1) == ["poison"]
        post.clock.advance(30)
    post.send("next")

    assert post.bodies() == ["next"]
    assert post.bodies(url=post.dead) == ["poison"]


def test_a_group_may_be_delayed_with_its_queue() -> None:
    post = Post(fifo=True, DelaySeconds="10")
    post.send("0")

    assert post.bodies() == []
    post.clock.advance(10)
    assert post.bodies() == ["0"]


def test_an_expired_receipt_deletes_nothing_and_says_so() -> None:
    post = Post(fifo=True)
    post.send("push")
    [message] = post.receive()

    post.clock.advance(30)

    with refused("InvalidParameterValue", "expired"):
        post.delete(message)
    assert post.bodies() == ["push"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "MissingParameter"),
        ({"MessageGroupId": "g"}, "InvalidParameterValue"),
        ({"MessageGroupId": "g", "MessageDeduplicationId": "x" * 129}, "InvalidParameterValue"),
        ({"MessageGroupId": "会", "MessageDeduplicationId": "x"}, "InvalidParameterValue"),
        ({"MessageGroupId": "g", "MessageDeduplicationId": "x", "DelaySeconds": 5}, "InvalidParameterValue"),
    ],
)
def test_a_message_needs_a_group_and_an_id(parameters: dict[str, str], code: str) -> None:
    post = Post(fifo=True)

    with refused(code):
        post.client.send_message(QueueUrl=post.url, MessageBody="push", **parameters)
