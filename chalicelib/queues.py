"""Wake-ups: messages that name an item of the table, and carry nothing else."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.door import count, log

BATCH = 10
"""Most messages of one SendMessageBatch."""


class Queues:
    """The queues by name. A wake-up that is lost does no harm: `tick` wakes again what is overdue."""

    def __init__(self, client: Any, *, work: str) -> None:
        self._client = client
        self._work = work
        self._urls: dict[str, str] = {}

    def wake(self, names: Sequence[str]) -> int:
        """Wake the jobs of these names; returns how many were handed over."""
        return sum(self._send(self._work, batch) for batch in _batches(names))

    def _send(self, queue: str, names: Sequence[str]) -> int:
        entries = [{"Id": str(n), "MessageBody": json.dumps({"wake": name})} for n, name in enumerate(names)]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url(queue), Entries=entries)
        except (BotoCoreError, ClientError) as error:
            _unsent(queue, len(names), type(error).__name__)
            return 0
        if refused := answer.get("Failed", ()):
            _unsent(queue, len(refused), refused[0]["Code"])
        return len(names) - len(refused)

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


def _batches(names: Iterable[str]) -> Iterable[Sequence[str]]:
    once = list(dict.fromkeys(names))
    return (once[start : start + BATCH] for start in range(0, len(once), BATCH))
