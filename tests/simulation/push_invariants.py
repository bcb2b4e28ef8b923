"""What must hold of every push after every run, whatever went wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from chalicelib.sending.traits import TRAITS
from chalicelib.store.push import OPEN
from tests.simulation.evidence import Evidence, Item
from tests.simulation.notices import OWN_KINDS, Notice

Violations: TypeAlias = Iterator[str]
ACCEPTED = frozenset({"sent", "delivered", "undelivered"})
NOT_ACCEPTED = frozenset({"failed", "held", "expired", "dead", "planned", "deferred"})
ENDED = frozenset({"sent", "failed", "held", "expired", "unknown", "dead"})
"""Last words of a sender; a finish event may follow, or come before."""


def wechat_takes_each_at_most_once(seen: Evidence) -> Violations:
    """However often it is asked for, woken, tried and crashed."""
    yield from (f"{key} was accepted {times} times" for key, times in _asked_for(seen).items() if times > 1)


def what_is_said_of_a_push_is_true(seen: Evidence) -> Violations:
    """Sent means accepted; held, failed and expired mean not accepted."""
    for notice, push in _pushes(seen):
        accepted, state = seen.notices.accepted[notice.key], push["state"]
        if state in ACCEPTED and not accepted:
            yield f"{state}, but WeChat never took it"
        if state in NOT_ACCEPTED and accepted and not push.get("doubtful"):
            yield f"{state}, but WeChat took it"


def what_was_asked_for_is_in_the_ledger(seen: Evidence) -> Violations:
    """Whoever was told that a push is planned finds it; nobody else's is there."""
    standing = {push["push_id"] for push in seen.partition("P#")}
    for notice in seen.notices.asked.values():
        if notice.push_id(seen.account) not in standing:
            yield "a push that was planned is lost"
    known = {notice.push_id(seen.account) for notice in seen.notices.perhaps.values()}
    of_policies = {push["push_id"] for push in seen.partition("P#") if "trial" in push}
    own = {push["push_id"] for push in seen.partition("P#") if push["kind"] in OWN_KINDS}
    if standing - known - of_policies - own:
        yield "a push that nobody asked for"


def planned_is_the_sum_of_all_states(seen: Evidence) -> Violations:
    """Each push is journalled once as planned, and once with its end; the end is what its item says."""
    planned: Counter[str] = Counter()
    ended: defaultdict[str, list[str]] = defaultdict(list)
    for entry in seen.push_entries:
        push_id = entry["entry_id"].split("-")[0]
        planned[push_id] += entry["outcome"] == "planned"
        if entry["outcome"] in ENDED:
            ended[push_id].append(entry["outcome"])
    for push in seen.partition("P#"):
        push_id, state = push["push_id"], push["state"]
        if planned[push_id] != 1:
            yield f"journalled {planned[push_id]} times as planned"
        if state in OPEN and (ended[push_id] or not seen.unrest):
            yield f"{state}, journalled as {ended[push_id]}"
        if state in ENDED and ended[push_id] != [state]:
            yield f"{state}, journalled as {ended[push_id]}"
        if len(ended[push_id]) > 1:
            yield f"ended as {ended[push_id]}"


def the_day_is_never_overdrawn(seen: Evidence) -> Violations:
    """The counter of a day is never behind what WeChat took, and never above the limit."""
    counted = {f"{item['day']} {item['sk']}": item for item in seen.partition("Q#")}
    for call, times in seen.notices.calls.items():
        used = counted.get(call, {}).get("used", 0)
        if used < times:
            yield f"{times} sends were counted as {used}"
    for item in counted.values():
        limits = {traits.api: traits.daily for traits in TRAITS.values()}
        if item["used"] > (item.get("limit") or limits.get(item["sk"], item["used"])):
            yield f"{item['used']} of {item['limit']} used"


def who_refused_is_left_alone(seen: Evidence) -> Violations:
    """Who had opted out, or had left, before anyone asked gets nothing."""
    yield from ("someone who refused was written to" for key in seen.notices.unwanted if seen.notices.accepted[key])


def what_is_over_names_nobody(seen: Evidence) -> Violations:
    """A push with its outcome holds no openid and no words."""
    for push in seen.partition("P#"):
        if push["state"] in OPEN or push["state"] == "dead":
            continue
        if "openid" in push or set(push["content"]) - {"template"}:
            yield f"a push that is {push['state']} still holds whom or what it told"


def nobody_is_nudged_twice_a_day(seen: Evidence) -> Violations:
    """No member's ledger counts two nudges on one day."""
    for item in seen.partition("M#"):
        days = Counter(at[:10] for at in _shanghai_times(item))
        if any(times > 1 for times in days.values()):
            yield f"{max(days.values())} nudges on a day"


def own_words_are_said_once(seen: Evidence) -> Violations:
    """What the account says of its own accord is a push each, and WeChat has taken as many as are said to be sent."""
    for kind in OWN_KINDS:
        states = Counter(push["state"] for push in seen.partition("P#") if push["kind"] == kind)
        taken, sent = seen.notices.accepted[kind], sum(states[state] for state in ACCEPTED)
        if not sent <= taken <= sent + states["unknown"]:
            yield f"{taken} of {kind} were accepted, {dict(states)} stand"


def _asked_for(seen: Evidence) -> Counter[str]:
    return Counter({key: times for key, times in seen.notices.accepted.items() if key not in OWN_KINDS})


def _shanghai_times(item: Item) -> list[str]:
    from chalicelib.clock import SHANGHAI, parse_iso

    return [parse_iso(at).astimezone(SHANGHAI).isoformat() for at in item.get("nudged_at", ())]


def _pushes(seen: Evidence) -> Iterator[tuple[Notice, Mapping[str, Any]]]:
    standing = {push["push_id"]: push for push in seen.partition("P#")}
    for notice in seen.notices.perhaps.values():
        push = standing.get(notice.push_id(seen.account))
        if push:
            yield notice, push


PUSH_INVARIANTS = (
    wechat_takes_each_at_most_once,
    what_is_said_of_a_push_is_true,
    what_was_asked_for_is_in_the_ledger,
    planned_is_the_sum_of_all_states,
    the_day_is_never_overdrawn,
    who_refused_is_left_alone,
    what_is_over_names_nobody,
    nobody_is_nudged_twice_a_day,
    own_words_are_said_once,
)
