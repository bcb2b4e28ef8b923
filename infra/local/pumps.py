"""What Lambda's pollers and EventBridge do by themselves: queues are emptied, schedules fire."""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local import lambdas

Handler = Callable[[dict[str, Any], Any], Any]
BATCH = 10
log = logging.getLogger("huiyuan.local")


class QueuePump:
    """Receives a queue's messages and invokes their handler; what the handler raises on comes again later."""

    def __init__(self, sqs: Any, *, queue: str, handler: Handler, name: str, seconds: int = 30) -> None:
        self._sqs, self._queue, self._handler, self._name, self._seconds = sqs, queue, handler, name, seconds
        self._url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        self._stopped = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin, or go on after `stop`."""
        self._stopped.clear()
        self._thread = Thread(target=self._run, name=f"pump {self._queue}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join(timeout=5)

    def once(self) -> int:
        """Handle one batch; returns how many messages it had."""
        answer = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=1, AttributeNames=["All"]
        )
        messages = answer.get("Messages", [])
        if messages:
            self._invoke(messages)
        return len(messages)

    def _invoke(self, messages: list[dict[str, Any]]) -> None:
        event = lambdas.sqs_event(messages, queue=self._queue)
        self._handler(event, lambdas.context(self._name, seconds=self._seconds))
        for message in messages:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.once()
            except (BotoCoreError, ClientError) as error:
                log.warning("pump.%s %s", self._queue, type(error).__name__)
                self._stopped.wait(1)
            except Exception:  # a broken handler must not stop the pump: Lambda would come again, too
                log.exception("pump.%s", self._queue)
                self._stopped.wait(1)


class Schedule:
    """Fires a handler when its period begins anew on the world's clock. A jump of the clock fires it once."""

    def __init__(self, handler: Handler, *, name: str, minutes: int, now: Callable[[], datetime]) -> None:
        self._handler, self._name, self._minutes, self._now = handler, name, minutes, now
        self._fired = -1

    def fire_if_due(self) -> bool:
        period = int(self._now().timestamp() // (60 * self._minutes))
        if period == self._fired:
            return False
        self._fired = period
        self._handler(lambdas.schedule_event(self._name, self._now()), lambdas.context(self._name, seconds=60))
        return True


class Schedules:
    """All schedules, looked at twice a second and whenever the clock is moved."""

    def __init__(self, schedules: tuple[Schedule, ...]) -> None:
        self._schedules = schedules
        self._moved = Event()
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="schedules", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._moved.set()
        self._thread.join(timeout=5)

    def clock_moved(self) -> None:
        self._moved.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._moved.clear()
            for schedule in self._schedules:
                try:
                    schedule.fire_if_due()
                except Exception:  # as above: the next period tries again
                    log.exception("schedule")
            self._moved.wait(0.5)
