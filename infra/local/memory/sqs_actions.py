"""What one call does to one queue: the request checked, the answer as boto3 gives it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.local.memory.errors import check_parameters, refusal
from infra.local.memory.messages import Message
from infra.local.memory.queue import BadHandle, Expired, Queue, Settings, content_id

ACCOUNT = "000000000000"
ARN = f"arn:aws:sqs:memory:{ACCOUNT}:"
MESSAGE_BYTES = 256 * 1024
"""Also of a whole batch."""
BATCH = 10
LONGEST_DELAY = 900
LONGEST_VISIBILITY = 43_200
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ENTRY_ID = re.compile(r"[A-Za-z0-9_\-]{1,80}")
DEDUP_ID = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")


def settings_of(name: str, attributes: Mapping[str, str]) -> Settings:
    redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
    fifo = attributes.get("FifoQueue", "false") == "true"
    if fifo != name.endswith(".fifo"):
        raise refusal("InvalidParameterValue", "The name of a FIFO queue can only end with .fifo", "CreateQueue")
    return Settings(
        name,
        fifo=fifo,
        visibility=float(attributes.get("VisibilityTimeout", 30)),
        delay=float(attributes.get("DelaySeconds", 0)),
        retention=float(attributes.get("MessageRetentionPeriod", 4 * 86400)),
        content_dedup=attributes.get("ContentBasedDeduplication", "false") == "true",
        dedup_per_group=attributes.get("DeduplicationScope") == "messageGroup",
        dead_letters=str(redrive.get("deadLetterTargetArn", "")).rpartition(":")[2],
        max_receives=int(redrive.get("maxReceiveCount", 0)),
    )


def send(queue: Queue, request: Mapping[str, Any], operation: str) -> dict[str, Any]:
    body = request["MessageBody"]
    if not body:
        raise refusal("MissingParameter", "The request must contain the parameter MessageBody", operation)
    if len(body.encode("utf-8", "surrogatepass")) > MESSAGE_BYTES:
        raise refusal("InvalidParameterValue", f"Message must be shorter than {MESSAGE_BYTES} bytes", operation)
    if FORBIDDEN.search(body):
        raise refusal("InvalidMessageContents", "The message contains characters outside the allowed set", operation)
    delay = request.get("DelaySeconds")
    if delay is not None and (not 0 <= delay <= LONGEST_DELAY or queue.settings.fifo):
        raise refusal("InvalidParameterValue", "DelaySeconds is invalid", operation)
    group, dedup = _fifo_ids(queue.settings, request, operation)
    message = queue.send(body, delay=delay, group=group, dedup=dedup)
    answer = {"MessageId": message.message_id, "MD5OfMessageBody": _md5(body)}
    return answer | ({"SequenceNumber": f"{message.sequence:020d}"} if queue.settings.fifo else {})


def _fifo_ids(settings: Settings, request: Mapping[str, Any], operation: str) -> tuple[str, str]:
    group, dedup = request.get("MessageGroupId", ""), request.get("MessageDeduplicationId", "")
    if not settings.fifo:
        if dedup:
            raise refusal("InvalidParameterValue", "MessageDeduplicationId is not valid for this queue", operation)
        return "", ""
    if not group:
        raise refusal("MissingParameter", "The request must contain the parameter MessageGroupId", operation)
    if not dedup and not settings.content_dedup:
        raise refusal("InvalidParameterValue", "The queue needs a MessageDeduplicationId", operation)
    dedup = dedup or content_id(request["MessageBody"])
    if not DEDUP_ID.fullmatch(group) or not DEDUP_ID.fullmatch(dedup):
        raise refusal("InvalidParameterValue", "An id is too long or has characters that are not allowed", operation)
    return group, dedup


def receive(queue: Queue, request: Mapping[str, Any]) -> dict[str, Any]:
    limit = request.get("MaxNumberOfMessages", 1)
    if not 1 <= limit <= BATCH:
        raise refusal("InvalidParameterValue", "MaxNumberOfMessages must be between 1 and 10", "ReceiveMessage")
    received = queue.receive(limit, visibility=request.get("VisibilityTimeout"))
    wanted = {*request.get("AttributeNames", ()), *request.get("MessageSystemAttributeNames", ())}
    return {"Messages": [_shown(message, wanted) for message in received]} if received else {}


def _shown(message: Message, wanted: set[str]) -> dict[str, Any]:
    attributes = {
        "ApproximateReceiveCount": str(message.receives),
        "ApproximateFirstReceiveTimestamp": _milliseconds(message.first_received_at or message.sent_at),
        "SentTimestamp": _milliseconds(message.sent_at),
    }
    if message.group:
        attributes |= {"MessageGroupId": message.group, "SequenceNumber": f"{message.sequence:020d}"}
    shown = attributes if "All" in wanted else {name: attributes[name] for name in sorted(wanted & attributes.keys())}
    said = {
        "MessageId": message.message_id,
        "ReceiptHandle": message.handle,
        "MD5OfBody": _md5(message.body),
        "Body": message.body,
    }
    return said | ({"Attributes": shown} if shown else {})


def delete(queue: Queue, request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        queue.delete(request["ReceiptHandle"])
    except BadHandle:
        raise refusal("ReceiptHandleIsInvalid", "The input receipt handle is invalid", "DeleteMessage") from None
    except Expired:
        raise refusal("InvalidParameterValue", "The receipt handle has expired", "DeleteMessage") from None
    return {}


def change_visibility(queue: Queue, request: Mapping[str, Any]) -> dict[str, Any]:
    seconds = request["VisibilityTimeout"]
    operation = "ChangeMessageVisibility"
    if not 0 <= seconds <= LONGEST_VISIBILITY:
        raise refusal("InvalidParameterValue", "VisibilityTimeout must be between 0 and 43200", operation)
    try:
        queue.change_visibility(request["ReceiptHandle"], seconds)
    except BadHandle:
        raise refusal("ReceiptHandleIsInvalid", "The input receipt handle is invalid", operation) from None
    except Expired:
        raise refusal("AWS.SimpleQueueService.MessageNotInflight", "not in flight", operation) from None
    return {}


def entries_of(
    request: Mapping[str, Any], operation: str, *, required: Sequence[str], known: Sequence[str]
) -> Sequence[Mapping[str, Any]]:
    """One to ten, with ids of their own."""
    entries: Sequence[Mapping[str, Any]] = request["Entries"]
    for entry in entries:
        check_parameters(entry, required=required, known=known, where="Entries")
    ids = [entry["Id"] for entry in entries]
    refused = {
        "EmptyBatchRequest": not entries,
        "TooManyEntriesInBatchRequest": len(entries) > BATCH,
        "BatchEntryIdsNotDistinct": len(set(ids)) < len(ids),
        "InvalidBatchEntryId": not all(ENTRY_ID.fullmatch(one) for one in ids),
    }
    for code, applies in refused.items():
        if applies:
            raise refusal(f"AWS.SimpleQueueService.{code}", "the batch is invalid", operation)
    return entries


def attributes_of(queue: Queue, wanted: Sequence[str]) -> dict[str, Any]:
    waiting, flying, delayed = queue.counted()
    settings = queue.settings
    attributes = {
        "QueueArn": ARN + settings.name,
        "VisibilityTimeout": f"{settings.visibility:.0f}",
        "ApproximateNumberOfMessages": str(waiting),
        "ApproximateNumberOfMessagesNotVisible": str(flying),
        "ApproximateNumberOfMessagesDelayed": str(delayed),
    }
    if settings.fifo:
        attributes["FifoQueue"] = "true"
    shown = {name: value for name, value in attributes.items() if name in wanted or "All" in wanted}
    return {"Attributes": shown} if shown else {}


def _milliseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def _md5(body: str) -> str:
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
