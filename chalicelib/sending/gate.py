"""Whether a push may be sent now, on what is known right before the send. Pure."""

from collections.abc import Callable
from typing import TypeAlias

from chalicelib.sending import rules
from chalicelib.sending.verdict import Go, Known, Verdict
from chalicelib.store.push import Push

Rule: TypeAlias = Callable[[Push, Known], Verdict | None]

FIRST: tuple[Rule, ...] = (
    rules.recipient,
    rules.words,
    rules.pauses,
    rules.not_before,
    rules.returned,
    rules.opt_out,
    rules.reachability,
    rules.credit,
    rules.window,
    rules.masses,
    rules.monthly_cap,
    rules.daily_cap,
    rules.quiet_hours,
    rules.quota,
    rules.pace,
    rules.canary,
)
"""What the operator and the sender have said comes first, then what the follower has, then the hour and the quota."""
AGAIN: tuple[Rule, ...] = (rules.recipient, rules.pauses, rules.opt_out, rules.quota)
"""For a push that may have been accepted and is tried again under its key. What it takes up was set aside when it was
first claimed, and must not count against it now; waiting would only leave its outcome unknown."""


def judge(push: Push, known: Known) -> Verdict:
    """The first objection; without one, it goes."""
    objections = (rule(push, known) for rule in (AGAIN if push.doubtful else FIRST))
    return next((verdict for verdict in objections if verdict is not None), Go())
