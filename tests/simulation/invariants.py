"""What must hold after every run, whatever went wrong: one function and one sentence each."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from chalicelib.faq.texts import MISS
from chalicelib.members.texts import CONFIRM_ERASURE, ERASED
from tests.simulation.evidence import Evidence, Item, Push
from tests.simulation.follower_invariants import FOLLOWER_INVARIANTS
from tests.simulation.push_invariants import PUSH_INVARIANTS
from tests.simulation.reactivation_invariants import REACTIVATION_INVARIANTS
from tests.simulation.ticket_invariants import TICKET_INVARIANTS

Violations: TypeAlias = Iterator[str]
RECEIPT_LIFE = timedelta(days=2)
SKEW = timedelta(minutes=5)
"""More than any clock is wrong, and than any delivery takes."""
UNWRITTEN = frozenset({"stale", "nobody", "noted", "unknown", "erasure.nothing", "profile.refreshed", "not_following",
                       "revoked.nothing_held", "notice.delivered", "notice.undelivered", "gone", "push.delivered",
                       "push.unmatched", "push.repeated", "notified", "answered", "nothing", "counted"})  # fmt: skip
"""Outcomes that leave the member's profile as it was."""
FINISHED = "event.templatesendjobfinish"
NO_ACTS = frozenset({"event.subscribe_msg_change_event", FINISHED, "member.profile", "trial"})
"""What writes the profile without the follower having acted."""
LEAVING = frozenset({"unsubscribe", "user_authorization_cancellation"})


def everything_comes_to_rest(seen: Evidence) -> Violations:
    """No wake-up and no job goes on for ever."""
    if seen.unrest:
        yield seen.unrest


def accepted_pushes_are_settled(seen: Evidence) -> Violations:
    """Whatever was answered with 200 has one receipt, and nothing has two."""
    forgets = seen.now - RECEIPT_LIFE + SKEW
    accepted = sum(push.created > forgets for push in seen.settled())
    if not accepted <= len(seen.receipts) <= len(seen.pushes):
        yield f"{accepted} pushes accepted, {len(seen.receipts)} receipts, {len(seen.pushes)} pushes in all"


def receipts_and_journal_agree(seen: Evidence) -> Violations:
    """Each receipt has exactly one journal entry with its id, and no callback is journalled twice."""
    entries = Counter(entry["entry_id"] for entry in seen.callback_entries)
    accepted = sum(1 for _ in seen.settled())
    if not accepted <= entries.total() <= len(seen.pushes) or entries.total() != len(entries):
        yield f"{accepted} pushes accepted, {entries.total()} entries with {len(entries)} ids"
    yield from (
        f"a receipt with {entries[receipt['receipt_id']]} entries"
        for receipt in seen.receipts
        if entries[receipt["receipt_id"]] != 1
    )


def retries_get_the_same_answer(seen: Evidence) -> Violations:
    """All accepted deliveries of one push are answered alike."""
    for push in seen.settled():
        if len({answer.content for answer in push.settled}) > 1:
            yield f"{push.kind} was answered in two ways"


def only_plain_questions_are_answered_from_memory(seen: Evidence) -> Violations:
    """While the table is out of reach nothing is promised: only a text gets an answer, and commands get none."""
    for push in seen.pushes.values():
        if any(answer.from_memory for answer in push.answers) and (push.kind != "text" or push.text in OPT_OUTS):
            yield f"{push.kind} was answered from memory"


def acts_are_counted_once(seen: Evidence) -> Violations:
    """The acts in a member's histogram are the acts that the journal has of this incarnation."""
    for member in seen.members:
        acts = sum(_is_act(entry) for entry in _entries(seen, member))
        if sum(map(int, member["hours"].split(","))) != acts:
            yield f"{member['hours']} acts counted, {acts} journalled"


def versions_count_writes(seen: Evidence) -> Violations:
    """A member's version is the number of commits that wrote it. WeChat's word on a notice writes it if it is news, an
    operator's answer if it must wait, a walk over the followers if it finds more."""
    for member in seen.members:
        entries = _entries(seen, member)
        writes = sum(_is_write(entry) for entry in entries)
        words = sum(entry["what"] in (FINISHED, "ticket") for entry in entries) + len(seen.partition("I#"))
        if not writes <= member["version"] <= writes + words:
            yield f"version {member['version']} after {writes} writes"


def credits_are_accepts(seen: Evidence) -> Violations:
    """Subscription sends granted are the accepts of this incarnation, unless the follower refused some since."""
    for member in seen.members:
        entries = _entries(seen, member)
        if any(entry["what"] == "event.subscribe_msg_change_event" for entry in entries):
            continue
        accepted = sum(entry["details"].get("accepted", 0) for entry in entries)
        granted = sum(member.get("credits", {}).values())
        if granted != accepted:
            yield f"{granted} credits after {accepted} accepts"


def used_credits_are_deliveries(seen: Evidence) -> Violations:
    """Subscription sends used are the notices of others that WeChat reported as delivered, and our own that may have
    been accepted, to this incarnation."""
    ledgers = {item["member_no"]: item for item in seen.partition("M#") if item["sk"] == "SENDS"}
    for member in seen.members:
        delivered = sum(entry["details"].get("delivered", 0) for entry in _entries(seen, member))
        ledger = ledgers.get(member["member_no"], {})
        used = sum(ledger.get("credits_used", {}).values())
        ours = sum(_has_used_credit(sent) for sent in ledger.get("recent", ()))
        if used != delivered + ours:
            yield f"{used} credits used by {delivered} deliveries and {ours} sends of ours"


def jobs_end_once(seen: Evidence) -> Violations:
    """Every job that was ever asked for is done exactly once, or is still there: due, or dead for an operator."""
    standing = {job["pk"] for job in seen.jobs}
    ended = Counter(f"J#{entry['account']}#{entry['entry_id'].rpartition('-')[0]}" for entry in seen.job_entries)
    asked = {name for receipt in seen.receipts for name in receipt["jobs"] if name.startswith("J#")}
    yield from (f"{name.split('-')[0]} ended {times} times" for name, times in ended.items() if times > 1)
    yield from (f"{name.split('-')[0]} is lost" for name in asked if name not in standing and not ended[name])
    yield from (f"{name.split('-')[0]} ended and stands" for name in standing if ended[name])


def nothing_stays_of_who_left(seen: Evidence) -> Violations:
    """Who left, and has not come back since, has nothing under their name and exactly one tombstone."""
    for openid in _gone(seen):
        kept = [item["sk"] for item in seen.items if openid in repr(item) and not item.get("dead")]
        if kept:
            yield f"{', '.join(kept)} of someone who left"
    expected, tombstones = len(_gone(seen)), len(seen.partition("T#"))
    members = {member["openid"] for member in seen.members}
    if tombstones < expected or tombstones > len(seen.following) - len(members):
        yield f"{tombstones} tombstones for {expected} who left"


def who_came_is_known(seen: Evidence) -> Violations:
    """Who follows, whose last follow was accepted, and who did not leave or ask for erasure since, is a member."""
    members = {member["openid"]: member for member in seen.members}
    for openid, followed_at in seen.followed_at.items():
        came = [push.created for push in seen.settled(openid) if push.kind == "subscribe"]
        left = [push.created for push in _departures(seen, openid)]
        if (
            openid not in seen.erased
            and followed_at in came
            and followed_at > max(left, default=followed_at - timedelta(1))
        ):
            member = members.get(openid)
            if member is None or not member["following"]:
                yield "a follower is not known as one"


def opt_outs_are_kept(seen: Evidence) -> Violations:
    """Who opted out, and never back in, is opted out: as a member, or on their tombstone."""
    members = {member["openid"]: member for member in seen.members}
    kept = sum(tombstone["opted_out"] for tombstone in seen.partition("T#"))
    for openid in seen.following:
        said = [push.text for push in seen.pushes.values() if push.openid == openid]
        outs = [push for push in seen.settled(openid) if push.text in OPT_OUTS]
        if not outs or "订阅" in said:
            continue
        if openid in members:
            if "opted_out_at" not in members[openid]:
                yield "a member's opt-out is lost"
        else:
            kept -= 1
    if kept < 0:
        yield "a leaver's opt-out is lost"


def nobody_else_is_touched(seen: Evidence) -> Violations:
    """What stands under the name of someone who did nothing stays as it was."""
    before, after = seen.bystander
    if before != after:
        yield "the bystander has changed"


def nothing_names_a_person(seen: Evidence) -> Violations:
    """Journal, receipts and tombstones hold no openid."""
    for item in (*seen.partition("L#"), *seen.partition("R#"), *seen.partition("T#")):
        if any(openid in repr(item) for openid in seen.following):
            yield f"{item['pk'][:1]}# holds an openid"


def token_calls_are_few(seen: Evidence) -> Violations:
    """No invocation asks for more than two refreshes, and no refresh calls WeChat more than twice."""
    if max(seen.token_calls, default=0) > 2 or max(seen.refreshes, default=0) > 2:
        yield f"{max(seen.refreshes)} refreshes, {max(seen.token_calls)} calls in one"


def strangers_change_nothing(seen: Evidence) -> Violations:
    """What is not signed by WeChat is refused, and nothing is written for it."""
    yield from (f"status {status}, table changed: {changed}" for status, changed in seen.hostile
                if status == 200 or changed)  # fmt: skip


def releases_are_whole(seen: Evidence) -> Violations:
    """The release that answers has all of its parts."""
    for state in (item for item in seen.partition("A#") if item["sk"] == "STATE"):
        parts = [item for item in seen.partition("F#") if item["sk"].startswith(f"RELEASE#{state['release']:06d}#")]
        if not parts or len(parts) != parts[0]["parts"]:
            yield f"release {state['release']} has {len(parts)} parts"


def what_the_faq_knows_is_answered(seen: Evidence) -> Violations:
    """Nobody is told that we do not know what the published FAQ answers."""
    for push in seen.settled():
        if push.text in ANSWERED and any(MISS in dict(answer.content or ()).values() for answer in push.settled):
            yield f"{push.text} was called unknown"


INVARIANTS: tuple[Callable[[Evidence], Violations], ...] = (
    everything_comes_to_rest,
    accepted_pushes_are_settled,
    receipts_and_journal_agree,
    retries_get_the_same_answer,
    only_plain_questions_are_answered_from_memory,
    acts_are_counted_once,
    versions_count_writes,
    credits_are_accepts,
    used_credits_are_deliveries,
    jobs_end_once,
    nothing_stays_of_who_left,
    who_came_is_known,
    opt_outs_are_kept,
    nobody_else_is_touched,
    nothing_names_a_person,
    token_calls_are_few,
    strangers_change_nothing,
    releases_are_whole,
    what_the_faq_knows_is_answered,
    *PUSH_INVARIANTS,
    *FOLLOWER_INVARIANTS,
    *TICKET_INVARIANTS,
    *REACTIVATION_INVARIANTS,
)
ANSWERED = frozenset({"停车", "新"})
OPT_OUTS = frozenset({"退订", "TD"})


def violations(seen: Evidence) -> list[str]:
    """Everything that does not hold, with the name of the invariant."""
    return [f"{invariant.__name__}: {what}" for invariant in INVARIANTS for what in invariant(seen)]


def _entries(seen: Evidence, member: Item) -> list[Item]:
    return [entry for entry in seen.partition("L#") if entry["member_no"] == member["member_no"]]


def _is_write(entry: Mapping[str, Any]) -> bool:
    return (
        entry["what"] not in ("push", "ticket", FINISHED, "event.subscribe_msg_sent_event")
        and entry["outcome"] not in UNWRITTEN
    )


def _is_act(entry: Mapping[str, Any]) -> bool:
    return _is_write(entry) and entry["what"] not in NO_ACTS


def _has_used_credit(sent: Mapping[str, Any]) -> bool:
    """What WeChat says it did not deliver has cost nothing."""
    return bool(sent["channel"] == "subscribe" and sent["state"] != "undelivered")


def _departures(seen: Evidence, openid: str) -> list[Push]:
    """Everything by which the person left, or may have."""
    pushes = (push for push in seen.pushes.values() if push.openid == openid)
    return [push for push in pushes if push.kind in LEAVING or push.text == CONFIRM_ERASURE]


def _gone(seen: Evidence) -> list[str]:
    """Who left, was heard leaving, and did nothing since. CreateTime counts seconds: who follows and leaves in the
    same second may be either, until WeChat is asked."""
    return [openid for openid, following in seen.following.items() if _is_gone(seen, openid, following)]


def _is_gone(seen: Evidence, openid: str, following: bool) -> bool:
    left = [push.created for push in _departures(seen, openid) if push.settled and _has_left(push)]
    acts = [push for push in seen.pushes.values() if push.openid == openid and push.kind not in LEAVING]
    if not left or any(act.created > max(left) for act in acts):
        return False
    if seen.partition("I#") and following and seen.followed_at[openid] > max(left):
        return False  # a walk over the followers may have found them again
    return not (following and any(act.kind == "subscribe" and act.created == max(left) for act in acts))


def _has_left(push: Push) -> bool:
    """A confirmation erases only where the question was open."""
    return push.kind in LEAVING or ERASED in dict(push.settled[0].content or ()).values()
