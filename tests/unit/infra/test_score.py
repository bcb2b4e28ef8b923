"""The interval for the difference of two proportions, beside what others have published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.reactivation.score import Sample, interval, p_value, statistic

SAMPLES = st.integers(1, 400).flatmap(lambda of: st.builds(Sample, st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0528, 0.3382),
        ((9, 10), (3, 10), 0.1700, 0.8406),
        ((6, 7), (2, 7), 0.0342, 0.8534),
        ((5, 56), (0, 29), -0.0326, 0.1933),
        ((0, 10), (0, 20), -0.1658, 0.2844),
        ((0, 10), (0, 10), -0.2879, 0.2879),
        ((10, 10), (0, 20), 0.7156, 1.0),
        ((10, 10), (0, 10), 0.6636, 1.0),
    ],
)
def test_the_interval_is_the_one_of_newcombes_table(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """R. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
    methods", Statistics in Medicine 17 (1998), 873–890: its examples, method 5."""
    assert interval(Sample(*one), Sample(*other)) == pytest.approx((low, high), abs=5e-5)


@given(SAMPLES, SAMPLES)
def test_the_interval_holds_what_was_seen_and_turns_round_with_the_arms(one: Sample, other: Sample) -> None:
    low, high = interval(one, other)
    turned = interval(other, one)

    assert -1 <= low <= one.share - other.share <= high <= 1
    assert turned == pytest.approx((-high, -low), abs=1e-8)


@given(SAMPLES, SAMPLES)
def test_the_test_refuses_what_the_interval_leaves_out_and_nothing_else(one: Sample, other: Sample) -> None:
    low, high = interval(one, other)
    p = p_value(one, other)

    assert 0 <= p <= 1
    if abs(p - 0.05) > 1e-6:
        assert (p < 0.05) == (low > 0 or high < 0)


def test_what_both_arms_do_alike_is_no_difference() -> None:
    assert statistic(Sample(0, 5), Sample(0, 7)) == 0
    assert p_value(Sample(3, 3), Sample(9, 9)) == 1
    assert interval(Sample(1, 1), Sample(0, 1))[1] == 1
