"""What an operator is told when a policy is impossible, breaks a rule, or should be thought over."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.reactivation import policy_problem
from chalicelib.reactivation.policy_checks import problems
from chalicelib.reactivation.policy_problem import Problem
from chalicelib.store.policy import Audience, Backlog, Limits, Policy, Rung, Step
from chalicelib.store.templates import Field, Template, Templates
from tests.builders import NOON

TODAY = "2026-03-04"
POINTS = Step(
    "template",
    "service",
    "points-expiring",
    {"number1": "{points}", "date2": "{points_until}", "thing3": "到期后自动清零"},
    "https://shop.example.com/points",
)
SEASON = Step("subscribe", "product", "season", {"thing1": "仙居杨梅", "time2": "16:00"})
WORD = Step("kefu", "service", text="您咨询的问题解决了吗？")
MONTHLY = Step("mass", "activity", text="每月 8 日是会员日。不想再收到，请回复“退订”。")
TEMPLATES = Templates(
    "shop",
    (
        Template(
            "points-expiring",
            "积分到期提醒",
            "template",
            (Field("number1", "积分"), Field("date2", "到期日"), Field("thing3", "说明"), Field("remark", "备注")),
        ),
        Template("season", "时令上新", "subscribe", (Field("thing1", "商品"), Field("time2", "时间"))),
        Template("level", "等级变更", "template", (Field("enum1", "等级", ("金卡", "银卡")),)),
    ),
    NOON,
)


def a_policy(*rungs: Rung, **changes: Any) -> Policy:
    return replace(Policy("shop", "points", rungs or (Rung((POINTS,), days=30),)), **changes)


def after(days: int, *steps: Step) -> Rung:
    return Rung(steps or (POINTS,), days=days)


def found(policy: Policy, templates: Templates | None = TEMPLATES) -> list[Problem]:
    return problems(policy, templates, today=TODAY)


def rules(some: Iterable[Problem]) -> list[str]:
    return [problem.rule for problem in some]


@pytest.mark.parametrize(
    "policy",
    [
        a_policy(),
        a_policy(after(14), after(30), after(60, MONTHLY), repeat_days=30),
        a_policy(Rung((WORD,), hours=46), after(14, SEASON, POINTS)),
        a_policy(after(14, SEASON), first_day="2026-03-01", last_day="2026-03-04", backlog=Backlog(90, "oldest")),
        a_policy(audience=Audience(("新客",), ("员工", "投诉"), ("store-01",), "2026-01-01"), hold_out=50),
        a_policy(after(14, Step("template", "public", "points-expiring", POINTS.data))),
    ],
)
def test_what_is_fine_is_not_complained_about(policy: Policy) -> None:
    assert found(policy) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"name": "积分"}, "name"),
        ({"name": "p" * 25}, "name"),
        ({"name": ""}, "name"),
        ({"hold_out": 51}, "hold_out"),
        ({"hold_out": -1}, "hold_out"),
        ({"limits": Limits(per_tick=0)}, "limits"),
        ({"limits": Limits(per_tick=1_001)}, "limits"),
        ({"limits": Limits(per_day=0)}, "limits"),
        ({"limits": Limits(per_day=200_001)}, "limits"),
        ({"backlog": Backlog(-1)}, "backlog"),
        ({"backlog": Backlog(401)}, "backlog"),
        ({"stop_unfollows": -1}, "stop_unfollows"),
        ({"stop_unfollows": 51}, "stop_unfollows"),
        ({"repeat_days": 6}, "repeat_days"),
        ({"repeat_days": -30}, "repeat_days"),
        ({"repeat_days": 401}, "repeat_days"),
        ({"first_day": "2026-02-30"}, "dates"),
        ({"first_day": "20260301"}, "dates"),
        ({"last_day": "明天"}, "dates"),
        ({"last_day": "2026-03-03"}, "dates"),
        ({"first_day": "2026-05-02", "last_day": "2026-05-01"}, "dates"),
        ({"audience": Audience(joined_before="2025-13-01")}, "dates"),
        ({"audience": Audience(any_tag=("员工",), no_tag=("员工", "老"))}, "audience"),
        ({"rungs": ()}, "rungs"),
        ({"rungs": tuple(after(14 * number) for number in range(1, 14))}, "rungs"),
        ({"rungs": (Rung((), days=14),)}, "steps"),
        ({"rungs": (Rung((POINTS,) * 6, days=14),)}, "steps"),
        ({"rungs": (Rung((POINTS,)),)}, "silence"),
        ({"rungs": (Rung((WORD,), days=1, hours=46),)}, "silence"),
        ({"rungs": (Rung((WORD,), hours=48),)}, "silence"),
        ({"rungs": (Rung((WORD,), hours=23),)}, "silence"),
        ({"rungs": (after(-3),)}, "silence"),
        ({"rungs": (after(401),)}, "silence"),
        ({"rungs": (after(30), after(14))}, "ascending"),
        ({"rungs": (after(30), after(30))}, "ascending"),
        ({"rungs": (after(30), Rung((WORD,), hours=46))}, "ascending"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_by_the_name_of_the_rule(changes: dict[str, Any], rule: str) -> None:
    (problem,) = {problem.rule: problem for problem in found(a_policy(**changes))}.values()

    assert (problem.rule, problem.refused) == (rule, True)


def test_every_complaint_says_where_what_which_rule_and_on_whose_word() -> None:
    (problem,) = found(a_policy(after(14), after(30, replace(POINTS, content_class="activity"))))

    assert str(problem) == (
        "第 2 级第 1 步：这个渠道不允许发送此类内容（规则 class_not_allowed；依据：微信官方“模板消息”说明："
        "只用于服务通知，不得营销、不得频繁；《微信公众平台运营规范》3.9）"
    )


def test_a_complaint_about_the_whole_names_no_place() -> None:
    assert str(Problem("rungs", "", "太多")).startswith("太多（规则 rungs；依据：本系统的规则")


def test_without_a_hold_out_one_is_told_that_nothing_will_be_known() -> None:
    (problem,) = found(a_policy(hold_out=0))

    assert (problem.rule, problem.refused) == ("no_hold_out", False)


@pytest.mark.parametrize(
    ("step", "rule", "source"),
    [
        (replace(POINTS, content_class="product"), "class_not_allowed", policy_problem.TEMPLATES),
        (
            replace(POINTS, data={**POINTS.data, "thing3": "送您一张优 惠 券"}),
            "marketing_words",
            policy_problem.TEMPLATES,
        ),
        (
            replace(POINTS, data={"number1": "1", "date2": "2026-05-01", "thing3": "您好久没来了"}),
            "not_their_own",
            policy_problem.TEMPLATES,
        ),
        (replace(POINTS, data={**POINTS.data, "thing3": "{积分}"}), "placeholder", policy_problem.OURS),
        (replace(POINTS, data={**POINTS.data, "thing3": "{points"}), "placeholder", policy_problem.OURS),
        (replace(POINTS, url="shop.example.com"), "url", policy_problem.OURS),
        (replace(POINTS, text="还有话说"), "text", policy_problem.OURS),
        (replace(POINTS, template="gone"), "template_unknown", policy_problem.FIELDS),
        (replace(SEASON, template="points-expiring"), "template_unknown", policy_problem.FIELDS),
        (replace(SEASON, data={"thing1": "杨梅"}), "template_fields", policy_problem.FIELDS),
        (replace(SEASON, data={**SEASON.data, "thing9": "多"}), "template_fields", policy_problem.FIELDS),
        (replace(SEASON, data={**SEASON.data, "time2": "下午"}), "template_fields", policy_problem.FIELDS),
        (replace(POINTS, data={**POINTS.data, "number1": "{points} 分"}), "template_fields", policy_problem.FIELDS),
        (WORD, "no_window", policy_problem.CUSTOMER_SERVICE),
        (replace(MONTHLY, text="{points} 分还在，回复“退订”不再收到"), "mass_placeholder", policy_problem.MASSES),
        (replace(MONTHLY, content_class="service"), "mass_service", policy_problem.REFUSAL),
        (replace(MONTHLY, text="每月 8 日是会员日。"), "refusal", policy_problem.REFUSAL),
        (replace(MONTHLY, content_class="public", text=" "), "text", policy_problem.OURS),
        (replace(MONTHLY, content_class="public", text="停业通知：清仓"), "hidden_marketing", policy_problem.HONEST),
        (replace(MONTHLY, text=MONTHLY.text + "好" * 700), "text", policy_problem.OURS),
        (replace(MONTHLY, url="https://shop.example.com"), "text", policy_problem.OURS),
    ],
)
def test_a_step_that_breaks_a_rule_is_refused_with_its_source(step: Step, rule: str, source: str) -> None:
    (problem,) = found(a_policy(after(30, step)))

    assert (problem.rule, problem.source, problem.where) == (rule, source, "第 1 级第 1 步")
    assert problem.refused


@pytest.mark.parametrize(
    ("step", "rule"),
    [
        (POINTS, "hours_channel"),
        (MONTHLY, "hours_channel"),
        (replace(WORD, content_class="product", text="新品到店，回复“退订”不再收到"), "class_not_allowed"),
        (replace(WORD, content_class="activity"), "refusal"),
        (replace(WORD, text="新品优惠券大放送，买一送一"), "hidden_marketing"),
        (replace(WORD, content_class="public", text="全场五折"), "hidden_marketing"),
        (replace(WORD, template="points-expiring"), "text"),
        (replace(WORD, text="{name}" * 11), "text"),
    ],
)
def test_before_the_window_closes_only_what_answers_the_follower_may_be_said(step: Step, rule: str) -> None:
    assert rules(found(a_policy(Rung((step,), hours=46)))) == [rule]


def test_marketing_that_calls_itself_a_service_is_told_what_it_may_be() -> None:
    (problem,) = found(a_policy(Rung((replace(WORD, text="本周满100减20"),), hours=46)))

    assert problem.words == "写了“满100减”就是营销，类别要照实写（activity），退订的人才不会收到"


def test_marketing_that_says_what_it_is_may_name_its_offers() -> None:
    assert found(a_policy(after(45, replace(MONTHLY, text="全场五折。不想再收到，请回复“退订”。")))) == []


@pytest.mark.parametrize("level", ["{level}", "金卡", "{level}卡"])
def test_a_placeholder_may_become_whatever_its_field_can_hold(level: str) -> None:
    step = Step("template", "service", "level", {"enum1": level}, "https://shop.example.com/{points}")

    refused = rules(found(a_policy(after(30, step))))

    assert refused == (["template_fields"] if level == "{level}卡" else [])


def test_what_can_be_known_without_templates_is_checked_and_the_rest_is_told() -> None:
    policy = a_policy(after(30, replace(POINTS, data={**POINTS.data, "date2": "月底"})))

    assert [(one.rule, one.refused) for one in found(policy, None)] == [
        ("template_fields", True),
        ("templates_unknown", False),
    ]


def test_templates_do_not_matter_to_who_uses_none() -> None:
    assert found(a_policy(after(30, MONTHLY)), None) == []


@pytest.mark.parametrize(
    ("lengths", "repeat_days", "most"),
    [((14, 21, 28, 35), 0, 4), ((14, 21, 28, 35, 44), 0, 5), ((30,), 7, 5), ((14, 45), 8, 4), ((30, 61), 31, 1)],
)
def test_nobody_gets_more_than_four_masses_a_month(lengths: tuple[int, ...], repeat_days: int, most: int) -> None:
    policy = a_policy(*(after(days, SEASON, MONTHLY) for days in lengths), repeat_days=repeat_days)

    refused = {problem.rule: problem for problem in found(policy)}

    assert set(refused) == ({"mass_month", "too_often"} if most > 4 else set())
    assert not refused or refused["mass_month"].source == policy_problem.MASSES


def test_other_nudges_count_against_the_month_too() -> None:
    policy = a_policy(*(after(days, SEASON) for days in (14, 20, 26, 32, 38)))

    assert rules(found(policy)) == ["too_often"]


@pytest.mark.parametrize(("lengths", "is_fine"), [((14, 21), True), ((14, 20), False)])
def test_the_same_notice_does_not_come_again_within_a_week(lengths: tuple[int, ...], is_fine: bool) -> None:
    assert rules(found(a_policy(*map(after, lengths)))) == ([] if is_fine else ["template_frequent"])


@pytest.mark.parametrize(
    ("changes", "is_warned"),
    [
        ({}, False),
        ({"backlog": Backlog(90)}, True),
        ({"limits": Limits(per_tick=200, per_day=20_000)}, True),
        ({"limits": Limits(per_tick=1_000, per_day=20_000)}, False),
    ],
)
def test_more_batches_than_wechat_takes_a_day_are_told_beforehand(changes: dict[str, Any], is_warned: bool) -> None:
    warned = found(a_policy(after(45, MONTHLY), **changes))

    assert [(one.rule, one.refused) for one in warned] == ([("mass_calls", False)] if is_warned else [])


def test_news_of_products_by_mass_message_miss_who_is_due_on_a_day_off_and_one_is_told() -> None:
    (problem,) = found(a_policy(after(45, replace(MONTHLY, content_class="product"))))

    assert (problem.rule, problem.refused) == ("mass_product", False)


def test_all_that_is_wrong_is_told_at_once() -> None:
    policy = a_policy(after(30), after(14, WORD), name="Points", hold_out=90, last_day="2026-02-31")

    assert rules(found(policy)) == ["name", "hold_out", "dates", "ascending", "no_window"]
