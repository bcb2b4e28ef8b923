"""What must hold of every walk over the followers after every run, whatever went wrong."""

from collections.abc import Iterator
from typing import TypeAlias

from chalicelib.clock import parse_iso
from tests.simulation.evidence import Evidence, Item

Violations: TypeAlias = Iterator[str]
OF_OUR_OWN = ("checked", "suspected")
"""Counts of our own members, not of those whom WeChat lists."""


def whom_wechat_lists_is_counted_once(seen: Evidence) -> Violations:
    """Every follower that was listed has one outcome."""
    for run in _finished(seen):
        counted = sum(count for name, count in run["counts"].items() if name not in OF_OUR_OWN)
        if counted != run["listed"]:
            yield f"{run['listed']} listed, {counted} counted"


def who_followed_before_a_walk_is_a_member_after_it(seen: Evidence) -> Violations:
    """Unless they left or asked for erasure since."""
    members = {member["openid"] for member in seen.members}
    for run in _finished(seen):
        for openid, followed_at in seen.followed_at.items():
            before = followed_at < parse_iso(run["started_at"])
            if before and openid not in members | seen.erased and not run["counts"].get("given_up"):
                yield f"a follower is not known after the {run['kind']}"


def a_walk_that_is_over_names_nobody(seen: Evidence) -> Violations:
    """Neither its cursor nor any page is left."""
    for item in seen.partition("I#"):
        if any(openid in repr(item) for openid in seen.following):
            yield f"{item['sk']} names a follower"


def _finished(seen: Evidence) -> list[Item]:
    return [item for item in seen.partition("I#") if item["sk"].startswith("RUN#") and item["phase"] == "over"]


FOLLOWER_INVARIANTS = (
    whom_wechat_lists_is_counted_once,
    who_followed_before_a_walk_is_a_member_after_it,
    a_walk_that_is_over_names_nobody,
)
