"""How the trials of a reactivation are counted."""

from dataclasses import replace

import pytest

from chalicelib.journal.rules import Count, counts_of
from tests.unit.journal.ledger import an_act


def trials(what: str, outcome: str, **details: str | int) -> list[Count]:
    found = counts_of(replace(an_act(what, outcome), details=details))
    return [count for count in found if count.group.startswith("trial.")]


def test_an_assignment_is_counted_by_policy_rung_and_arm() -> None:
    told: dict[str, str | int] = {"policy": "winback", "rung": 1, "arm": "control", "cycle": "2026-02-18"}

    assert trials("trial", "assigned", **told) == [Count("trial.assigned", "winback/1/control")]
    assert trials("trial", "advanced", **told) == [Count("trial.advanced", "winback/1/control")]


def test_a_return_is_counted_for_each_trial_by_the_day_of_its_assignment() -> None:
    told = "spring/control/2026-03-01/72;winback/treatment/2026-03-02/167"

    assert trials("text", "faq.answer", trials=told) == [
        Count("trial.returned", "spring/control/2026-03-01"),
        Count("trial.returned", "winback/treatment/2026-03-02"),
    ]


@pytest.mark.parametrize(
    ("what", "outcome"), [("event.unsubscribe", "unfollowed"), ("member.profile", "unfollowed.found")]
)
def test_who_leaves_is_counted_as_lost(what: str, outcome: str) -> None:
    found = trials(what, outcome, trials="winback/treatment/2026-03-02/5")

    assert found == [Count("trial.lost", "winback/treatment/2026-03-02")]


def test_after_a_week_neither_is_counted() -> None:
    assert trials("text", "faq.answer", trials="winback/treatment/2026-03-02/168") == []
    assert trials("event.unsubscribe", "unfollowed", trials="winback/treatment/2026-03-02/169") == []
    assert trials("text", "faq.answer") == []
