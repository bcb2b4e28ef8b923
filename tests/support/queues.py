"""Short ways to speak to the in-memory queues as boto3 would."""

import json
from typing import Any

from infra.local.memory.faults import Faults
from infra.local.memory.queue import Chaos
from infra.local.memory.sqs import MemorySqs
from infra.local.memory.sqs_actions import ARN
from infra.local.wechat_simulator import Clock
from tests.builders import NOON


class Post:
    """One queue, its dead letters, and a clock."""

    def __init__(
        self, *, fifo: bool = False, chaos: Chaos | None = None, faults: Faults | None = None, **attributes: str
    ) -> None:
        self.clock = Clock(start=NOON, frozen=True)
        self.client = MemorySqs(now=self.clock.now, chaos=chaos, faults=faults)
        self.fifo = fifo
        end, kind = (".fifo", {"FifoQueue": "true"}) if fifo else ("", {})
        self.dead = self.client.create_queue(QueueName=f"dead{end}", Attributes=kind)["QueueUrl"]
        redrive = json.dumps({"deadLetterTargetArn": f"{ARN}dead{end}", "maxReceiveCount": 3})
        self.url = self.client.create_queue(
            QueueName=f"work{end}", Attributes={"RedrivePolicy": redrive, **kind, **attributes}
        )["QueueUrl"]

    def send(self, body: str, *, group: str = "", dedup: str = "", **parameters: Any) -> str:
        if self.fifo:
            parameters |= {"MessageGroupId": group or "g"} | ({"MessageDeduplicationId": dedup or body})
        answer = self.client.send_message(QueueUrl=self.url, MessageBody=body, **parameters)
        return str(answer["MessageId"])

    def receive(self, limit: int = 10, *, url: str = "", **parameters: Any) -> list[dict[str, Any]]:
        answer = self.client.receive_message(QueueUrl=url or self.url, MaxNumberOfMessages=limit, **parameters)
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def bodies(self, limit: int = 10, *, url: str = "") -> list[str]:
        return [message["Body"] for message in self.receive(limit, url=url)]

    def delete(self, message: dict[str, Any]) -> None:
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def hide(self, message: dict[str, Any], seconds: int) -> None:
        self.client.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def counted(self) -> tuple[int, int, int]:
        """How many wait, are in flight, are delayed."""
        attributes = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        waiting, flying, delayed = (
            int(attributes[f"ApproximateNumberOfMessages{which}"]) for which in ("", "NotVisible", "Delayed")
        )
        return waiting, flying, delayed
