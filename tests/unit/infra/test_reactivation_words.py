"""What a report says in words."""

from dataclasses import replace

import pytest

from infra.figures.period import Period
from infra.reactivation import words
from infra.reactivation.counted import Cohort, Counted
from infra.reactivation.report import Asked, Report
from infra.reactivation.report import report as told
from infra.reactivation.words import LOSSES, RETURNS
from tests.builders import ACCOUNT
from tests.unit.infra.trials import FIRST, POLICY


def a_report(
    treated: Cohort, control: Cohort, *, last: str = FIRST, by_person: bool = True, hold_out: int = 10
) -> Report:
    counted = Counted((FIRST,), {(FIRST, "treatment"): treated, (FIRST, "control"): control})
    asked = Asked(replace(POLICY, hold_out=hold_out), FIRST, last, by_person)
    return told(asked, counted, Period(ACCOUNT, (FIRST,), ()))


def verdicts(report: Report) -> tuple[str, str]:
    return words.verdict(RETURNS, report.returns, report), words.verdict(LOSSES, report.losses, report)


def test_an_effect_is_told_with_its_size_and_how_many_must_be_spoken_to() -> None:
    report = a_report(Cohort(9_000, 1_200, 300), Cohort(1_000, 90, 10))

    assert verdicts(report) == ("提醒有效果", "提醒让取关变多")
    assert report.returns is not None
    assert list(words.figures(report.returns, report)) == [
        "每 1000 人相差 +43.33，95% 区间 +22.86 到 +61.13",
        "p < 0.001（得分检验）",
    ]
    assert words.needed(report) == "每提醒约 23 人，多唤回 1 人（95% 区间 16 到 44）"


def test_the_other_direction_is_told_as_plainly() -> None:
    report = a_report(Cohort(9_000, 700, 50), Cohort(1_000, 120, 30))

    assert verdicts(report) == ("提醒组回来的反而更少", "提醒组的取关更少")
    assert words.needed(report) == ""


def test_no_significant_difference_is_said_in_words() -> None:
    assert verdicts(a_report(Cohort(9_000, 920, 9), Cohort(1_000, 98, 1))) == ("没有显著差异", "没有显著差异")


def test_an_exact_test_that_disagrees_with_the_interval_has_the_last_word() -> None:
    report = a_report(Cohort(90, 0, 0), Cohort(10, 1, 0))

    assert report.returns is not None
    assert verdicts(report)[0] == "没有显著差异"
    assert list(words.figures(report.returns, report))[1] == "p = 0.113（Boschloo 精确检验，人太少，以它为准）"


def test_without_a_control_group_nothing_can_be_told() -> None:
    report = a_report(Cohort(900, 100, 1), Cohort(), hold_out=0)

    assert "分不清" in verdicts(report)[0]
    assert words.needed(report) == ""
    assert not report.is_split_oddly


def test_arms_that_no_lot_would_make_are_not_compared() -> None:
    report = a_report(Cohort(9_000, 1_200, 300), Cohort(2_000, 90, 10))

    assert set(verdicts(report)) == {"两组人数和抽签的比例对不上，不能比较，不下结论"}
    assert any("10% 对不上" in note for note in words.notes(report))
    assert words.needed(report) == ""


def test_where_one_member_may_count_twice_no_effect_is_called() -> None:
    counted = Counted(tuple(f"2026-03-{day:02d}" for day in range(1, 32)), {
        ("2026-03-01", "treatment"): Cohort(9_000, 1_200, 300), ("2026-03-01", "control"): Cohort(1_000, 90, 10),
    })  # fmt: skip
    by_assignment = told(Asked(POLICY, "2026-03-01", "2026-03-31"), counted, Period(ACCOUNT, counted.days, ()))
    by_person = told(Asked(POLICY, "2026-03-01", "2026-03-31", True), counted, Period(ACCOUNT, counted.days, ()))

    assert by_assignment.most_cycles == 3
    assert "--recount" in verdicts(by_assignment)[0]
    assert words.needed(by_assignment) == ""
    assert any("可能分组 3 次" in note for note in words.notes(by_assignment))
    assert verdicts(by_person) == ("提醒有效果", "提醒让取关变多")


@pytest.mark.parametrize(("days", "most"), [(1, 1), (14, 1), (15, 2), (29, 3)])
def test_a_second_silence_takes_as_long_as_the_first_rung(days: int, most: int) -> None:
    counted = Counted(tuple(map(str, range(days))))

    assert told(Asked(POLICY, FIRST, FIRST), counted, Period(ACCOUNT, (), ())).most_cycles == most


def test_an_effect_that_is_seen_too_early_does_not_count() -> None:
    report = a_report(Cohort(9_000, 1_200, 300), Cohort(1_000, 90, 10), last="2026-03-04")

    assert verdicts(report) == ("提醒有效果（提前查看，不作数）", "提醒让取关变多（提前查看，不作数）")


def test_looking_too_early_labels_itself() -> None:
    report = a_report(Cohort(90, 9, 0), Cohort(10, 1, 0), last="2026-03-04")

    assert list(words.notes(report)) == [
        "提前查看：时间段还没结束，现在的结论不作数，到期再看一次",
        "2026-03-03 至 2026-03-04 分组的还没满 7 天，没有算进来",
    ]


def test_what_is_not_counted_to_the_end_is_told() -> None:
    counted = replace(a_report(Cohort(90, 9, 0), Cohort(10, 1, 0)).counted, is_whole=False)
    report = told(Asked(POLICY, FIRST, FIRST), counted, Period(ACCOUNT, (FIRST,), ()), unclosed=(FIRST,))

    assert list(words.notes(report)) == [
        f"1 天还没结账或没有统计（{FIRST}），数字还会变",
        "有几天的项目太多，汇总里并掉了一部分，两组的数字不全：请加 --recount",
    ]
