"""Who is spoken to, and why others are not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.credentials import Credentials
from chalicelib.reactivation.cohort import Target
from chalicelib.reactivation.eligibility import Eligible, Ineligible, Situation, judged
from chalicelib.reactivation.reading import Candidate
from chalicelib.store.member import Member
from chalicelib.store.policy import Policy, Rung, Step
from chalicelib.store.sends import Sends
from chalicelib.store.switches import Pause, Switches
from tests.builders import NOON, a_ledger, a_member
from tests.support.policies import CIRCULAR, NEWS, POINTS, WORD, a_policy

SILENT = Target(0, "2026-02-18")
KEYS = Credentials("shop", "wx0123456789abcdef", "token", (b"k" * 32,), b"d" * 64)
OPENINGS = Step("template", "service", "points", {"thing1": "还有{points}分", "date2": "{points_until}"})


def a_silent_member(**changes: Any) -> Member:
    last = NOON - timedelta(days=14)
    return a_member(**{"last_active_at": last, "last_message_at": last, "active_day": "2026-02-18"} | changes)


def judge(
    *steps: Step, member: Member | None = None, sends: Sends | None = None, switches: Switches | None = None
) -> Eligible | Ineligible:
    policy: Policy = a_policy(rungs=(Rung(steps, days=14),))
    member = member or a_silent_member()
    situation = Situation(policy, KEYS, switches or Switches("shop"), NOON)
    return judged(SILENT, Candidate(member.openid, member, sends), situation)


def test_who_is_silent_is_told_of_their_points() -> None:
    found = judge(OPENINGS, member=a_silent_member(facts={"points": "320", "points_until": "2026-03-31"}))

    assert isinstance(found, Eligible)
    assert found.push.content.data == {"thing1": "还有320分", "date2": "2026-03-31"}
    assert (found.push.planned_at, found.push.not_before) == (NOON, NOON)


@pytest.mark.parametrize(
    ("reason", "steps", "changes"),
    [
        ("gone", (POINTS,), {"following": False}),
        ("active", (POINTS,), {"active_day": "2026-03-04"}),
        ("facts_missing", (OPENINGS,), {"facts": {"points": "320"}}),
        ("opted_out", (NEWS,), {"opted_out_at": NOON, "credits": {"news": 1}}),
        ("no_credit", (NEWS,), {}),
        ("blocked", (POINTS,), {"reachability": "blocked"}),
        ("no_window", (WORD,), {}),
        ("class_not_allowed", (replace(POINTS, content_class="product"),), {}),
        ("marketing_words", (replace(POINTS, data={"thing1": "红包"}),), {}),
        ("template_fields", (replace(POINTS, data={"number1": "many"}),), {}),
        ("no_credit", (NEWS, WORD), {}),
        ("no_step", (), {}),
    ],
)
def test_nobody_is_spoken_to_against_a_rule(reason: str, steps: tuple[Step, ...], changes: dict[str, Any]) -> None:
    assert judge(*steps, member=a_silent_member(**changes)) == Ineligible(reason)


def test_who_is_gone_from_the_table_is_gone() -> None:
    situation = Situation(a_policy(), KEYS, Switches("shop"), NOON)

    assert judged(SILENT, Candidate("o1", None, None), situation) == Ineligible("gone")


def test_where_one_step_is_not_allowed_the_next_one_is_taken() -> None:
    found = judge(NEWS, WORD, POINTS)

    assert isinstance(found, Eligible)
    assert found.step == POINTS


def test_a_channel_that_is_paused_is_passed_over() -> None:
    paused = Switches("shop", channels={"subscribe": Pause(NOON, "48004")})
    member = a_silent_member(credits={"news": 1})

    assert judge(NEWS, member=member, switches=paused) == Ineligible("paused.channel")
    assert isinstance(judge(NEWS, POINTS, member=member, switches=paused), Eligible)


def test_who_had_four_nudges_this_month_gets_no_fifth() -> None:
    had = a_ledger(nudged_at=tuple(NOON - timedelta(hours=hours) for hours in (30, 40, 50, 60)))

    assert judge(CIRCULAR, sends=had) == Ineligible("cap.month")


def test_who_had_a_nudge_today_may_be_planned_and_waits() -> None:
    had = a_ledger(nudged_at=(NOON,))

    assert isinstance(judge(NEWS, member=a_silent_member(credits={"news": 1}), sends=had), Eligible)


def test_a_mass_message_of_products_is_not_kept_waiting_over_the_holidays() -> None:
    eve = NOON.replace(month=2, day=15)
    situation = Situation(
        a_policy(rungs=(Rung((replace(CIRCULAR, content_class="product"),), days=14),)), KEYS, Switches("shop"), eve
    )
    member = a_silent_member(active_day="2026-02-01")

    found = judged(Target(0, "2026-02-01"), Candidate(member.openid, member, None), situation)

    assert found == Ineligible("mass_too_late")
