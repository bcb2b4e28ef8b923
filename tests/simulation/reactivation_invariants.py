"""What must hold of every reactivation after every run, whatever went wrong."""

from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from chalicelib.clock import parse_iso, shanghai_day
from chalicelib.reactivation.cohort import targets
from chalicelib.reactivation.eligibility import is_of
from chalicelib.store.member import Member
from chalicelib.store.policy import Cursor, Policy
from tests.simulation.evidence import Evidence, Item
from tests.simulation.notices import REACTIVATION

Violations: TypeAlias = Iterator[str]


def nobody_is_planned_twice(seen: Evidence) -> Violations:
    """Once per policy, rung and silence, however often the clock ticks."""
    planned = Counter((entry["member_no"], *_place(entry)) for entry in _entries(seen))
    yield from (f"planned {times} times" for times in planned.values() if times > 1)


def the_hold_out_is_not_spoken_to(seen: Evidence) -> Violations:
    """WeChat took no message for who is in the control group, and none that no trial stands behind."""
    for member in _members(seen):
        arms = {trial.arm for trial in member.trials.values()}
        if arms == {"control"} and any(seen.notices.accepted[f"{text} {member.openid}"] for text in REACTIVATION):
            yield "someone in the control group was spoken to"
    accepted = sum(times for key, times in seen.notices.accepted.items() if key.split(" ")[0] in REACTIVATION)
    treated = sum(entry["details"]["arm"] == "treatment" for entry in _entries(seen))
    if accepted > treated:
        yield f"{accepted} messages to {treated} who were planned"


def every_trial_has_its_push(seen: Evidence) -> Violations:
    """Trial, journal and push are one commit. A mass message's push comes with its batch; who has left by then needs
    none."""
    pushes = {push["push_id"]: push for push in seen.partition("P#")}
    present = {member.member_no for member in _members(seen)}
    for entry in _entries(seen):
        push = pushes.get(entry["entry_id"].removesuffix("-trial"))
        if push is None and entry["member_no"] in present and not seen.partition("B#"):
            yield "a member was planned without a push"
        if push and (entry["details"]["arm"] == "control") != (push.get("reason") == "control"):
            yield f"{entry['details']['arm']}, but {push['state']}"


def no_day_is_over_its_limit(seen: Evidence) -> Violations:
    for policy in _policies(seen):
        mine = (entry for entry in _entries(seen) if entry["details"]["policy"] == policy.name)
        days = Counter(shanghai_day(parse_iso(entry["at"])) for entry in mine)
        if max(days.values(), default=0) > policy.limits.per_day:
            yield f"{max(days.values())} planned on a day"


def the_cursor_passes_nobody_over(seen: Evidence) -> Violations:
    """Whoever is silent still, and could be reached, was planned when the cursor went by. Of whom WeChat told only then
    or later by which channel they had come, that is not known to have been so."""
    told_late = {
        entry["member_no"]: shanghai_day(parse_iso(entry["at"]))
        for entry in seen.partition("L#")
        if entry["what"] == "member.profile"
    }
    cursors = {item["policy"]: _cursor(item) for item in seen.partition("A#") if item["sk"].startswith("RUN#")}
    for policy in _policies(seen):
        cursor = cursors.get(policy.name)
        if cursor is None:
            continue
        reachable = [member for member in _members(seen) if _is_reachable(policy, member)]
        if policy.audience.channels:
            reachable = [member for member in reachable if told_late.get(member.member_no, "") < cursor.day]
        cohorts = targets(policy, cursor.day, first=cursor.day == cursor.began_on)[: cursor.target]
        for number, target in enumerate(cohorts):
            for member in reachable:
                trial = member.trials.get(policy.name)
                is_planned = trial and (trial.cycle, trial.rung) >= (target.active_day, target.rung)
                if member.active_day == target.active_day and not is_planned:
                    yield f"someone in cohort {number} was passed over"


def _is_reachable(policy: Policy, member: Member) -> bool:
    return member.following and member.reachability != "blocked" and is_of(policy.audience, member)


def _entries(seen: Evidence) -> list[Item]:
    return [entry for entry in seen.partition("L#") if entry["what"] == "trial"]


def _place(entry: Item) -> tuple[str, int, str]:
    told = entry["details"]
    return told["policy"], told["rung"], told["cycle"]


def _members(seen: Evidence) -> list[Member]:
    return [Member.from_item(item) for item in seen.members]


def _policies(seen: Evidence) -> list[Policy]:
    return [Policy.from_item(item) for item in seen.partition("A#") if item["sk"].startswith("POLICY#")]


def _cursor(item: Item) -> Cursor:
    return Cursor.from_item(item)


REACTIVATION_INVARIANTS = (
    nobody_is_planned_twice,
    the_hold_out_is_not_spoken_to,
    every_trial_has_its_push,
    no_day_is_over_its_limit,
    the_cursor_passes_nobody_over,
)
