"""From which day to which a policy plans anything."""

import pytest

from chalicelib.reactivation.season import has_begun, is_over
from tests.support.policies import a_policy


@pytest.mark.parametrize(
    ("day", "begun", "over"),
    [
        ("2026-02-28", False, False),
        ("2026-03-01", True, False),
        ("2026-03-31", True, False),
        ("2026-04-01", True, True),
    ],
)
def test_the_first_and_the_last_day_belong_to_the_season(day: str, begun: bool, over: bool) -> None:
    policy = a_policy(first_day="2026-03-01", last_day="2026-03-31")

    assert (has_begun(policy, day), is_over(policy, day)) == (begun, over)


def test_without_days_it_is_always_the_season() -> None:
    assert (has_begun(a_policy(), "2026-03-04"), is_over(a_policy(), "2026-03-04")) == (True, False)
