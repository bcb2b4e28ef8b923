"""Reactivation policies, as an operator would write them."""

from dataclasses import replace
from typing import Any

from chalicelib.store.policy import Policy, Rung, Step

POINTS = Step("template", "service", "points", {"thing1": "积分"})
"""A notice of the member's own account."""
NEWS = Step("subscribe", "product", "news", {"thing1": "上新"})
WORD = Step("kefu", "activity", text="这周末有活动，欢迎来玩")
CIRCULAR = Step("mass", "brand", text="我们想你了")


def a_policy(**changes: Any) -> Policy:
    """Of the shop, enabled: after 14 and 30 days of silence a notice, to everyone."""
    policy = Policy("shop", "winback", (Rung((POINTS,), days=14), Rung((POINTS,), days=30)), hold_out=0, enabled=True)
    return replace(policy, **changes)
