"""How a delivery ended, and what came of a push."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from infra.local.wechat_simulator.person import Message
from infra.local.wechat_simulator.reply import Reply
from infra.local.wechat_simulator.switches import Switches

Kind = Literal["content", "timeout", "unreachable", "status", "invalid", "paused"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt. Number 0 is a push that was never sent, because the breaker was open, or a notice's probe."""

    attempt: int
    status: int | None
    seconds: float
    error: str | None = None

    def ended(self, status: int | None, error: str | None = None) -> Self:
        return replace(self, status=status, error=error)

    def as_json(self) -> dict[str, Any]:
        told = {"attempt": self.attempt, "status": self.status, "seconds": self.seconds}
        return told | ({"error": self.error} if self.error else {})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What WeChat makes of one attempt. Only a content WeChat has a reply."""

    kind: Kind
    delivery: Delivery
    reply: Reply | None = None

    @property
    def is_failure(self) -> bool:
        return self.kind not in ("content", "paused")

    def is_retried(self, switches: Switches) -> bool:
        return {
            "timeout": True,
            "unreachable": switches.retry_unreachable,
            "status": switches.retry_bad_status,
            "invalid": switches.retry_invalid_reply,
        }.get(self.kind, False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the follower saw of a push, every attempt to deliver it, and what else the act has to tell."""

    saw: tuple[Message, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"saw": list(self.saw), "deliveries": [one.as_json() for one in self.deliveries], **self.told}
