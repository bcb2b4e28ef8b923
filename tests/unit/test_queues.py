"""Wake-ups on their way to the queue and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.queues import Queues, woken
from infra.local.memory.faults import Fault, Faults
from infra.local.memory.sqs import MemorySqs
from tests.builders import NOON
from tests.support.logs import logged

WORK = "huiyuan-test-work"
PUSH = "huiyuan-test-push.fifo"


def a_client(*, faults: Faults | None = None, queue: str = WORK) -> MemorySqs:
    client = MemorySqs(now=lambda: NOON, faults=faults)
    client.create_queue(QueueName=queue)
    return client


def bodies(client: MemorySqs) -> list[str]:
    """Everything in the queue."""
    url, found = client.get_queue_url(QueueName=WORK)["QueueUrl"], []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
        found += [message["Body"] for message in messages]
    return found


def names(client: MemorySqs) -> list[str]:
    return sorted(woken(body) for body in bodies(client))


def test_a_wake_up_names_its_job_and_carries_nothing_else() -> None:
    client = a_client()

    assert Queues(client, work=WORK, push=PUSH).wake(["job-1"]) == 1

    (body,) = bodies(client)
    assert json.loads(body) == {"wake": "job-1"}


@given(st.lists(st.integers(0, 40).map("job-{}".format), max_size=35))
def test_however_many_jobs_are_woken_each_is_named_once(jobs: list[str]) -> None:
    client = a_client()

    assert Queues(client, work=WORK, push=PUSH).wake(jobs) == len(set(jobs))

    assert names(client) == sorted(set(jobs))


def test_a_push_is_woken_once_a_turn_and_in_its_members_group() -> None:
    client = MemorySqs(now=lambda: NOON)
    client.create_queue(QueueName=PUSH, Attributes={"FifoQueue": "true"})
    queues = Queues(client, work=WORK, push=PUSH)

    handed = [queues.wake(["P#shop#1~anna", "P#shop#2~bert", "P#shop#3~anna"], turn=turn) for turn in ("1", "1", "2")]

    url = client.get_queue_url(QueueName=PUSH)["QueueUrl"]
    (first,) = client.receive_message(QueueUrl=url, MaxNumberOfMessages=1, AttributeNames=["All"])["Messages"]
    others = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])["Messages"]
    assert handed == [3, 3, 3]
    assert first["Attributes"]["MessageGroupId"] == "anna"
    assert [woken(message["Body"]) for message in (first, *others)] == [
        "P#shop#1~anna",
        "P#shop#2~bert",
        "P#shop#2~bert",
    ]


def test_nothing_to_wake_asks_nothing_of_the_queue() -> None:
    faults = Faults()

    assert Queues(a_client(faults=faults), work=WORK, push=PUSH).wake(()) == 0

    assert faults.calls == 0


def test_the_address_of_a_queue_is_asked_for_once() -> None:
    faults = Faults()
    queues = Queues(a_client(faults=faults), work=WORK, push=PUSH)

    for _ in range(3):
        queues.wake(["job-1"])

    assert faults.calls == 1 + 3


def test_a_queue_that_does_not_exist_is_logged_and_stops_nothing() -> None:
    queues = Queues(a_client(queue="another"), work=WORK, push=PUSH)

    with logged() as written:
        assert queues.wake(["job-1", "job-2"]) == 0

    (line,) = written.lines
    assert (line["level"], line["message"], line["queue"]) == ("WARNING", "queue.unsent", WORK)
    assert (line["error"], line["messages"]) == ("ClientError", 2)


@pytest.mark.parametrize("fault", [Fault.UNREACHED, Fault.THROTTLED, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER])
def test_a_queue_out_of_reach_is_logged_and_counted_and_stops_nothing(
    fault: Fault, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED", raising=False)
    faults = Faults()
    queues = Queues(a_client(faults=faults), work=WORK, push=PUSH)
    faults.shares[fault] = 1.0

    with logged() as written:
        assert queues.wake([f"job-{number}" for number in range(12)]) == 0

    assert [line["messages"] for line in written.lines] == [10, 2]
    assert "job-1" not in written.text
    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["WakeUpsUnsent"], line["queue"]) for line in counted] == [([10.0], WORK), ([2.0], WORK)]


def test_a_batch_that_the_queue_takes_in_part_is_counted_in_part() -> None:
    faults = Faults(seed=7)
    client = a_client(faults=faults)
    faults.unprocessed = 0.5

    with logged() as written:
        sent = Queues(client, work=WORK, push=PUSH).wake([f"job-{number}" for number in range(10)])

    (line,) = written.lines
    assert 0 < sent < 10
    assert (line["messages"], line["error"]) == (10 - sent, "InternalError")
    assert len(bodies(client)) == sent


@pytest.mark.parametrize(
    "body", ["", "job-1", "[]", "null", "17", '"job-1"', "{}", '{"wake": 1}', '{"wake": null}', '{"wake": ["a"]}']
)
def test_what_is_no_wake_up_is_not_taken_for_one(body: str) -> None:
    with pytest.raises(ValueError):
        woken(body)


@given(st.text())
def test_a_name_comes_back_as_it_went(name: str) -> None:
    assert woken(json.dumps({"wake": name})) == name
