"""Whether a policy may be saved: its numbers, its ladder, and how often it would speak to one member. Pure."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise

from chalicelib.reactivation.cohort import LONGEST_SILENCE, rung_of, targets
from chalicelib.reactivation.policy_problem import MASSES, TEMPLATES, Problem
from chalicelib.reactivation.step_checks import step_problems
from chalicelib.sending.rules import MASSES_A_MONTH, MOST_A_MONTH
from chalicelib.sending.traits import TRAITS, most_for
from chalicelib.store.policy import Policy, Rung, Step
from chalicelib.store.templates import Templates

NAME = re.compile(r"[a-z0-9-]{1,24}")
MOST_RUNGS, MOST_STEPS = 12, 5
HOURS = range(24, 48)
"""A rung of hours is planned on the day after the last message, and must leave before the window of 48 hours closes."""
MOST_HELD_OUT = 50
MOST_A_TICK, MOST_A_DAY = 1_000, 200_000
LEAST_REPEAT = 7
APART = 7
"""Days between two notices of the same policy as template messages: WeChat names repeated reminders as abuse."""
MONTH = 31
MOST_CALLS = most_for("activity", TRAITS["mass"].daily)
MOST_UNFOLLOWS = 50


def problems(policy: Policy, templates: Templates | None, *, today: str) -> list[Problem]:
    """All that is wrong, or to be thought over. Without `templates` only the types in the fields' keys are checked."""
    ladder = list(_ladder(policy))
    found = [*_general(policy), *_numbers(policy), *_days(policy, today), *_audience(policy), *ladder]
    for number, rung in enumerate(policy.rungs, start=1):
        for place, step in enumerate(rung.steps, start=1):
            found += step_problems(step, rung, f"第 {number} 级第 {place} 步", templates)
    if templates is None and any(step.template for rung in policy.rungs for step in rung.steps):
        words = "还不知道这个公众号有哪些模板，只核对了字段类型"
        found.append(Problem("templates_unknown", "", words, refused=False))
    return found if ladder else [*found, *_frequency(policy), *_calls(policy)]


def _general(policy: Policy) -> Iterator[Problem]:
    if not NAME.fullmatch(policy.name):
        yield Problem("name", "name", "名称只能有小写字母、数字和连字符，1–24 个字符")
    if policy.hold_out == 0:
        words = "没有对照组：以后无法知道提醒有没有用。建议留 10%"
        yield Problem("no_hold_out", "hold_out", words, refused=False)
    if not 0 <= policy.hold_out <= MOST_HELD_OUT:
        yield Problem("hold_out", "hold_out", f"对照组应当在 0–{MOST_HELD_OUT}% 之间，写的是 {policy.hold_out}%")


def _numbers(policy: Policy) -> Iterator[Problem]:
    limits, backlog = policy.limits, policy.backlog
    if not 1 <= limits.per_tick <= MOST_A_TICK:
        yield Problem("limits", "limits.per_tick", f"应当在 1–{MOST_A_TICK:,} 之间，写的是 {limits.per_tick:,}")
    if not 1 <= limits.per_day <= MOST_A_DAY:
        yield Problem("limits", "limits.per_day", f"应当在 1–{MOST_A_DAY:,} 之间，写的是 {limits.per_day:,}")
    if not 0 <= backlog.days <= LONGEST_SILENCE:
        yield Problem("backlog", "backlog.days", f"应当在 0–{LONGEST_SILENCE} 天之间，写的是 {backlog.days}")
    if not 0 <= policy.stop_unfollows <= MOST_UNFOLLOWS:
        yield Problem("stop_unfollows", "stop_unfollows", f"应当在 0–{MOST_UNFOLLOWS}% 之间")


def _days(policy: Policy, today: str) -> Iterator[Problem]:
    joined = policy.audience.joined_before
    given = {"first_day": policy.first_day, "last_day": policy.last_day, "audience.joined_before": joined}
    wrong = [name for name, day in given.items() if day and not _is_day(day)]
    for name in wrong:
        yield Problem("dates", name, f"没有“{given[name]}”这一天，应当像 2026-03-01")
    if wrong or not policy.last_day:
        return
    if policy.last_day < policy.first_day:
        yield Problem("dates", "last_day", f"最后一天 {policy.last_day} 早于第一天 {policy.first_day}")
    if policy.last_day < today:
        yield Problem("dates", "last_day", f"最后一天 {policy.last_day} 已经过去")


def _audience(policy: Policy) -> Iterator[Problem]:
    wanted = policy.audience.any_tag
    if wanted and set(wanted) <= set(policy.audience.no_tag):
        yield Problem("audience", "audience", f"没有人符合：标签 {'、'.join(wanted)} 既要有，又不能有")


def _ladder(policy: Policy) -> Iterator[Problem]:
    if not 1 <= len(policy.rungs) <= MOST_RUNGS:
        yield Problem("rungs", "rungs", f"应当有 1–{MOST_RUNGS} 级")
    for number, rung in enumerate(policy.rungs, start=1):
        yield from _rung(rung, f"第 {number} 级")
    silences = [rung.days or 1 for rung in policy.rungs]
    if any(later <= earlier for earlier, later in pairwise(silences)):
        yield Problem("ascending", "rungs", "各级应当从短到长，一级比一级沉默得久；按小时的只能是第一级")
    if policy.repeat_days and not LEAST_REPEAT <= policy.repeat_days <= LONGEST_SILENCE:
        words = f"重复的间隔应当是 0（不重复），或者 {LEAST_REPEAT}–{LONGEST_SILENCE} 天"
        yield Problem("repeat_days", "repeat_days", words)


def _rung(rung: Rung, where: str) -> Iterator[Problem]:
    if not 1 <= len(rung.steps) <= MOST_STEPS:
        yield Problem("steps", where, f"应当有 1–{MOST_STEPS} 步")
    if bool(rung.days) == bool(rung.hours):
        yield Problem("silence", where, "days 和 hours 要写一个，而且只能写一个")
    elif rung.hours and rung.hours not in HOURS:
        words = f"hours 应当在 {HOURS.start}–{HOURS.stop - 1} 之间：第二天才安排，又要赶在 48 小时之内"
        yield Problem("silence", where, words)
    elif rung.days and not 1 <= rung.days <= LONGEST_SILENCE:
        yield Problem("silence", where, f"days 应当在 1–{LONGEST_SILENCE} 之间，写的是 {rung.days}")


def _frequency(policy: Policy) -> Iterator[Problem]:
    """What the worst case of the ladder, with its repeats, would mean for one member who stays silent."""
    if (most := _most_in_a_month(policy, lambda step: step.channel == "mass")) > MASSES_A_MONTH:
        words = f"一个月里可能给同一位会员群发 {most} 条，最多 {MASSES_A_MONTH} 条"
        yield Problem("mass_month", "rungs", words, MASSES)
    if (most := _most_in_a_month(policy, lambda step: step.content_class != "service")) > MOST_A_MONTH:
        words = f"一个月里可能提醒同一位会员 {most} 次，最多 {MOST_A_MONTH} 次"
        yield Problem("too_often", "rungs", words)
    notices = _silences(policy, lambda step: step.channel == "template")
    if any(later - earlier < APART for earlier, later in pairwise(notices)):
        words = f"同样的模板消息要至少间隔 {APART} 天"
        yield Problem("template_frequent", "rungs", words, TEMPLATES)


def _calls(policy: Policy) -> Iterator[Problem]:
    """Each cohort's mass messages are a batch of their own for each tick, and a batch is a call."""
    masses = [any(step.channel == "mass" for step in rung.steps) for rung in policy.rungs]
    calls = (
        sum(masses)
        + (policy.backlog.days if masses[0] else 0)
        + policy.limits.per_day // max(1, policy.limits.per_tick)
    )
    if any(masses) and calls > MOST_CALLS:
        words = f"一天里可能要群发 {calls:,} 批，微信每天只收 {TRAITS['mass'].daily} 次；排不上的当天作废"
        yield Problem("mass_calls", "limits", f"{words}。请加大 limits.per_tick，或缩短 backlog.days", MASSES, False)


def _most_in_a_month(policy: Policy, counts: Callable[[Step], bool]) -> int:
    silences = _silences(policy, counts)
    return max((sum(0 <= other - one < MONTH for other in silences) for one in silences), default=0)


def _silences(policy: Policy, counts: Callable[[Step], bool]) -> list[int]:
    """Days of silence at which a step of this sort may be taken, repeats included."""
    day = date(2000, 1, 1)
    return [
        (day - date.fromisoformat(target.active_day)).days
        for target in targets(policy, day.isoformat(), first=False)
        if any(map(counts, rung_of(policy, target.rung).steps))
    ]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
