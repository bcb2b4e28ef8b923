"""Who was to be won back, and comes back or leaves: what the journal learns of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.callbacks import routes
from chalicelib.callbacks.trials import stamped
from chalicelib.decision import Decision, Facts
from chalicelib.store.member import Member, Trial
from tests.builders import NOON, a_ledger, a_member, a_sent, an_event, facts, saved_member

DAY = timedelta(days=1)
OPEN = Trial("2026-02-18", "treatment", NOON - 2 * DAY - timedelta(minutes=30))
HELD_OUT = Trial("2026-02-18", "control", NOON - 3 * DAY)


def decided(kind: str, known: Facts, **said: Any) -> Decision:
    event = an_event(kind, **said)
    return stamped(event, known, routes.choose(event)(event, known))


def a_silent_member(**trials: Trial) -> Member:
    return a_member(trials=trials)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text", {"content": "在吗"}),
        ("image", {}),
        ("event.click", {"key": "cmd:my_data"}),
        ("event.scan", {"key": "poster"}),
        ("event.view", {"key": "https://shop.example"}),
        ("event.subscribe", {}),
    ],
)
def test_whatever_they_do_first_is_their_return(kind: str, said: dict[str, str]) -> None:
    decision = decided(kind, facts(member=a_silent_member(winback=OPEN)), **said)

    assert saved_member(decision).trials == {"winback": replace(OPEN, returned_at=NOON)}
    assert decision.details["trials"] == "winback/treatment/2026-03-02/48"


def test_one_return_is_counted_for_every_policy_and_for_the_hold_out_as_well() -> None:
    decision = decided("text", facts(member=a_silent_member(winback=OPEN, spring=HELD_OUT)), content="在吗")

    assert decision.details["trials"] == "spring/control/2026-03-01/72;winback/treatment/2026-03-02/48"
    assert all(trial.returned_at == NOON for trial in saved_member(decision).trials.values())


def test_what_the_decision_tells_besides_is_kept() -> None:
    decision = decided("event.scan", facts(member=a_silent_member(winback=OPEN)), key="poster")

    assert (decision.outcome, decision.details["channel"]) == ("scanned", "poster")


@pytest.mark.parametrize(
    ("trial", "created"),
    [
        (replace(OPEN, returned_at=NOON - DAY), NOON),
        (replace(OPEN, assigned_at=NOON), NOON),
        (replace(OPEN, assigned_at=NOON + timedelta(minutes=1)), NOON),
    ],
)
def test_a_second_act_and_an_act_before_the_assignment_are_no_return(trial: Trial, created: datetime) -> None:
    decision = decided("text", facts(member=a_silent_member(winback=trial)), content="在吗", created=created)

    assert saved_member(decision).trials == {"winback": trial}
    assert "trials" not in decision.details


def test_an_act_that_comes_late_is_no_return() -> None:
    member = replace(a_silent_member(winback=OPEN), last_active_at=NOON)

    decision = decided("text", facts(member=member), content="在吗", created=NOON - timedelta(minutes=1))

    assert "trials" not in decision.details


def test_what_the_platform_reports_is_no_return() -> None:
    known = facts(member=a_silent_member(winback=OPEN), sends=a_ledger(recent=(a_sent(),)))

    decision = decided("event.templatesendjobfinish", known, msgid="180", status="failed:user block")

    assert any(isinstance(saved, Member) for saved in decision.save)
    assert "trials" not in decision.details


def test_who_has_no_trial_and_who_is_new_leave_no_trace() -> None:
    assert "trials" not in decided("text", facts(member=a_member()), content="在吗").details
    assert "trials" not in decided("event.subscribe", facts()).details


def test_what_changes_beside_the_member_stays_as_it_was() -> None:
    ledger = a_ledger()
    decision = Decision("seen", save=(a_member(last_active_at=NOON), ledger))

    found = stamped(an_event("text", content="在吗"), facts(member=a_silent_member(winback=OPEN)), decision)

    assert found.save[1] is ledger


def test_who_leaves_is_a_loss_of_every_trial_of_a_month_whether_they_had_returned_or_not() -> None:
    trials = {
        "winback": OPEN,
        "spring": replace(HELD_OUT, returned_at=NOON - DAY),
        "old": replace(OPEN, assigned_at=NOON - 31 * DAY),
    }

    decision = decided("event.unsubscribe", facts(member=a_silent_member(**trials)))

    assert decision.outcome == "unfollowed"
    assert decision.details["trials"] == "spring/control/2026-03-01/72;winback/treatment/2026-03-02/48"


def test_who_leaves_before_anyone_knew_them_is_no_loss_of_a_trial() -> None:
    assert "trials" not in decided("event.unsubscribe", facts()).details
    assert "trials" not in decided("event.unsubscribe", facts(member=a_member())).details
