"""Standard queues: at least once, in about any order, with patience and dead letters."""

import pytest

from infra.local.memory.queue import Chaos
from tests.support.dynamo import refused
from tests.support.queues import Post


def test_a_message_that_was_received_is_hidden_until_its_time_is_over() -> None:
    post = Post()
    post.send("wake")

    assert post.bodies() == ["wake"]
    assert post.bodies() == []

    post.clock.advance(30)
    assert post.bodies() == ["wake"]


def test_a_message_that_was_deleted_never_comes_back() -> None:
    post = Post()
    post.send("wake")

    [message] = post.receive()
    post.delete(message)
    post.delete(message)

    post.clock.advance(3600)
    assert post.bodies() == []
    assert post.counted() == (0, 0, 0)


def test_a_message_may_be_hidden_longer_or_shown_at_once() -> None:
    post = Post()
    post.send("wake")

    [message] = post.receive()
    post.hide(message, 60)
    post.clock.advance(59)
    assert post.bodies() == []

    post.clock.advance(1)
    [message] = post.receive(VisibilityTimeout=500)
    post.hide(message, 0)
    assert post.bodies() == ["wake"]


def test_only_what_is_in_flight_can_be_hidden_longer() -> None:
    post = Post()
    post.send("wake")
    [message] = post.receive()

    post.clock.advance(30)
    with refused("AWS.SimpleQueueService.MessageNotInflight"):
        post.hide(message, 60)

    [later] = post.receive()
    post.delete(later)
    with refused("AWS.SimpleQueueService.MessageNotInflight"):
        post.hide(later, 60)


def test_an_old_receipt_does_not_delete_what_another_worker_holds() -> None:
    post = Post()
    post.send("wake")
    [first] = post.receive()
    post.clock.advance(30)
    [second] = post.receive()

    post.delete(first)
    assert post.counted() == (0, 1, 0)

    post.delete(second)
    assert post.counted() == (0, 0, 0)


def test_a_message_whose_time_is_over_can_still_be_deleted_by_its_last_receipt() -> None:
    post = Post()
    post.send("wake")
    [message] = post.receive()

    post.clock.advance(30)
    post.delete(message)

    assert post.bodies() == []


def test_a_delayed_message_waits() -> None:
    post = Post()
    post.send("later", DelaySeconds=10)

    assert post.counted() == (0, 0, 1)
    assert post.bodies() == []

    post.clock.advance(10)
    assert post.bodies() == ["later"]


def test_what_was_received_three_times_goes_to_the_dead_letters() -> None:
    post = Post()
    post.send("poison")

    for _ in range(3):
        assert post.bodies() == ["poison"]
        post.clock.advance(30)

    assert post.bodies() == []
    assert post.bodies(url=post.dead) == ["poison"]


def test_a_message_that_is_four_days_old_is_gone() -> None:
    post = Post()
    post.send("stale")

    post.clock.advance(4 * 86400)

    assert post.bodies() == []


def test_messages_come_in_batches_of_what_is_asked_for() -> None:
    post = Post()
    for number in range(5):
        post.send(str(number))

    assert post.bodies(2) == ["0", "1"]
    assert post.bodies(10) == ["2", "3", "4"]


def test_some_messages_come_twice_and_each_copy_has_to_be_deleted() -> None:
    post = Post(chaos=Chaos(duplicates=1.0))
    message_id = post.send("wake")

    first, second = post.receive()
    assert (first["MessageId"], second["MessageId"]) == (message_id, message_id)

    post.delete(first)
    post.clock.advance(30)
    assert post.bodies() == ["wake"]


@pytest.mark.parametrize("fifo", [False, True])
def test_the_order_is_shaken_in_the_same_way_under_the_same_seed(fifo: bool) -> None:
    def received(seed: int) -> list[str]:
        post = Post(fifo=fifo, chaos=Chaos(seed=seed, shuffle=5))
        for number in range(30):
            post.send(str(number), group=str(number))
        return [body for _ in range(10) for body in post.bodies(3)]

    assert sorted(received(1), key=int) == [str(number) for number in range(30)]
    assert received(1) == received(1)
    assert received(1) != received(2)
    assert received(1) != sorted(received(1), key=int)
