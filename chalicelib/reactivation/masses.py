"""What a policy says to many at once: those whose step is a mass message, in batches."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from chalicelib.queues import Queues
from chalicelib.reactivation.assignment import held
from chalicelib.reactivation.cohort import Target
from chalicelib.reactivation.eligibility import Eligible, key_of, trial_of
from chalicelib.reactivation.filling import content_of
from chalicelib.sending.batches import FEWEST, Mass, plan_mass
from chalicelib.store.policy import Policy
from chalicelib.store.table import Lost, Table


def plan(
    waiting: Sequence[Eligible], policy: Policy, target: Target, *, table: Table, queues: Queues, now: datetime
) -> None:
    """Doing it again changes nothing: whoever has such a push, of whichever batch, gets no other. Raises Unavailable.

    WeChat takes no mass message to one follower: who is alone with their step is held.
    """
    by_words = defaultdict[tuple[str, str], list[Eligible]](list)
    for eligible in waiting:
        by_words[eligible.step.content_class, eligible.step.text].append(eligible)
    for alike in by_words.values():
        if len(alike) < FEWEST:
            _hold(alike[0], table)
        else:
            openids = [eligible.member.openid for eligible in alike]
            plan_mass(_mass(alike[0], policy, target), openids, policy.account, table=table, queues=queues, now=now)


def _mass(eligible: Eligible, policy: Policy, target: Target) -> Mass:
    content = content_of(eligible.step, eligible.member)
    return Mass(
        policy.kind,
        key_of(policy, target),
        eligible.step.content_class,
        content.body if content else {},
        not_before=eligible.push.not_before,
        trial=trial_of(policy, target),
    )


def _hold(eligible: Eligible, table: Table) -> None:
    try:
        table.write(held(eligible.push, "too_few"))
    except Lost:
        return  # their push stands already
