"""Which cohorts a day has."""

import pytest

from chalicelib.reactivation.cohort import LONGEST_SILENCE, Target, rung_of, targets
from chalicelib.store.policy import Backlog, Rung
from tests.support.policies import POINTS, WORD, a_policy


def days(*lengths: int) -> tuple[Rung, ...]:
    return tuple(Rung((POINTS,), days=length) for length in lengths)


def test_a_silence_is_spoken_to_on_the_day_on_which_it_reaches_a_rung() -> None:
    policy = a_policy(rungs=days(14, 30))

    assert targets(policy, "2026-03-31", first=False) == (Target(0, "2026-03-17"), Target(1, "2026-03-01"))


@pytest.mark.parametrize(
    ("day", "active_day"),
    [
        ("2026-01-03", "2025-12-20"),
        ("2026-03-01", "2026-02-15"),
        ("2028-03-14", "2028-02-29"),
        ("2028-02-29", "2028-02-15"),
        ("2027-03-14", "2027-02-28"),
        ("2100-03-14", "2100-02-28"),
    ],
)
def test_months_years_and_leap_days_make_no_difference(day: str, active_day: str) -> None:
    assert targets(a_policy(rungs=days(14)), day, first=False) == (Target(0, active_day),)


def test_who_wrote_yesterday_is_spoken_to_before_the_window_closes() -> None:
    policy = a_policy(rungs=(Rung((WORD,), hours=46), *days(30)))

    assert targets(policy, "2026-03-04", first=False) == (Target(0, "2026-03-03"), Target(1, "2026-02-02"))


def test_the_last_rung_is_repeated_as_long_as_the_silence_lasts() -> None:
    policy = a_policy(rungs=days(14, 30), repeat_days=90)

    found = targets(policy, "2027-06-01", first=False)

    assert [target.rung for target in found] == [0, 1, 2, 3, 4, 5]
    assert found[2] == Target(2, "2027-02-01")
    assert rung_of(policy, 5) == policy.rungs[-1]
    assert found[-1] >= Target(5, "2026-04-27")
    assert LONGEST_SILENCE >= 30 + 4 * 90


def test_on_the_first_day_the_longer_silences_come_in_their_order() -> None:
    policy = a_policy(rungs=days(2, 5), backlog=Backlog(8, "newest"))

    newest = targets(policy, "2026-03-10", first=True)
    oldest = targets(a_policy(rungs=days(2, 5), backlog=Backlog(8, "oldest")), "2026-03-10", first=True)

    assert newest[:2] == targets(policy, "2026-03-10", first=False)
    assert newest[2:] == (
        Target(0, "2026-03-07"),
        Target(0, "2026-03-06"),
        Target(1, "2026-03-04"),
        Target(1, "2026-03-03"),
        Target(1, "2026-03-02"),
    )
    assert oldest[2:] == tuple(reversed(newest[2:]))


def test_no_day_is_twice_a_target_and_none_between_the_rungs_is_forgotten() -> None:
    policy = a_policy(rungs=days(14, 30, 60), backlog=Backlog(200), repeat_days=30)

    found = targets(policy, "2026-03-10", first=True)

    assert len({target.active_day for target in found}) == len(found)
    back = {f"{target.active_day}" for target in found}
    assert {
        target.active_day for target in targets(a_policy(rungs=days(*range(14, 201))), "2026-03-10", first=False)
    } <= back


def test_who_has_no_window_any_more_gets_no_word_from_the_backlog() -> None:
    policy = a_policy(rungs=(Rung((WORD,), hours=46), *days(5)), backlog=Backlog(7))

    assert targets(policy, "2026-03-10", first=True)[2:] == (Target(1, "2026-03-04"), Target(1, "2026-03-03"))
