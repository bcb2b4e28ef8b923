"""Queues in memory that answer like boto3's SQS client."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from threading import RLock
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from infra.local.memory.errors import check_parameters, refusal
from infra.local.memory.faults import Faults
from infra.local.memory.messages import Message
from infra.local.memory.queue import Chaos, Queue, Settings
from infra.local.memory.sqs_actions import (
    ACCOUNT,
    MESSAGE_BYTES,
    attributes_of,
    change_visibility,
    delete,
    entries_of,
    receive,
    send,
    settings_of,
)

T = TypeVar("T")
URL = f"https://sqs.memory.invalid/{ACCOUNT}/"
SENT = ("MessageBody", "DelaySeconds", "MessageGroupId", "MessageDeduplicationId")
RECEIVED = (
    "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds", "AttributeNames", "MessageSystemAttributeNames",
)  # fmt: skip


class MemorySqs:
    """Standard and FIFO queues on one clock; the same calls in the same order give the same answers.

    Long polling never waits: time is the clock's. Not built: message attributes, purging, permissions.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chaos: Chaos | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self._now = now
        self._chaos = chaos or Chaos()
        self._lock = RLock()
        self._queues: dict[str, Queue] = {}

    def create_queue(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("QueueName",), known=("Attributes",))
        settings = settings_of(request["QueueName"], request.get("Attributes", {}))
        queue = Queue(settings, now=self._now, chaos=self._chaos, bury=lambda message: self._bury(settings, message))
        with self._lock:
            self._queues.setdefault(settings.name, queue)
        return {"QueueUrl": URL + settings.name}

    def get_queue_url(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("QueueName",), known=())
        url = URL + str(request["QueueName"])
        return self._call("GetQueueUrl", url, lambda _: {"QueueUrl": url})

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("QueueUrl",), known=("AttributeNames",))
        wanted = request.get("AttributeNames", ())
        return self._call("GetQueueAttributes", request["QueueUrl"], lambda queue: attributes_of(queue, wanted))

    def waiting(self, name: str) -> int:
        """How many messages of a queue could be received now, for whoever drives it; no call of the service."""
        with self._lock:
            return self._queues[name].counted()[0]

    def send_message(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("QueueUrl", "MessageBody"), known=SENT)
        return self._call("SendMessage", request["QueueUrl"], lambda queue: send(queue, request, "SendMessage"))

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("QueueUrl", "Entries"), known=())
        return self._call("SendMessageBatch", request["QueueUrl"], lambda queue: self._send_all(queue, request))

    def receive_message(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("QueueUrl",), known=RECEIVED)
        return self._call("ReceiveMessage", request["QueueUrl"], lambda queue: receive(queue, request))

    def delete_message(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("QueueUrl", "ReceiptHandle"), known=())
        return self._call("DeleteMessage", request["QueueUrl"], lambda queue: delete(queue, request))

    def delete_message_batch(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("QueueUrl", "Entries"), known=())
        return self._call("DeleteMessageBatch", request["QueueUrl"], lambda queue: self._delete_all(queue, request))

    def change_message_visibility(self, **request: Any) -> dict[str, Any]:
        check_parameters(request, required=("QueueUrl", "ReceiptHandle", "VisibilityTimeout"), known=())
        return self._call(
            "ChangeMessageVisibility", request["QueueUrl"], lambda queue: change_visibility(queue, request)
        )

    def _call(self, operation: str, url: str, work: Callable[[Queue], T]) -> T:
        def locked() -> T:
            with self._lock:
                queue = self._queues.get(url.removeprefix(URL))
                if queue is None:
                    raise refusal("AWS.SimpleQueueService.NonExistentQueue", "no such queue", operation)
                return work(queue)

        return self.faults.around(operation, locked)

    def _bury(self, settings: Settings, message: Message) -> None:
        self._queues[settings.dead_letters].bury(message)

    def _send_all(self, queue: Queue, request: Mapping[str, Any]) -> dict[str, Any]:
        entries = entries_of(request, "SendMessageBatch", required=("Id", "MessageBody"), known=SENT)
        if sum(len(entry["MessageBody"].encode()) for entry in entries) > MESSAGE_BYTES:
            raise refusal("AWS.SimpleQueueService.BatchRequestTooLong", "too long", "SendMessageBatch")
        return self._each(entries, lambda entry: send(queue, entry, "SendMessageBatch"))

    def _delete_all(self, queue: Queue, request: Mapping[str, Any]) -> dict[str, Any]:
        entries = entries_of(request, "DeleteMessageBatch", required=("Id", "ReceiptHandle"), known=())
        return self._each(entries, lambda entry: delete(queue, entry))

    def _each(
        self, entries: Sequence[Mapping[str, Any]], work: Callable[[Mapping[str, Any]], dict[str, Any]]
    ) -> dict[str, Any]:
        """What became of each entry; some fail by bad luck, if the faults say so."""
        answer: dict[str, list[dict[str, Any]]] = {}
        for entry in entries:
            outcome, said = self._one(entry, work)
            answer.setdefault(outcome, []).append({"Id": entry["Id"], **said})
        return answer

    def _one(
        self, entry: Mapping[str, Any], work: Callable[[Mapping[str, Any]], dict[str, Any]]
    ) -> tuple[str, dict[str, Any]]:
        if self.faults.leaves_out():
            return "Failed", {"SenderFault": False, "Code": "InternalError"}
        try:
            return "Successful", work(entry)
        except ClientError as error:
            return "Failed", {"SenderFault": True, "Code": error.response["Error"]["Code"]}
