"""How the cursor goes through days, cohorts and shards. Pure."""

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.reactivation.cohort import Target, targets
from chalicelib.sending.intents import digest
from chalicelib.store.keys import ACTIVITY_SHARDS
from chalicelib.store.policy import Cursor, Policy

MOST_DAYS = 7
"""So many days that were missed are made up for; what is older is left."""
PREFIX = 16
"""Characters of an openid that the cursor keeps: half of them are the account's, none of them all."""


def started(policy: Policy, known: Cursor | None, today: str) -> Cursor:
    """Where this tick begins. A day whose cohorts were changed begins anew: who is planned already is passed over."""
    ladder = _ladder(policy)
    if known is None:
        return Cursor(policy.account, policy.name, today, began_on=today, ladder=ladder)
    if known.ladder != ladder:
        known = replace(known, target=0, shard=0, after="", ladder=ladder)
    oldest = _later(today, -MOST_DAYS)
    return known if known.day >= oldest else _on(known, oldest)


def skipped_days(known: Cursor | None, cursor: Cursor) -> int:
    """Days that are left unplanned, or half planned, because they are too long ago."""
    return (date.fromisoformat(cursor.day) - date.fromisoformat(known.day)).days if known else 0


def next_target(cursor: Cursor, policy: Policy, today: str) -> tuple[Cursor, Target | None]:
    """The cohort at the cursor, which goes on to the next days; None when everything until today is planned."""
    while cursor.day <= today:
        of_day = targets(policy, cursor.day, first=cursor.day == cursor.began_on)
        if cursor.target < len(of_day):
            return cursor, of_day[cursor.target]
        if cursor.day == today:
            break
        cursor = _on(cursor, _later(cursor.day, 1))
    return cursor, None


def past_member(cursor: Cursor, openid: str, *, today: str, planned: int) -> Cursor:
    """Behind this member, who counts as so many planned."""
    before = cursor.counted if cursor.counted_on >= today else 0
    day = max(cursor.counted_on, today)
    return replace(cursor, after=openid[:PREFIX], counted_on=day, counted=before + planned)


def past_shard(cursor: Cursor) -> Cursor:
    if cursor.shard + 1 < ACTIVITY_SHARDS:
        return replace(cursor, shard=cursor.shard + 1, after="")
    return replace(cursor, target=cursor.target + 1, shard=0, after="")


def left_of_day(cursor: Cursor, policy: Policy, today: str) -> int:
    """How many members may still be planned today. A clock that goes back begins no new day."""
    return policy.limits.per_day - (cursor.counted if cursor.counted_on >= today else 0)


def _on(cursor: Cursor, day: str) -> Cursor:
    return replace(cursor, day=day, target=0, shard=0, after="")


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _ladder(policy: Policy) -> str:
    """What the cohorts follow from: two policies with the same have the same cohorts."""
    rungs = ",".join(f"{rung.days}:{rung.hours}" for rung in policy.rungs)
    return digest(rungs, str(policy.repeat_days), str(policy.backlog.days), policy.backlog.order)[:8]
