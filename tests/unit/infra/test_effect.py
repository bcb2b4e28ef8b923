"""When an effect is called one."""

import pytest
from scipy.stats import boschloo_exact, fisher_exact

from infra.reactivation.effect import effect
from infra.reactivation.score import Sample


def test_a_large_difference_between_large_arms_is_called_one() -> None:
    seen = effect(Sample(1_200, 9_000), Sample(90, 1_000))

    assert seen is not None
    assert (seen.test, seen.is_significant) == ("score", True)
    assert 0 < seen.low < seen.difference < seen.high
    assert seen.needed is not None
    assert [round(of) for of in seen.needed] == [23, 16, 44]


def test_a_small_difference_is_not_and_needs_nobody() -> None:
    seen = effect(Sample(920, 9_000), Sample(98, 1_000))

    assert seen is not None
    assert (seen.leaves_out_nought, seen.is_significant, seen.needed) == (False, False, None)


def test_fewer_among_those_spoken_to_is_an_effect_too_but_nothing_to_count_on() -> None:
    seen = effect(Sample(700, 9_000), Sample(120, 1_000))

    assert seen is not None
    assert (seen.is_significant, seen.high < 0, seen.needed) == (True, True, None)


@pytest.mark.parametrize(
    ("treated", "control", "test", "exact"),
    [
        (Sample(20, 90), Sample(0, 10), "boschloo", boschloo_exact),
        (Sample(30, 9_000), Sample(9, 1_000), "fisher", fisher_exact),
    ],
)
def test_with_few_hits_an_exact_test_has_the_say_in_the_likelier_direction(
    treated: Sample, control: Sample, test: str, exact: type
) -> None:
    seen = effect(treated, control)

    table = [[treated.hits, control.hits], [treated.of - treated.hits, control.of - control.hits]]
    sides = [exact(table, alternative=side).pvalue for side in ("less", "greater")]
    assert seen is not None
    assert seen.test == test
    assert seen.p == pytest.approx(2 * min(sides))


def test_an_interval_that_leaves_nought_out_is_not_enough_when_the_exact_test_disagrees() -> None:
    seen = effect(Sample(0, 90), Sample(1, 10))

    assert seen is not None
    assert (seen.leaves_out_nought, seen.is_significant) == (True, False)


@pytest.mark.parametrize(("treated", "control"), [(Sample(0, 0), Sample(1, 2)), (Sample(1, 2), Sample(0, 0))])
def test_without_one_of_the_arms_nothing_is_said(treated: Sample, control: Sample) -> None:
    assert effect(treated, control) is None
