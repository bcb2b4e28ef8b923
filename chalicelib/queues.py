"""Wake-ups: messages that name an item of the table, and carry nothing else."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.door import count, log

BATCH = 10
"""Most messages of one SendMessageBatch."""
PUSHES = "P#"
"""How the names of pushes begin."""


class Queues:
    """The queues by name. A wake-up that is lost does no harm: `tick` wakes again what is overdue."""

    def __init__(self, client: Any, *, work: str, push: str) -> None:
        self._client = client
        self._work = work
        self._push = push
        self._urls: dict[str, str] = {}

    def wake(self, names: Iterable[str], *, turn: str = "") -> int:
        """Wake the jobs and pushes of these names; returns how many were handed over.

        The push queue takes one wake-up per push and `turn` within five minutes, and hands out one at a time of those
        that go to the same member.
        """
        once = list(dict.fromkeys(names))
        pushes = [name for name in once if name.startswith(PUSHES)]
        jobs = [name for name in once if not name.startswith(PUSHES)]
        handed = sum(self._send(self._work, [_message(name) for name in batch]) for batch in _batches(jobs))
        return handed + sum(
            self._send(self._push, [_message(name) | _in_order(name, turn) for name in batch])
            for batch in _batches(pushes)
        )

    def _send(self, queue: str, messages: Sequence[Mapping[str, str]]) -> int:
        entries = [{"Id": str(number), **message} for number, message in enumerate(messages)]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url(queue), Entries=entries)
        except (BotoCoreError, ClientError) as error:
            _unsent(queue, len(messages), type(error).__name__)
            return 0
        if refused := answer.get("Failed", ()):
            _unsent(queue, len(refused), refused[0]["Code"])
        return len(messages) - len(refused)

    def _url(self, queue: str) -> str:
        if queue not in self._urls:
            self._urls[queue] = self._client.get_queue_url(QueueName=queue)["QueueUrl"]
        return self._urls[queue]


def _unsent(queue: str, messages: int, error: str) -> None:
    log.warning("queue.unsent", extra={"queue": queue, "error": error, "messages": messages})
    count("WakeUpsUnsent", messages, queue=queue)


def woken(body: str) -> str:
    """The name in a wake-up. Raises ValueError when it is none."""
    message = json.loads(body)
    if not isinstance(message, dict) or not isinstance(message.get("wake"), str):
        raise ValueError("not a wake-up")
    return str(message["wake"])


def _message(name: str) -> dict[str, str]:
    return {"MessageBody": json.dumps({"wake": name})}


def _in_order(name: str, turn: str) -> dict[str, str]:
    """What a FIFO queue asks for: see `Push.name`."""
    item, _, group = name.partition("~")
    return {"MessageGroupId": group or item, "MessageDeduplicationId": f"{item[-64:]}-{turn}"}


def _batches(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + BATCH] for start in range(0, len(names), BATCH))
