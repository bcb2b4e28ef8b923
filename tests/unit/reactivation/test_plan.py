"""One tick after another: whom they plan, and that they plan nobody twice."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.store import keys
from chalicelib.store.member import Trial
from chalicelib.store.policy import Audience, Backlog, Limits, Rung
from chalicelib.store.switches import Pause, Switches
from chalicelib.store.table import Patch
from infra.local.memory.faults import Crashed, Fault
from infra.local.memory.world import START
from tests.support.logs import logged
from tests.support.policies import CIRCULAR, NEWS, POINTS, WORD, a_policy
from tests.unit.reactivation.silence import Silence


def test_who_has_been_silent_for_a_fortnight_is_planned_a_notice() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    member = silence.silent(14)

    outcomes = silence.plan(policy)

    (push,) = silence.pushes()
    assert outcomes == {"treatment": 1}
    assert (push.openid, push.kind, push.trial) == (member.openid, "reactivation.winback", "winback#2026-02-18")
    assert silence.member(member.openid).trials == {"winback": Trial("2026-02-18", "treatment", START)}
    (told,) = silence.journal("trial", "assigned")
    assert told.member_no == member.member_no
    assert told.details == {"policy": "winback", "rung": 0, "arm": "treatment", "cycle": "2026-02-18"}


def test_who_has_been_silent_for_longer_or_shorter_is_left_alone() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    for days in (1, 13, 15, 29, 31, 90):
        silence.silent(days)

    assert silence.plan(policy) == {}
    assert silence.pushes() == []


def test_a_tick_again_plans_nobody_again() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    silence.silent(14)
    silence.silent(30)
    silence.plan(policy)

    again = silence.plan(policy)
    silence.later(minutes=5)
    later = silence.plan(policy)

    assert (again, later) == ({}, {})
    assert silence.states() == {"planned": 2}


def test_the_hold_out_is_planned_like_the_others_and_told_nothing() -> None:
    silence = Silence()
    policy = silence.save(a_policy(hold_out=50))
    members = [silence.silent(14, number=number) for number in range(40)]

    outcomes = silence.plan(policy)

    assert outcomes["treatment"] + outcomes["control"] == 40
    assert 10 <= outcomes["control"] <= 30
    assert silence.states() == {"planned": outcomes["treatment"], "held control": outcomes["control"]}
    held = [push for push in silence.pushes() if push.state == "held"]
    assert {(push.openid, push.group, push.content.data == {}) for push in held} == {("", "", True)}
    assert len(silence.journal("push", "planned")) == 40
    assert len(silence.journal("push", "held")) == outcomes["control"]
    arms = [silence.member(member.openid).trials["winback"].arm for member in members]
    assert arms.count("control") == outcomes["control"]


def test_who_goes_on_being_silent_takes_the_next_rung_in_the_same_arm() -> None:
    silence = Silence()
    policy = silence.save(a_policy(rungs=(Rung((POINTS,), days=14), Rung((POINTS,), days=15))))
    member = silence.silent(14)
    silence.plan(policy)

    silence.later(days=1)
    outcomes = silence.plan(policy)

    assert outcomes == {"treatment": 1}
    assert silence.member(member.openid).trials == {"winback": Trial("2026-02-18", "treatment", START, rung=1)}
    assert len(silence.pushes()) == 2
    assert [entry.details["rung"] for entry in silence.journal("trial", "advanced")] == [1]
    assert len(silence.journal("trial", "assigned")) == 1


def test_an_arm_outlives_a_change_of_the_hold_out() -> None:
    silence = Silence()
    policy = silence.save(a_policy(hold_out=100, rungs=(Rung((POINTS,), days=14), Rung((POINTS,), days=15))))
    silence.silent(14)
    silence.plan(policy)

    policy = silence.save(replace(policy, hold_out=0))
    silence.later(days=1)

    assert silence.plan(policy) == {"control": 1}


def test_a_new_silence_is_a_new_trial() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    old = {"winback": Trial("2025-12-01", "treatment", START - timedelta(days=80), rung=1, returned_at=START)}
    member = silence.silent(14, trials=old)

    silence.plan(policy)

    assert silence.member(member.openid).trials == {"winback": Trial("2026-02-18", "treatment", START)}


def test_two_policies_have_a_trial_each() -> None:
    silence = Silence()
    first, second = silence.save(a_policy()), silence.save(a_policy(name="second"))
    member = silence.silent(14)

    silence.plan(first)
    silence.plan(second)

    assert set(silence.member(member.openid).trials) == {"winback", "second"}
    assert len(silence.pushes()) == 2


def test_no_tick_and_no_day_plans_more_than_the_operator_allows() -> None:
    silence = Silence()
    policy = silence.save(a_policy(limits=Limits(per_tick=3, per_day=7)))
    for number in range(12):
        silence.silent(14, number=number)

    planned = [silence.plan(policy).total() for _ in range(4)]
    silence.later(days=1)
    next_day = [silence.plan(policy).total() for _ in range(3)]

    assert planned == [3, 3, 1, 0]
    assert next_day == [3, 2, 0]
    assert len(silence.pushes()) == 12


def test_a_clock_that_goes_back_over_midnight_begins_no_new_day() -> None:
    silence = Silence()
    policy = silence.save(a_policy(limits=Limits(per_tick=5, per_day=5)))
    for number in range(12):
        silence.silent(14, number=number)
    silence.plan(policy)
    silence.later(hours=14.5)
    after_midnight = silence.plan(policy)

    silence.world.skew = timedelta(hours=-1)
    before_midnight = silence.plan(policy)

    assert after_midnight == {"treatment": 5}
    assert before_midnight == {}
    assert silence.cursor(policy).counted_on == "2026-03-05"


def test_a_clock_that_goes_back_to_yesterday_plans_nothing_until_it_is_today_again() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    silence.later(hours=14.5)
    silence.plan(policy)
    cursor = silence.cursor(policy)
    silence.silent(14)

    silence.world.skew = timedelta(hours=-1)

    assert silence.plan(policy) == {}
    assert silence.cursor(policy) == cursor


def test_days_that_nobody_ticked_on_are_made_up_for() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    silence.plan(policy)
    for days in (13, 12, 11):
        silence.silent(days)

    silence.later(days=3)
    outcomes = silence.plan(policy)

    assert outcomes == {"treatment": 3}
    assert silence.cursor(policy).day == "2026-03-07"


def test_a_clock_that_jumps_forty_days_makes_up_for_a_week_and_says_so() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    silence.plan(policy)
    for days in range(-40, 14):
        silence.silent(days)

    silence.later(days=40)
    with logged() as said:
        first = silence.plan(policy)
        again = silence.plan(policy)

    warnings = [line for line in said.lines if line["level"] == "WARNING"]
    assert [(line["message"], line["days"]) for line in warnings] == [("reactivation.days_skipped", 33)]
    assert (first, again) == ({"treatment": 8 * 2}, {})


def test_the_backlog_of_the_first_day_is_planned_once() -> None:
    silence = Silence()
    policy = silence.save(a_policy(backlog=Backlog(40)))
    for days in (14, 20, 29, 30, 35, 40, 41):
        silence.silent(days)

    first = silence.plan(policy)
    silence.later(days=1)
    second = silence.plan(policy)

    assert first == {"treatment": 6}
    assert second == {"treatment": 1}
    assert silence.member("o0290000Silent0000000000000").trials["winback"].rung == 1


def test_a_policy_plans_within_its_season_only() -> None:
    silence = Silence()
    silence.silent(14)
    season = {"first_day": "2026-03-05", "last_day": "2026-03-06"}
    policy = silence.save(a_policy(**season))

    before = silence.plan(policy)
    silence.later(days=1)
    silence.silent(13)
    within = silence.plan(policy)
    silence.later(days=2)
    after = silence.plan(policy)

    assert (before, within, after) == ({}, {"treatment": 1}, {})


def test_a_policy_that_is_disabled_plans_nobody() -> None:
    silence = Silence()
    policy = silence.save(a_policy(enabled=False))
    silence.silent(14)

    assert silence.plan(policy) == {}


def test_a_pause_passes_nobody_over() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    silence.silent(14)
    silence.commit(Switches("shop", kinds={policy.kind: Pause(START, "blocks")}).put())

    paused = silence.plan(policy)
    silence.later(days=2)
    silence.commit(Switches("shop", version=1).put())
    resumed = silence.plan(policy)

    assert (paused, resumed) == ({}, {})


def test_who_was_silent_when_the_account_was_paused_is_planned_when_it_is_not() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    silence.plan(policy)
    silence.silent(13)
    silence.commit(Switches("shop", paused=Pause(START, "operator")).put())
    silence.later(days=3)

    paused = silence.plan(policy)
    silence.commit(Switches("shop", version=1).put())
    resumed = silence.plan(policy)

    assert (paused, resumed) == ({}, {"treatment": 1})


def test_a_policy_that_is_disabled_meanwhile_stops_with_the_page_at_hand() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    for number in range(40):
        silence.silent(14, number=number)

    with logged() as said:
        silence.plan(policy, lambda: silence.save(replace(policy, enabled=False)))

    assert "reactivation.raced" in [line["message"] for line in said.lines]
    assert 1 <= len(silence.pushes()) < 10
    assert silence.table.get(keys.run("shop", "winback")) is None


def test_two_ticks_at_once_plan_everybody_once_and_keep_the_limit() -> None:
    silence = Silence()
    policy = silence.save(a_policy(limits=Limits(per_tick=4, per_day=4)))
    for number in range(9):
        silence.silent(14, number=number)

    outcomes = silence.plan(policy, lambda: None, lambda: silence.plan(policy))

    assert outcomes["treatment"] == 1
    assert len(silence.pushes()) == 4
    assert silence.cursor(policy).counted == 4


def test_a_tick_that_dies_is_gone_on_with_and_what_it_planned_counts() -> None:
    for skip in range(30):
        silence = Silence()
        policy = silence.save(a_policy(limits=Limits(per_tick=9, per_day=5)))
        for number in range(9):
            silence.silent(14, number=number)
        silence.world.faults.plan(Fault.CRASH_AFTER, skip=skip)

        for _ in range(3):
            try:
                silence.plan(policy)
            except Crashed:
                silence.world.restart()
        silence.world.faults.stop()

        assert len(silence.pushes()) == 5
        assert silence.cursor(policy).counted == 5


def test_who_acts_while_they_are_planned_is_left_alone() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    member = silence.silent(14)

    def acts() -> None:
        now = replace(member, last_active_at=START, active_day="2026-03-04")
        silence.write(now)

    assert silence.plan(policy, acts) == {"active": 1}
    assert silence.pushes() == []


def test_who_leaves_while_they_are_planned_is_not_revived() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    member = silence.silent(14)

    outcomes = silence.plan(policy, lambda: silence.commit(member.delete()))

    assert outcomes == {"gone": 1}
    assert silence.world.items(f"M#shop#{member.openid}") == []


def test_who_is_never_left_alone_by_others_is_passed_over() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    member = silence.silent(14)

    def touched() -> None:
        version = silence.member(member.openid).version
        silence.commit(Patch(keys.member("shop", member.openid), {"version": version + 1}, ()))

    assert silence.plan(policy, *[touched] * 6) == {"taken": 1}


def test_a_key_that_was_used_before_is_not_used_again() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    member = silence.silent(14)
    silence.plan(policy)
    silence.write(replace(silence.member(member.openid), trials={}))
    silence.commit(*[Patch(keys.run("shop", "winback"), {"target": 0, "shard": 0, "after": ""}, ())])

    assert silence.plan(policy) == {"taken": 1}
    assert len(silence.pushes()) == 1


def test_who_acted_a_moment_ago_is_still_named_by_the_index_and_left_alone() -> None:
    silence = Silence(index_lag=timedelta(minutes=5))
    policy = silence.save(a_policy())
    member = silence.silent(14)
    silence.later(hours=1)
    silence.write(replace(member, active_day="2026-03-04"))

    assert silence.plan(policy) == {"active": 1}


def test_with_too_little_time_nobody_is_planned_and_nobody_passed_over() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    silence.silent(14)

    late = silence.plan(policy, seconds=9)
    next_time = silence.plan(policy)

    assert (late, next_time) == ({}, {"treatment": 1})


def test_a_new_rung_is_planned_from_the_day_it_is_saved() -> None:
    silence = Silence()
    policy = silence.save(a_policy())
    silence.silent(14)
    silence.silent(7)
    silence.plan(policy)

    policy = silence.save(replace(policy, rungs=(Rung((POINTS,), days=7), *policy.rungs)))
    outcomes = silence.plan(policy)

    assert outcomes == {
        "treatment": 2,
    }
    assert len(silence.pushes()) == 3


def test_the_cursor_tells_nobodys_name() -> None:
    silence = Silence()
    policy = silence.save(a_policy(limits=Limits(per_tick=1)))
    members = [silence.silent(14, number=number) for number in range(40)]

    silence.plan(policy)

    after = silence.cursor(policy).after
    assert len(after) == 16
    assert not any(member.openid == after for member in members)


def test_openids_that_begin_alike_are_all_planned() -> None:
    silence = Silence()
    policy = silence.save(a_policy(limits=Limits(per_tick=10)))
    for number in range(120):
        silence.silent(14, openid=f"oAllOfThemBeginAlike{number:08d}", number=number)

    planned = 0
    for _ in range(40):
        planned += silence.plan(policy)["treatment"]

    assert planned == len(silence.pushes()) == 120


def test_a_cohort_of_more_than_a_page_is_planned_to_its_end() -> None:
    silence = Silence()
    policy = silence.save(a_policy(limits=Limits(per_tick=700, per_day=1_000)))
    for number in range(900):
        silence.silent(14, number=number)

    assert [silence.plan(policy)["treatment"] for _ in range(3)] == [700, 200, 0]
    assert len(silence.pushes()) == 900


def test_only_the_audience_is_planned() -> None:
    silence = Silence()
    policy = silence.save(a_policy(audience=Audience(any_tag=("new",), no_tag=("staff",), channels=("poster",),
                                                     joined_before="2026-02-01")))  # fmt: skip
    fitting = {"tags": ("new",), "scene": "poster", "joined_at": START - timedelta(days=60)}
    silence.silent(14, number=0, **fitting)
    silence.silent(14, number=1, **fitting | {"tags": ()})
    silence.silent(14, number=2, **fitting | {"tags": ("new", "staff")})
    silence.silent(14, number=3, **fitting | {"scene": "shop"})
    silence.silent(14, number=4, **fitting | {"joined_at": START - timedelta(days=20)})
    silence.silent(14, number=5, **fitting | {"following": False})

    assert silence.plan(policy) == {"treatment": 1, "audience": 4}


def test_a_mass_message_goes_to_the_whole_cohort_in_one_batch() -> None:
    silence = Silence()
    policy = silence.save(a_policy(rungs=(Rung((CIRCULAR,), days=14),), hold_out=20))
    for number in range(30):
        silence.silent(14, number=number)

    outcomes = silence.plan(policy)

    heads = [item for item in silence.world.items("B#") if item["sk"]["S"] == "HEAD"]
    assert [int(head["total"]["N"]) for head in heads] == [outcomes["treatment"]]
    assert silence.states() == {"held control": outcomes["control"]}
    assert len(silence.journal("trial", "assigned")) == 30


def test_a_mass_message_to_one_is_held() -> None:
    silence = Silence()
    policy = silence.save(a_policy(rungs=(Rung((CIRCULAR,), days=14),)))
    silence.silent(14)

    silence.plan(policy)
    silence.commit(*[Patch(keys.run("shop", "winback"), {"target": 0, "shard": 0, "after": ""}, ())])
    silence.plan(policy)

    assert silence.states() == {"held too_few": 1}


def test_mass_messages_that_were_not_planned_before_a_crash_are_planned_after_it() -> None:
    for skip in range(24):
        silence = Silence()
        policy = silence.save(a_policy(rungs=(Rung((CIRCULAR,), days=14),)))
        for number in range(6):
            silence.silent(14, number=number)
        silence.world.faults.plan(Fault.CRASH_AFTER, skip=skip)

        for _ in range(2):
            try:
                silence.plan(policy)
            except Crashed:
                silence.world.restart()

        parts = [item for item in silence.world.items("B#") if "openids" in item]
        named = {openid["S"] for part in parts for openid in part["openids"]["L"]}
        assert len(named) == 6


def test_the_first_step_that_is_allowed_is_taken() -> None:
    silence = Silence()
    policy = silence.save(a_policy(rungs=(Rung((NEWS, POINTS), days=14),)))
    accepted = silence.silent(14, number=0, credits={"news": 1})
    silence.silent(14, number=1)

    silence.plan(policy)

    channels = {push.openid == accepted.openid: push.channel for push in silence.pushes()}
    assert channels == {True: "subscribe", False: "template"}


def test_who_has_opted_out_hears_of_their_points_but_of_no_news() -> None:
    silence = Silence()
    news = silence.save(a_policy(name="news", rungs=(Rung((NEWS,), days=14),)))
    points = silence.save(a_policy(name="points"))
    silence.silent(14, credits={"news": 1}, opted_out_at=START - timedelta(days=20))

    assert silence.plan(news) == {"opted_out": 1}
    assert silence.plan(points) == {"treatment": 1}


def test_a_word_is_planned_before_the_window_closes() -> None:
    silence = Silence()
    policy = silence.save(a_policy(rungs=(Rung((WORD,), hours=46),)))
    member = silence.silent(1)

    silence.plan(policy)

    (push,) = silence.pushes()
    assert member.last_message_at is not None
    assert push.not_before == member.last_message_at + timedelta(hours=46)
    assert push.expires_at == member.last_message_at + timedelta(hours=48)
