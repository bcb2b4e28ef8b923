"""Whether the report keeps its word, on members whose truth is known: the short version of `make stats`."""

from math import sqrt

import pytest

from infra.reactivation.score import Sample
from tests.statistics import looks
from tests.statistics.draws import Truth, found, newcombe
from tests.statistics.looks import Crowd, Season

RUNS, SEED = 1_000, 7
SLACK = 3 * sqrt(0.05 * 0.95 / RUNS)
"""What chance does to a share of 5 % in so many runs, three standard errors of it."""
ARMS = ((90, 10), (900, 100), (9_000, 1_000), (500, 500))
BASES = (0.002, 0.01, 0.1)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("treated", "control"), ARMS)
def test_where_nothing_works_an_effect_is_called_no_more_often_than_promised(
    treated: int, control: int, base: float
) -> None:
    seen = found(Truth(treated, control, base), runs=RUNS, seed=SEED)

    assert seen.called <= 0.05 + SLACK
    assert seen.called_more <= 0.025 + SLACK
    assert seen.covered >= 0.95 - SLACK


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("treated", "control"), ARMS)
def test_a_known_effect_lies_in_the_interval_as_often_as_promised(treated: int, control: int, base: float) -> None:
    seen = found(Truth(treated, control, base, uplift=base / 2), runs=RUNS, seed=SEED)

    assert seen.covered >= 0.95 - SLACK


def test_an_effect_is_found_where_there_are_enough_members_to_find_it() -> None:
    seen = found(Truth(9_000, 1_000, 0.1, uplift=0.05), runs=RUNS, seed=SEED)

    assert seen.called_more > 0.95
    assert seen.called_less == 0


def test_the_other_interval_is_the_one_that_its_author_published() -> None:
    """R. Newcombe, Statistics in Medicine 17 (1998), 873–890: 56 of 70 beside 48 of 80, method 10."""
    assert newcombe(Sample(56, 70), Sample(48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_who_looks_every_day_finds_what_is_not_there() -> None:
    at_end, ever = looks.called_when_peeking(Season(), runs=60, seed=SEED)

    assert at_end < 0.1 < ever


def test_counting_the_same_member_again_and_again_finds_what_is_not_there() -> None:
    by_assignment, by_person = looks.called_of_a_crowd(Crowd(members=1_000), runs=RUNS, seed=SEED)

    assert by_person <= 0.05 + SLACK
    assert by_assignment > 0.1
