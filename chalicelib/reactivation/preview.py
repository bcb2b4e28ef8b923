"""What a policy would do if it began or went on at a time: the planner's own judgement, with nothing written."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import NamedTuple

from chalicelib.clock import SHANGHAI, shanghai_day
from chalicelib.reactivation.assignment import Arm, arm_of, is_planned
from chalicelib.reactivation.cohort import Target, targets
from chalicelib.reactivation.eligibility import Eligible, Situation, judged
from chalicelib.reactivation.reading import Candidate, read_page
from chalicelib.sending import batches
from chalicelib.store import policy as policies
from chalicelib.store.keys import ACTIVITY_SHARDS
from chalicelib.store.push import Channel
from chalicelib.store.table import Table

SAMPLES = 3
"""Members that are shown of each rung."""
KNOWN = "known"
"""Planned before."""


class Sample(NamedTuple):
    """One member as they would be planned: a number, and no name."""

    member_no: str
    target: Target
    arm: Arm
    channel: Channel
    at: datetime


@dataclass(slots=True)
class Preview:
    """Of the cohorts of one day, as far as they were looked at."""

    day: str
    cohorts: int = 0
    looked_at: int = 0
    is_whole: bool = True
    """Not so many that the rest was left out."""
    arms: Counter[Arm] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """Why the others are not spoken to."""
    rungs: Counter[int] = field(default_factory=Counter)
    """Of the treated, as the next three are."""
    channels: Counter[Channel] = field(default_factory=Counter)
    hours: Counter[str] = field(default_factory=Counter)
    """By the hour at which they would get it, ``2026-03-04 18``."""
    calls: Counter[Channel] = field(default_factory=Counter)
    """What it takes of WeChat's quotas."""
    samples: list[Sample] = field(default_factory=list)


def preview(situation: Situation, open_table: Callable[[], Table], *, most: int) -> Preview:
    """The cohorts of the day from the beginning, up to so many members. Raises Unavailable.

    For a day to come, everybody is as they are now: who acts until then is not known. Whether the policy is enabled,
    in season or paused is not asked. Each cohort is read with a table of its own.
    """
    policy, day = situation.policy, shanghai_day(situation.now)
    cursor = policies.cursor(open_table(), policy)
    is_first = cursor is None or cursor.began_on == day
    seen = Preview(day)
    for target in targets(policy, day, first=is_first):
        seen.cohorts += 1
        masses = _look(seen, target, situation, open_table(), most)
        if masses:
            seen.calls["mass"] += ceil(masses / min(batches.MOST, policy.limits.per_tick))
    seen.calls.update({channel: count for channel, count in seen.channels.items() if channel != "mass"})
    return seen


def _look(seen: Preview, target: Target, situation: Situation, table: Table, most: int) -> int:
    """How many of the cohort would get a mass message."""
    before = seen.channels["mass"]
    for candidate in _candidates(situation.policy.account, target, table):
        if seen.looked_at >= most:
            seen.is_whole = False
            break
        seen.looked_at += 1
        _count(seen, target, candidate, situation)
    return seen.channels["mass"] - before


def _candidates(account: str, target: Target, table: Table) -> Iterator[Candidate]:
    for shard in range(ACTIVITY_SHARDS):
        page = read_page(table, account, target.active_day, shard)
        yield from page.candidates
        while page.after is not None:
            page = read_page(table, account, target.active_day, shard, after=page.after)
            yield from page.candidates


def _count(seen: Preview, target: Target, candidate: Candidate, situation: Situation) -> None:
    if candidate.member and is_planned(situation.policy, target, candidate.member):
        seen.reasons[KNOWN] += 1
        return
    found = judged(target, candidate, situation)
    if not isinstance(found, Eligible):
        seen.reasons[found.reason] += 1
        return
    arm, push = _arm(target, found, situation), found.push
    seen.arms[arm] += 1
    if sum(sample.target.rung == target.rung for sample in seen.samples) < SAMPLES:
        seen.samples.append(Sample(found.member.member_no, target, arm, push.channel, push.not_before))
    if arm == "treatment":
        seen.rungs[target.rung] += 1
        seen.channels[push.channel] += 1
        seen.hours[f"{push.not_before.astimezone(SHANGHAI):%Y-%m-%d %H}"] += 1


def _arm(target: Target, found: Eligible, situation: Situation) -> Arm:
    """Theirs since this silence began, or the one that they will draw."""
    trial = found.member.trials.get(situation.policy.name)
    return trial.arm if trial and trial.cycle == target.active_day else arm_of(situation.policy, found.member)
