"""A policy after which followers leave stops itself."""

import pytest

from chalicelib.reactivation.stopping import Losses, is_stopped, losses
from chalicelib.store import switches
from chalicelib.store.figures import Figures
from chalicelib.store.policy import Policy
from tests.support.policies import a_policy
from tests.unit.reactivation.silence import Silence

TODAY = "2026-03-04"
YESTERDAY = "2026-03-03"
LONG_AGO = "2026-02-10"


def a_day(day: str, *, assigned: int = 0, lost: int = 0, assigned_on: str = YESTERDAY) -> Figures:
    counts = {
        "trial.assigned": {"winback/0/treatment": assigned, "winback/0/control": 50, "other/0/treatment": 900},
        "trial.lost": {
            f"winback/treatment/{assigned_on}": lost,
            f"winback/control/{assigned_on}": 40,
            f"other/treatment/{assigned_on}": 50,
            "(rest)": 9,
        },
    }
    return Figures("shop", day, counts=counts)


def stopped(silence: Silence, policy: Policy) -> bool:
    return is_stopped(policy, silence.table, now=silence.now)


def pauses(silence: Silence) -> dict[str, str]:
    return {kind: pause.reason for kind, pause in switches.find(silence.table, "shop").kinds.items()}


@pytest.fixture
def silence() -> Silence:
    return Silence()


@pytest.mark.parametrize(
    ("assigned", "lost", "is_too_many"),
    [(100, 8, True), (200, 7, False), (10_000, 230, True), (10_000, 200, False), (10, 4, False), (0, 5, True)],
)
def test_a_policy_that_loses_more_than_its_limit_for_certain_pauses_itself(
    silence: Silence, assigned: int, lost: int, is_too_many: bool
) -> None:
    silence.commit(a_day(YESTERDAY, assigned=assigned).put(), a_day(TODAY, lost=lost).put())

    assert stopped(silence, a_policy(stop_unfollows=2)) == is_too_many

    assert pauses(silence) == ({"reactivation.winback": "unfollows"} if is_too_many else {})


def test_without_a_limit_nothing_is_looked_at(silence: Silence) -> None:
    silence.commit(a_day(YESTERDAY, assigned=100, lost=100).put())

    assert not stopped(silence, a_policy())


def test_what_is_long_ago_is_not_held_against_a_policy(silence: Silence) -> None:
    silence.commit(a_day(LONG_AGO, assigned=100, lost=50, assigned_on=LONG_AGO).put())

    assert not stopped(silence, a_policy(stop_unfollows=2))


def test_what_was_before_an_operator_enabled_it_is_not_held_against_a_policy(silence: Silence) -> None:
    silence.commit(a_day(YESTERDAY, assigned=100, lost=50).put(), a_day(TODAY, assigned=100, lost=9).put())

    assert not stopped(silence, a_policy(stop_unfollows=2, enabled_on=TODAY))


def test_only_those_who_were_to_be_spoken_to_count() -> None:
    days = [a_day(YESTERDAY, assigned=100, lost=1), a_day(TODAY, assigned=20, lost=2), Figures("shop", TODAY)]

    assert losses("winback", days, LONG_AGO) == Losses(120, 3)


def test_a_policy_that_has_stopped_itself_plans_nothing(silence: Silence) -> None:
    silence.silent(14)
    silence.save(a_policy(stop_unfollows=2))
    silence.commit(a_day(YESTERDAY, assigned=100, lost=50).put())

    silence.world.plan()

    assert silence.pushes() == []
    assert pauses(silence) == {"reactivation.winback": "unfollows"}
