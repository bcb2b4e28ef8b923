"""The interval is the one that statisticians compute."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from chalicelib.sending.wilson import interval


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int]:
    trials = draw(st.integers(1, 1_000_000))
    return draw(st.integers(0, trials)), trials


@given(sample=samples(), confidence=st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_it_is_scipys(sample: tuple[int, int], confidence: float) -> None:
    hits, trials = sample

    known = binomtest(hits, trials).proportion_ci(confidence, method="wilson")

    found = interval(hits, trials, confidence=confidence)
    assert found.low == pytest.approx(known.low, abs=1e-9)
    assert found.high == pytest.approx(known.high, abs=1e-9)


@given(sample=samples())
def test_the_share_that_was_seen_is_in_it(sample: tuple[int, int]) -> None:
    hits, trials = sample

    found = interval(hits, trials)

    assert 0 <= found.low <= hits / trials + 1e-12
    assert hits / trials - 1e-12 <= found.high <= 1


def test_without_a_sample_anything_may_be() -> None:
    assert interval(0, 0) == (0, 1)


def test_more_of_the_same_says_more() -> None:
    few, many = interval(5, 100), interval(500, 10_000)

    assert few.low < many.low < 0.05 < many.high < few.high
