"""What must hold of tickets and of missed questions after every run, whatever went wrong."""

from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from tests.simulation.evidence import Evidence
from tests.simulation.words import SECRET

Violations: TypeAlias = Iterator[str]


def words_to_people_are_locked_away(seen: Evidence) -> Violations:
    """Nowhere in the table does a follower's own word to human service stand to be read."""
    yield from (
        f"{item['pk'][:1]}# {item['sk'][:8]} tells what was said" for item in seen.items if SECRET in repr(item)
    )


def each_word_is_in_its_ticket_once(seen: Evidence) -> Violations:
    """As many lines as the journal has additions, while the follower is there; each under a head that stands."""
    heads = {(item["pk"], item["ticket_id"]) for item in seen.partition("M#") if item["sk"].startswith("TICKET#")}
    lines = [item for item in seen.partition("M#") if item["sk"].startswith("LINE#")]
    yield from ("a line without its ticket" for line in lines if (line["pk"], line["ticket_id"]) not in heads)
    said = Counter(line["member_no"] for line in lines if line["by"] == "follower")
    added = Counter(entry["member_no"] for entry in seen.partition("L#") if entry["outcome"] == "ticket.added")
    for member in seen.members:
        if said[member["member_no"]] != added[member["member_no"]]:
            yield f"{said[member['member_no']]} lines, {added[member['member_no']]} additions"


def what_followers_add_is_looked_at(seen: Evidence) -> Violations:
    """A ticket whose last word is the follower's is open."""
    for head in (item for item in seen.partition("M#") if item["sk"].startswith("TICKET#")):
        lines = [item for item in seen.partition(head["pk"]) if item["sk"].startswith(f"LINE#{head['ticket_id']}#")]
        last = {by: max((line["at"] for line in lines if line["by"] == by), default="") for by in ("follower", "staff")}
        if last["follower"] > last["staff"] and head["state"] != "open":
            yield f"{head['state']}, though the follower spoke last"


def misses_are_counted_once(seen: Evidence) -> Violations:
    """The counts of missed questions are the journal's."""
    counted = sum(item["count"] for item in seen.partition("F#") if item["sk"].startswith("MISS#"))
    ended = sum(entry["outcome"] == "counted" for entry in seen.partition("L#"))
    if counted != ended:
        yield f"{counted} counted, {ended} journalled"


TICKET_INVARIANTS = (
    words_to_people_are_locked_away,
    each_word_is_in_its_ticket_once,
    what_followers_add_is_looked_at,
    misses_are_counted_once,
)
