"""Adding up: entries to tallies, tallies to the figures of a day. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from chalicelib.journal.rules import Count, counts_of, is_act
from chalicelib.store.figures import Counts, Tally
from chalicelib.store.journal import Entry

FINGERPRINT = 6
"""Bytes per member. Of a million who act on one day, two share one with odds of 1 : 560; the count is then one low."""
MOST_NAMES = 400
"""Names that a group of a day may have: an item of the table holds 400 KB, and WeChat allows 100,000 channel codes."""
REST = "(rest)"

Growing: TypeAlias = defaultdict[str, defaultdict[str, int]]


class Sum(NamedTuple):
    """What some entries come to. Adding the sums of their parts gives the same."""

    entries: int
    counts: Counts
    members: frozenset[bytes]


def of_entries(entries: Iterable[Entry]) -> Sum:
    counts, members, number = _growing(), set[bytes](), 0
    for entry in entries:
        number += 1
        for count in counts_of(entry):
            _add(counts, count)
        if entry.member_no and is_act(entry):
            members.add(fingerprint(entry.member_no))
    return Sum(number, counts, frozenset(members))


def of_tally(tally: Tally) -> Sum:
    return Sum(tally.entries, tally.counts, unpacked(tally.members))


def of_sums(sums: Iterable[Sum]) -> Sum:
    counts, members, number = _growing(), set[bytes](), 0
    for some in sums:
        number += some.entries
        members |= some.members
        for group, names in some.counts.items():
            for name, amount in names.items():
                _add(counts, Count(group, name, amount))
    return Sum(number, counts, frozenset(members))


def fingerprint(member_no: str) -> bytes:
    return hashlib.blake2b(member_no.encode(), digest_size=FINGERPRINT).digest()


def packed(members: Iterable[bytes]) -> bytes:
    return b"".join(sorted(members))


def unpacked(members: bytes) -> frozenset[bytes]:
    return frozenset(members[start : start + FINGERPRINT] for start in range(0, len(members), FINGERPRINT))


def shortened(counts: Counts) -> Counts:
    """No group with more than MOST_NAMES names: the rarest are added up as the rest."""
    return {group: _shortened(names) for group, names in counts.items()}


def _shortened(names: Mapping[str, int]) -> dict[str, int]:
    ranked = sorted(names, key=lambda name: (-names[name], name))
    kept = {name: names[name] for name in ranked[: MOST_NAMES - 1]}
    return dict(names) if len(names) <= MOST_NAMES else kept | {REST: sum(names.values()) - sum(kept.values())}


def _growing() -> Growing:
    return defaultdict(lambda: defaultdict(int))


def _add(counts: Growing, count: Count) -> None:
    if count.amount:
        counts[count.group][count.name] += count.amount
