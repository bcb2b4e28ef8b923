"""Sums that do not depend on how they are taken."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.journal import tallies
from chalicelib.journal.tallies import MOST_NAMES, REST
from chalicelib.store.journal import Entry
from tests.unit.journal.ledger import an_act

acts = st.builds(
    an_act,
    what=st.sampled_from(["text", "event.subscribe", "event.unsubscribe", "member.profile"]),
    outcome=st.sampled_from(["followed", "unfollowed", "faq.miss", "stale"]),
    member=st.sampled_from(["", "m-1", "m-2", "m-3"]),
)


@given(st.lists(st.lists(acts)))
def test_the_sum_of_the_parts_is_the_sum_of_the_whole(parts: list[list[Entry]]) -> None:
    whole = tallies.of_entries(entry for part in parts for entry in part)

    assert tallies.of_sums(map(tallies.of_entries, parts)) == whole


def test_a_member_who_acts_often_is_one_active_member() -> None:
    found = tallies.of_entries([an_act(member="m-1"), an_act("image", "seen", member="m-1"), an_act(member="m-2")])

    assert (found.entries, len(found.members)) == (3, 2)


def test_who_only_left_was_not_active() -> None:
    found = tallies.of_entries([an_act("event.unsubscribe", "unfollowed"), an_act("text", "stale"), an_act(member="")])

    assert found.members == frozenset()


@given(st.frozensets(st.text().map(tallies.fingerprint)))
def test_members_survive_the_table(members: frozenset[bytes]) -> None:
    assert tallies.unpacked(tallies.packed(members)) == members


def test_rare_names_are_added_up_when_there_are_too_many() -> None:
    names = {f"qr-{number:05d}": number for number in range(1, 1001)}

    kept = tallies.shortened({"scans": names, "faq": {"miss": 1}})

    assert len(kept["scans"]) == MOST_NAMES
    assert sum(kept["scans"].values()) == sum(names.values())
    assert kept["scans"]["qr-01000"] == 1000
    assert REST in kept["scans"]
    assert kept["faq"] == {"miss": 1}
