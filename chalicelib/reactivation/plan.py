"""One tick of a policy: who is due is judged, drawn into an arm, and planned.

Promise: each member is planned at most once per rung and silence, in whatever order ticks run, crash or race: their
trial and their push are one commit, bound to the member as they were judged. The cursor is committed after them, and
only while the policy is enabled and unchanged; who was planned behind it is found again, and counts.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.clock import shanghai_day
from chalicelib.credentials import Accounts, Credentials
from chalicelib.door import each, log
from chalicelib.queues import Queues
from chalicelib.reactivation import masses, walk
from chalicelib.reactivation.assignment import assigned, is_planned
from chalicelib.reactivation.cohort import Target
from chalicelib.reactivation.eligibility import Eligible, Ineligible, Situation, judged
from chalicelib.reactivation.reading import Candidate, read, read_page
from chalicelib.reactivation.season import has_begun, is_over
from chalicelib.reactivation.stopping import is_stopped
from chalicelib.store import keys, switches
from chalicelib.store import policy as policies
from chalicelib.store.policy import Cursor, Policy
from chalicelib.store.table import Check, Equals, Lost, Table

LEAST_SECONDS = 10
"""With less time left than this nobody else is planned: what was planned is still to be committed."""
TRIES = 6
"""How often a member is judged anew because someone else moved them first."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a tick is given."""

    table: Table
    queues: Queues
    now: datetime
    left: Callable[[], float]


def plan_all(account: str, accounts: Accounts, tools: Tools) -> None:
    """Every enabled policy of the account; an error of one does not stop the others. Raises Unavailable."""
    enabled = {policy.name: policy for policy in policies.list_all(tools.table, account) if policy.enabled}

    def plan_one(name: str) -> None:
        plan(enabled[name], accounts.find(account), tools)

    each(enabled, plan_one, name="reactivation_plan", least=LEAST_SECONDS, left=tools.left)


def plan(policy: Policy, credentials: Credentials, tools: Tools) -> Counter[str]:
    """As far as limits and time allow; says what came of how many members. Raises Unavailable, Conflict.

    While the policy is disabled, out of season, or paused, nothing happens and nobody is passed over.
    """
    today = shanghai_day(tools.now)
    if not policy.enabled or not has_begun(policy, today) or is_over(policy, today):
        return Counter()
    stored = policies.cursor(tools.table, policy)
    cursor = walk.started(policy, stored, today)
    if walk.next_target(cursor, policy, today)[1] is None:
        return Counter()
    thrown = switches.find(tools.table, policy.account)
    if thrown.paused or policy.kind in thrown.kinds or is_stopped(policy, tools.table, now=tools.now):
        log.info("reactivation.paused", extra=_names(policy))
        return Counter()
    if days := walk.skipped_days(stored, cursor):
        log.warning("reactivation.days_skipped", extra={**_names(policy), "days": days})
    return _run(
        _Tick(Situation(policy, credentials, thrown, tools.now), tools, today, cursor, stored, since=cursor.after)
    )


def _run(tick: "_Tick") -> Counter[str]:
    who = _names(tick.situation.policy)
    try:
        tick.run()
    except Lost:  # of the cursor: another tick was faster, or the policy was changed; what is planned is planned
        log.info("reactivation.raced", extra=who)
    if tick.outcomes:
        log.info("reactivation.planned", extra={**who, "day": tick.cursor.day, "outcomes": dict(tick.outcomes)})
    return tick.outcomes


def _names(policy: Policy) -> dict[str, str]:
    return {"account": policy.account, "policy": policy.name}


@dataclass(slots=True)
class _Tick:
    """How far a tick has come."""

    situation: Situation
    tools: Tools
    today: str
    cursor: Cursor
    stored: Cursor | None
    """As it stands in the table."""
    since: str
    """How far the shard had been planned before this tick."""
    within: Mapping[str, Any] | None = None
    """Where the shard's next page begins, once one was read."""
    outcomes: Counter[str] = field(default_factory=Counter)
    planned: int = 0
    uncommitted: int = 0
    for_mass: list[Eligible] = field(default_factory=list)
    """Those of the cohort at hand whose message goes out with others'."""

    def run(self) -> None:
        """Raises Lost when the cursor is no longer ours."""
        while self._has_room():
            self.cursor, target = walk.next_target(self.cursor, self.situation.policy, self.today)
            if target is None:
                break
            self._plan_cohort(target)
        self._commit()

    def _has_room(self) -> bool:
        policy = self.situation.policy
        return (
            self.planned < policy.limits.per_tick
            and walk.left_of_day(self.cursor, policy, self.today) > 0
            and self.tools.left() >= LEAST_SECONDS
        )

    def _plan_cohort(self, target: Target) -> None:
        """As much of it as there is room for. Mass messages go out together, so the cursor waits for them."""
        number = self.cursor.target
        while self.cursor.target == number and self._has_room():
            self._plan_page(target)
            if self.uncommitted and not self.for_mass:
                self._commit()
        if self.for_mass:
            tools, waiting = self.tools, tuple(self.for_mass)
            self.for_mass.clear()
            masses.plan(waiting, self.situation.policy, target, table=tools.table, queues=tools.queues, now=tools.now)

    def _plan_page(self, target: Target) -> None:
        account, shard = self.cursor.account, self.cursor.shard
        page = read_page(self.tools.table, account, target.active_day, shard, since=self.since, after=self.within)
        for candidate in page.candidates:
            if not self._has_room():
                return
            planned = self._plan_member(target, candidate)
            self.planned += planned
            self.uncommitted += planned
            self.cursor = walk.past_member(self.cursor, candidate.openid, today=self.today, planned=planned)
        self.within = page.after
        if page.after is None:
            self.cursor, self.since = walk.past_shard(self.cursor), ""

    def _plan_member(self, target: Target, candidate: Candidate) -> int:
        """1 if they count against the limits now."""
        is_used = False
        for _ in range(TRIES):
            if candidate.member and is_planned(self.situation.policy, target, candidate.member):
                return self._found(target, candidate)
            if is_used:
                break
            found = judged(target, candidate, self.situation)
            if isinstance(found, Ineligible):
                self.outcomes[found.reason] += 1
                return 0
            try:
                self._assign(target, found)
            except Lost as lost:
                is_used = found.push.key in lost.stood
                (candidate,) = read(self.tools.table, self.cursor.account, [candidate.openid])
                continue
            return 1
        self.outcomes["taken"] += 1
        return 0

    def _assign(self, target: Target, eligible: Eligible) -> None:
        """Raises Lost when the member moved, or the push's key was used before."""
        assignment = assigned(self.situation.policy, target, eligible)
        self.tools.table.write(assignment.changes)
        self.outcomes[assignment.arm] += 1
        if assignment.arm == "treatment" and eligible.push.channel == "mass":
            self.for_mass.append(eligible)

    def _found(self, target: Target, candidate: Candidate) -> int:
        """Planned before: counted then, unless that tick came to no end. Nor did its mass messages, perhaps."""
        self.outcomes["known"] += 1
        if candidate.openid[: walk.PREFIX] <= self.since:
            return 0
        found = judged(target, candidate, self.situation)
        if isinstance(found, Eligible) and found.push.channel == "mass" and self._is_treated(found):
            self.for_mass.append(found)
        return 1

    def _is_treated(self, eligible: Eligible) -> bool:
        return eligible.member.trials[self.situation.policy.name].arm == "treatment"

    def _commit(self) -> None:
        """Raises Lost."""
        if self.cursor == self.stored:
            return
        policy = self.situation.policy
        unchanged = (Equals("version", policy.version), Equals("enabled", True))
        self.tools.table.write([self.cursor.put(), Check(keys.policy(policy.account, policy.name), unchanged)])
        self.cursor = self.stored = replace(self.cursor, version=self.cursor.version + 1)
        self.uncommitted = 0
