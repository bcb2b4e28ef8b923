"""Mass messages: whom they reach, whom they spare, and what is known of them afterwards."""

from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.clock import SHANGHAI, parse_iso
from chalicelib.push.mass_calling import FRESH
from chalicelib.sending import pausing
from chalicelib.sending.batches import PART, next_job
from chalicelib.store import quota, switches
from infra.local.memory.faults import Faults
from tests.support.logs import logged
from tests.support.masses import (
    KIND,
    a_shop_with,
    calls,
    carry,
    holds_openids,
    ledger_of,
    pass_time,
    plan,
    plan_in_parts,
    pushes,
    read_by,
    states,
    step,
    the_batch,
)
from tests.support.memory import MemoryShop

API = "/cgi-bin/message/mass/send"
EFFECTS_BEFORE_THE_SECOND_PART = 20
"""From the first tick to the look at those in the second part, in `plan_in_parts`."""


def reasons(shop: MemoryShop) -> Counter[str]:
    return Counter(str(push.get("reason", "")) for push in pushes(shop))


def pause(shop: MemoryShop) -> None:
    pausing.pause_kind(shop.world.table(), shop.account, KIND, reason="operator", now=shop.world.clock.now())


def resume(shop: MemoryShop) -> None:
    pausing.resume(shop.world.table(), shop.account, kind=KIND)


def test_a_mass_reaches_everyone_once_in_one_call_and_each_push_has_its_number() -> None:
    shop, openids = a_shop_with(45)

    (planned,) = plan(shop, openids)
    shop.world.rest()

    batch = the_batch(shop, planned)
    assert [read_by(shop, openid) for openid in openids] == [1] * 45
    assert calls(shop) == 1
    assert states(shop) == {"sent": 45}
    assert {push["msgid"] for push in pushes(shop)} == {batch.msgid}
    assert (batch.phase, batch.frozen, batch.total) == ("over", 45, 45)


def test_a_mass_of_several_parts_reaches_everyone_of_them() -> None:
    shop, openids = a_shop_with(PART + 3)

    (planned,) = plan(shop, openids)
    shop.world.rest()

    assert (the_batch(shop, planned).parts, the_batch(shop, planned).frozen) == (2, PART + 3)
    assert {read_by(shop, openid) for openid in openids} == {1}
    assert states(shop) == {"sent": PART + 3}


def test_when_a_mass_is_over_no_recipient_is_named_any_more() -> None:
    shop, openids = a_shop_with(3)

    plan(shop, openids)

    assert holds_openids(shop)

    shop.world.rest()

    assert not holds_openids(shop)


def test_the_ledger_of_each_recipient_counts_one_mass_and_one_nudge() -> None:
    shop, openids = a_shop_with(2)

    plan(shop, openids)
    shop.world.rest()

    ledger = ledger_of(shop, openids[0])
    assert ledger is not None
    assert (ledger.masses, len(ledger.nudged_at)) == ({"2026-03": 1}, 1)
    assert [(sent.state, sent.channel) for sent in ledger.recent] == [("sent", "mass")]


def test_the_same_list_planned_again_is_known_and_nobody_reads_it_twice() -> None:
    shop, openids = a_shop_with(3)
    plan(shop, openids)
    shop.world.rest()

    (again,) = plan(shop, [*openids, openids[0]])
    shop.world.rest()

    assert again.outcome == "known"
    assert [read_by(shop, openid) for openid in openids] == [1, 1, 1]


def test_a_longer_list_under_the_same_key_reaches_only_those_who_are_new_on_it() -> None:
    shop, openids = a_shop_with(5)
    plan(shop, openids[:3])
    shop.world.rest()

    plan(shop, openids)
    shop.world.rest()

    assert [read_by(shop, openid) for openid in openids] == [1] * 5
    assert states(shop) == {"sent": 5}


def test_who_opted_out_left_or_has_had_four_masses_is_held_while_the_others_read_it() -> None:
    shop, openids = a_shop_with(6)
    opted_out, left, full, *others = openids
    shop.say(opted_out, "退订")
    shop.simulator.unfollow(left)
    for number in range(4):
        plan(shop, [full, others[0]], key=f"earlier-{number}", content_class="service")
        shop.world.rest()

    plan(shop, [*openids, "o-someone-we-do-not-know"], content_class="product")
    shop.world.rest()

    ours = [push for push in pushes(shop) if push["content_class"] == "product"]
    assert Counter((push["state"], push.get("reason", "")) for push in ours) == {
        ("held", "opted_out"): 1,
        ("held", "left"): 1,
        ("held", "mass_month"): 2,
        ("held", "stranger"): 1,
        ("sent", ""): 2,
    }
    assert read_by(shop, opted_out) == read_by(shop, left) == 0


def test_who_has_had_a_nudge_today_is_held_instead_of_holding_up_the_others() -> None:
    shop, openids = a_shop_with(4)
    plan(shop, openids[:2], key="this morning")
    shop.world.rest()

    plan(shop, openids, key="this afternoon")
    shop.world.rest()

    assert reasons(shop) == {"": 4, "cap.day": 2}


def test_a_mass_for_one_person_is_refused_before_it_is_planned() -> None:
    shop, (openid,) = a_shop_with(1)

    with pytest.raises(ValueError, match="too_few"):
        plan(shop, [openid, openid])

    assert shop.world.items("B#") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": {"msgtype": "wxcard", "wxcard": {"card_id": "p1"}}}, "mass_body"),
        ({"body": {"msgtype": "text"}}, "mass_body"),
        ({"body": {}}, "mass_body"),
    ],
)
def test_what_a_mass_cannot_carry_is_refused_before_it_is_planned(changes: dict[str, object], code: str) -> None:
    shop, openids = a_shop_with(2)

    with pytest.raises(ValueError, match=code):
        plan(shop, openids, **changes)


def test_a_mass_cannot_be_planned_for_the_day_after_tomorrow() -> None:
    shop, openids = a_shop_with(2)

    with pytest.raises(ValueError, match="mass_too_late"):
        plan(shop, openids, not_before=shop.world.clock.now() + timedelta(days=2))


def test_if_only_one_is_left_who_may_be_told_nobody_is_and_nothing_is_counted() -> None:
    shop, openids = a_shop_with(2)
    shop.say(openids[0], "退订")

    plan(shop, openids)
    shop.world.rest()

    ledger = ledger_of(shop, openids[1])
    assert calls(shop) == 0
    assert reasons(shop) == {"opted_out": 1, "too_few": 1}
    assert ledger is not None
    assert (ledger.recent, ledger.nudged_at, ledger.masses) == ((), (), {})


def test_ten_thousand_and_one_followers_take_two_calls_of_equal_size() -> None:
    shop, _ = a_shop_with(0)

    planned = plan(shop, [f"o{number:027d}" for number in range(10_001)])

    assert sorted(batch.recipients for batch in planned) == [5_000, 5_001]


def test_what_is_planned_at_night_waits_until_the_morning() -> None:
    shop, openids = a_shop_with(3, hour=23)

    plan(shop, openids)
    pass_time(shop, 8 * 60)

    assert states(shop) == {}

    pass_time(shop, 2 * 60)

    hours = {parse_iso(push["sent_at"]).astimezone(SHANGHAI).hour for push in pushes(shop)}
    assert (states(shop), hours) == ({"sent": 3}, {8})


def test_a_mass_whose_hour_is_in_the_evening_goes_out_then() -> None:
    shop, openids = a_shop_with(2)

    plan(shop, openids, not_before=shop.world.clock.now() + timedelta(hours=9))
    pass_time(shop, 9 * 60 - 1)

    assert calls(shop) == 0

    pass_time(shop, 5)

    assert states(shop) == {"sent": 2}


def test_while_its_kind_is_paused_a_mass_waits_and_afterwards_it_goes() -> None:
    shop, openids = a_shop_with(3)
    pause(shop)

    plan(shop, openids)
    pass_time(shop, 60)

    assert (calls(shop), states(shop)) == (0, {})

    resume(shop)
    pass_time(shop, 60)

    assert states(shop) == {"sent": 3}


def test_a_mass_that_stays_paused_for_a_day_expires_and_every_push_says_so() -> None:
    shop, openids = a_shop_with(3)
    pause(shop)

    plan(shop, openids)
    pass_time(shop, 25 * 60)

    assert states(shop) == {"expired": 3}
    assert len(shop.journal("planned")) == 3
    assert shop.world.is_idle()
    assert not holds_openids(shop)


def test_a_pause_while_the_list_is_made_holds_and_the_list_is_made_again_afterwards() -> None:
    shop, openids = a_shop_with(4)
    planned = plan_in_parts(shop, openids[:2], openids[2:])

    shop.world.faults.interrupt(lambda: pause(shop), skip=EFFECTS_BEFORE_THE_SECOND_PART)
    pass_time(shop, 5)

    assert states(shop) == {"deferred": 2}
    assert reasons(shop) == {"paused.kind": 2}
    assert all(ledger.recent == () for one in openids[:2] if (ledger := ledger_of(shop, one)))

    resume(shop)
    pass_time(shop, 30)

    assert states(shop) == {"sent": 4}
    assert the_batch(shop, planned).frozen == 4
    assert [read_by(shop, openid) for openid in openids] == [1] * 4


def test_a_list_that_has_lain_too_long_is_made_again_so_who_opted_out_meanwhile_is_spared() -> None:
    shop, openids = a_shop_with(3)
    plan(shop, openids)
    assert step(shop) == "mass.frozen"

    shop.world.clock.advance(FRESH.total_seconds() + 60)
    shop.say(openids[0], "退订")
    shop.world.rest()

    assert [read_by(shop, openid) for openid in openids] == [0, 1, 1]
    assert states(shop) == {"held": 1, "sent": 2}


def test_a_pause_between_list_and_call_holds() -> None:
    shop, openids = a_shop_with(3)
    plan(shop, openids)
    assert step(shop) == "mass.frozen"

    pause(shop)
    pass_time(shop, 60)

    assert (calls(shop), states(shop)) == (0, {"deferred": 3})

    resume(shop)
    pass_time(shop, 60)

    assert states(shop) == {"sent": 3}


def test_who_leaves_between_list_and_call_has_an_outcome_all_the_same() -> None:
    shop, openids = a_shop_with(3)
    plan(shop, openids)
    assert step(shop) == "mass.frozen"

    shop.simulator.unfollow(openids[0])
    shop.world.rest()

    assert states(shop) == {"sent": 3}
    assert ledger_of(shop, openids[0]) is None


def test_a_long_list_is_worked_on_in_several_steps_between_which_others_have_their_turn() -> None:
    shop, openids = a_shop_with(6, faults=Faults(sleep=lambda seconds: shop.world.clock.advance(seconds)))
    plan_in_parts(shop, openids[:2], openids[2:4], openids[4:])
    shop.world.faults.latency = 1.0

    steps = [step(shop) for _ in range(4)]
    shop.world.rest()

    assert steps[:3] == ["mass.freezing", "mass.freezing", "mass.frozen"]
    assert len(shop.journal("mass.closing")) >= 2
    assert [read_by(shop, openid) for openid in openids] == [1] * 6
    assert states(shop) == {"sent": 6}


def test_when_the_days_calls_are_used_up_a_mass_waits_for_the_next_day() -> None:
    shop, openids = a_shop_with(2, hour=18)
    today = quota.find(shop.world.table(), shop.account, API, now=shop.world.clock.now())
    shop.world.table().write([today.take(80, most=100)])

    plan(shop, openids)
    pass_time(shop, 5 * 60)

    assert (calls(shop), reasons(shop)) == (0, {"quota": 2})

    pass_time(shop, 11 * 60)

    assert states(shop) == {"sent": 2}


def test_one_mass_takes_one_call_of_the_days_quota() -> None:
    shop, openids = a_shop_with(2)

    plan(shop, openids)
    shop.world.rest()

    assert quota.find(shop.world.table(), shop.account, API, now=shop.world.clock.now()).used == 1


@pytest.mark.parametrize("fault", ["api_timeout_after", "api_reset_after", "api_timeout_before", "api_status"])
def test_a_call_without_an_answer_is_made_again_until_wechat_says_what_became_of_it(fault: str) -> None:
    shop, openids = a_shop_with(3)
    shop.simulator.add_fault(fault, path=API)

    plan(shop, openids)
    shop.world.rest()

    assert calls(shop) == 2
    assert [read_by(shop, openid) for openid in openids] == [1, 1, 1]
    assert states(shop) == {"sent": 3}
    assert len({push["msgid"] for push in pushes(shop)}) == 1


def test_if_wechat_never_answers_the_pushes_end_as_unknown_and_the_calls_are_few() -> None:
    shop, openids = a_shop_with(2)
    shop.simulator.add_fault("api_timeout_before", path=API, times=None)

    plan(shop, openids)
    carry(shop, minutes=48 * 60)

    assert states(shop) == {"unknown": 2}
    assert reasons(shop) == {"unanswered": 2}
    assert calls(shop) <= 10
    assert shop.world.is_idle()


def test_after_an_unanswered_call_a_pause_holds_the_repetition() -> None:
    shop, openids = a_shop_with(2)
    shop.simulator.add_fault("api_timeout_before", path=API)
    plan(shop, openids)
    pass_time(shop, 2)
    assert calls(shop) == 1

    pause(shop)
    pass_time(shop, 60)

    assert (calls(shop), states(shop)) == (1, {"claimed": 2})

    resume(shop)
    pass_time(shop, 60)

    assert states(shop) == {"sent": 2}


@pytest.mark.parametrize(
    ("errcode", "state", "paused"),
    [
        (45028, "failed", "channel"),
        (48004, "failed", "channel"),
        (40249, "failed", "kind"),
        (40003, "failed", ""),
        (40007, "failed", ""),
    ],
)
def test_a_refusal_ends_every_push_with_its_code_and_stops_what_it_concerns(
    errcode: int, state: str, paused: str
) -> None:
    shop, openids = a_shop_with(2)
    shop.simulator.add_fault("api_errcode", path=API, errcode=errcode)

    plan(shop, openids)
    shop.world.rest()

    thrown = switches.find(shop.world.table(), shop.account)
    ledger = ledger_of(shop, openids[0])
    assert states(shop) == {state: 2}
    assert reasons(shop) == {str(errcode): 2}
    assert (KIND in thrown.kinds, "mass" in thrown.channels) == (paused == "kind", paused == "channel")
    assert ledger is not None
    assert ledger.recent == ()


def test_a_request_that_was_wrong_calls_an_operator() -> None:
    shop, openids = a_shop_with(2)
    shop.simulator.add_fault("api_errcode", path=API, errcode=40007)

    with logged() as said:
        plan(shop, openids)
        shop.world.rest()

    assert any(line["message"] == "mass.failed" and line["level"] == "ERROR" for line in said.lines)


@pytest.mark.parametrize("errcode", [45011, 89504, 42010])
def test_what_wechat_will_take_a_little_later_goes_out_later(errcode: int) -> None:
    shop, openids = a_shop_with(2)
    shop.simulator.add_fault("api_errcode", path=API, errcode=errcode)

    plan(shop, openids)
    pass_time(shop, 40)

    assert calls(shop) == 2
    assert states(shop) == {"sent": 2}


def test_when_wechat_says_that_the_day_is_over_the_mass_goes_out_the_next_day() -> None:
    shop, openids = a_shop_with(2, hour=18)
    shop.simulator.add_fault("api_daily_quota", path=API)

    plan(shop, openids)
    pass_time(shop, 60)

    assert (calls(shop), states(shop), reasons(shop)) == (1, {"deferred": 2}, {"quota": 2})

    pass_time(shop, 15 * 60)

    assert states(shop) == {"sent": 2}


def test_each_recipient_is_planned_once_in_the_journal_and_ends_once() -> None:
    shop, openids = a_shop_with(3)
    plan(shop, openids)
    shop.world.rest()

    outcomes = Counter(entry["outcome"]["S"] for entry in shop.journal() if entry["what"]["S"] == "push")

    assert outcomes == {"planned": 3, "sent": 3}


def test_a_batch_that_is_over_is_left_alone_by_a_late_job() -> None:
    shop, openids = a_shop_with(2)
    (planned,) = plan(shop, openids)
    shop.world.rest()
    late = next_job(the_batch(shop, planned), shop.world.clock.now())

    shop.world.table().write([late.put()])
    shop.world.rest()

    assert len(shop.journal("mass.over")) == 1
    assert calls(shop) == 1
