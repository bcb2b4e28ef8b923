"""When a kind of push is unwanted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.push.limits import LIMITS, are_kept, exceeded
from chalicelib.sending.reasons import in_words
from chalicelib.store.watch import Reception

counts = st.integers(0, 10_000)
receptions = st.builds(Reception, sent=counts, reported=counts, blocked=counts, failed=counts, unfollowed=counts)


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (Reception(), ""),
        (Reception(sent=100, reported=100, blocked=5), "blocks"),
        (Reception(sent=100, reported=100, blocked=4), ""),
        (Reception(sent=10_000, reported=10_000, blocked=200), ""),
        (Reception(sent=10_000, reported=10_000, blocked=230), "blocks"),
        (Reception(sent=100, unfollowed=5), "unfollows"),
        (Reception(sent=1_000, unfollowed=10), ""),
        (Reception(sent=100, reported=100, failed=15), ""),
        (Reception(sent=100, reported=100, failed=20), "undelivered"),
        (Reception(sent=100, reported=100, blocked=50, failed=50, unfollowed=50), "blocks"),
    ],
    ids=str,
)
def test_a_kind_is_paused_when_its_share_is_above_the_limit_for_certain(seen: Reception, reason: str) -> None:
    assert exceeded(seen) == reason


def test_a_handful_of_testers_who_block_everything_prove_nothing() -> None:
    assert exceeded(Reception(sent=4, reported=4, blocked=4, unfollowed=4)) == ""


def test_a_canary_with_too_many_blocks_for_calm_and_too_few_for_proof_is_neither() -> None:
    doubtful = Reception(sent=100, reported=100, blocked=3)

    assert not exceeded(doubtful)
    assert not are_kept(doubtful)


@given(receptions)
def test_what_keeps_the_limits_never_exceeds_them(seen: Reception) -> None:
    assert not (are_kept(seen) and exceeded(seen))


def test_operators_read_why_in_their_own_words() -> None:
    assert all(in_words(limit.reason) != limit.reason for limit in LIMITS)
