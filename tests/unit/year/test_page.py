"""The years side by side, as an operator sees them."""

import re
from itertools import pairwise
from typing import Any

from infra.local.year import page
from infra.local.year.lines import APART, Line, lines
from infra.local.year.outcome import Outcome

TEMPLATE = page.SENDS["模板消息"]


def an_outcome(way: str, **changes: Any) -> Outcome:
    days = ["2026-01-31", "2026-02-01"]
    given: dict[str, Any] = {
        "days": days,
        "followers": [10, 1_234],
        "lively": [5, 600],
        "joined": 2_000,
        "left": 766,
        **changes,
    }
    return Outcome(way, **given)


def test_the_page_puts_the_three_ways_side_by_side() -> None:
    told = [
        an_outcome("policies", won={"points": 15, "mass": 5}, heard={"points": 100, "mass": 20}, calls={TEMPLATE: 100}),
        an_outcome("weekly", put_off=300, heard={"weekly": 9_000}, busiest={TEMPLATE: 1_500}),
        an_outcome("off"),
    ]

    shown = page.render(told, {"唤醒报告：积分到期提醒": "report-points.html"})

    assert "<td>其中因为消息</td><td>0</td><td>300</td><td>0</td>" in shown
    assert "<td>每带回一次，发出</td><td>6 条</td><td>–</td><td>–</td>" in shown
    assert "1,500（1.50%）" in shown
    assert '<a href="report-points.html">唤醒报告：积分到期提醒</a>' in shown
    assert shown.count("<polyline") == 6
    assert "http" not in shown.replace("http-equiv", "")


def test_a_kind_that_was_paused_is_told() -> None:
    shown = page.render([an_outcome("policies", heard={"mass": 1}, paused={"reactivation.monthly": "unfollows"})], {})

    assert "reactivation.monthly 已自动暂停：推送后取关的人太多" in shown


def test_lines_that_end_at_one_height_keep_their_names_apart() -> None:
    drawn = lines("人数", ["2026-01-31", "2026-02-01"], [Line(name, "a", (0, 100)) for name in "甲乙丙"])

    heights = [float(y) for y in re.findall(r'y="([\d.]+)">[甲乙丙] 100<', drawn)]
    assert [after - before for before, after in pairwise(heights)] == [APART, APART]
    assert "2月" in drawn
