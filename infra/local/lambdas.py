"""Handlers invoked as Lambda does: a real event, a context that knows how much time is left."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalice.local import LambdaContext

from infra.local.aws import REGION

ACCOUNT_ID = "123456789012"


def context(function: str, *, seconds: int) -> LambdaContext:
    return LambdaContext(function, 256, max_runtime_ms=seconds * 1000)


def sqs_event(messages: Sequence[Mapping[str, Any]], *, queue: str) -> dict[str, Any]:
    """What Lambda makes of received messages."""
    return {"Records": [_record(message, queue) for message in messages]}


def _record(message: Mapping[str, Any], queue: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws-cn:sqs:{REGION}:{ACCOUNT_ID}:{queue}",
        "awsRegion": REGION,
    }


def schedule_event(rule: str, at: datetime) -> dict[str, Any]:
    """What EventBridge sends for a rule with a rate."""
    return {
        "version": "0",
        "id": f"{rule}-{at:%Y%m%dT%H%M%S}",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws-cn:events:{REGION}:{ACCOUNT_ID}:rule/{rule}"],
        "detail": {},
    }
