"""One thing that WeChat Pay wants to tell the merchant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """Before it is sealed. `attempt` counts from 1; `told` is what the act that caused it answers."""

    account: str
    openid: str
    notify_url: str
    notice_id: str
    event_type: str
    summary: str
    resource: Mapping[str, Any]
    created_at: datetime
    attempt: int = 1
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def original_type(self) -> str:
        """`transaction` or `refund`, as the event type begins."""
        return self.event_type.partition(".")[0].lower()
