"""What operators see when they ask whether a policy works."""

import argparse
import json
import xml.dom.minidom
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import BadContent
from chalicelib.store.figures import Figures
from chalicelib.store.table import Table
from infra import ops_reactivation_report
from infra.reactivation.report import DOLLARS_PER_SEND
from tests.builders import ACCOUNT
from tests.support.tables import memory_table
from tests.unit.infra.trials import FIRST, POLICY, assigned, at, returned, write

NOW = at("2026-04-08", 12)
WEEK = ("--from", FIRST, "--to", "2026-03-08")
EVIL = "<script>alert(1)"
COUNTS = {
    "trial.assigned": {"milk/0/treatment": 1_800, "milk/0/control": 200, "tea/0/treatment": 5},
    "trial.advanced": {"milk/1/treatment": 900, "milk/1/control": 110},
    "trial.returned": {"milk/treatment/2026-03-02": 240, "milk/control/2026-03-02": 12},
    "trial.lost": {"milk/treatment/2026-03-02": 9, "milk/control/2026-03-02": 1},
    "push.planned": {"reactivation.milk": 2_000, "order.shipped": 7},
    "push.sent": {"reactivation.milk": 1_700},
    "push.delivered": {"reactivation.milk": 1_650},
    "push.undelivered": {"reactivation.milk": 50},
    "push.held": {"reactivation.milk": 280},
    "push.failed": {"reactivation.milk": 20},
    "push.reasons": {
        "reactivation.milk/held/control": 200,
        "reactivation.milk/held/opted_out": 80,
        "reactivation.milk/failed/47003": 20,
        f"reactivation.milk/undelivered/{EVIL}": 50,
        **{f"reactivation.milk/deferred/{number}": 1 for number in range(30)},
    },
}


@pytest.fixture
def table() -> Iterator[Table]:
    """One busy day, and two weeks on which nothing happened."""
    with memory_table() as table:
        table.write([POLICY.put()])
        for day in range(1, 32):
            counts = COUNTS if day == 2 else {}
            table.write([Figures(ACCOUNT, f"2026-03-{day:02d}", counts=counts, final=True).put()])
        yield table


def told(table: Table, *arguments: str, now: datetime = NOW) -> str:
    return ops_reactivation_report.told(options("milk", "--account", ACCOUNT, *arguments), table, now=now)


def options(*arguments: str) -> argparse.Namespace:
    parser, named = argparse.ArgumentParser(), argparse.ArgumentParser(add_help=False)
    named.add_argument("--account")
    named.add_argument("name")
    ops_reactivation_report.add_report(parser.add_subparsers(), named)
    return parser.parse_args(["report", *arguments])


def test_both_arms_stand_side_by_side_and_the_verdict_below(table: Table) -> None:
    lines = told(table, *WEEK).splitlines()

    assert lines[0] == "demo 的 milk 效果　2026-03-02 至 2026-03-08 分组（上海时间）"
    assert lines[2].split() == ["分组（人次）", "7", "天内回来", "占", "7", "天内取关", "占"]
    assert lines[3].split() == ["提醒组", "1,800", "240", "13.3%", "9", "0.5%"]
    assert lines[4].split() == ["对照组", "200", "12", "6.0%", "1", "0.5%"]
    assert lines[6] == "回来：提醒有效果"
    assert lines[7].startswith("　每 1000 人次相差 +73.33，95% 区间 +")
    assert lines[9].startswith("　每提醒约 14 人次，多唤回 1 人次")
    assert lines[10] == "取关：没有显著差异"


def test_later_rungs_are_told_as_what_they_are(table: Table) -> None:
    said = told(table, *WEEK)

    assert "已不是抽签分出来的，只作参考，不作比较" in said
    assert [line.split() for line in said.splitlines() if line.startswith("第 2 级")] == [
        ["第", "2", "级", "900", "–", "110", "–"]
    ]


def test_what_became_of_the_pushes_is_told_with_reasons_quota_and_cost(table: Table) -> None:
    said = told(table, *WEEK)

    assert "　未发：对照组，不发送　200" in said
    assert "　另 4 种原因，见 --format json" in said
    assert "占用发送额度 1,720 次（群发按人数计，实际更少）；AWS 约 $0.0523（标价" in said
    assert "order.shipped" not in said


def test_other_programs_read_json(table: Table) -> None:
    found: dict[str, Any] = json.loads(told(table, *WEEK, "--format", "json"))

    assert (found["policy"], found["counts"], found["left_out"]) == ("milk", "assignments", [])
    assert found["arms"]["control"] == {"assigned": 200, "returned": 12, "lost": 1}
    assert found["returned"]["verdict"] == "提醒有效果"
    assert found["returned"]["low"] < found["returned"]["difference"] == pytest.approx(240 / 1800 - 12 / 200)
    assert found["returned"]["test"] == "score"
    assert found["lost"]["test"] == "fisher"
    assert found["by_day"][0] == {"day": FIRST, "arm": "treatment", "assigned": 1800, "returned": 240, "lost": 9}
    assert found["later_rungs"][0] == {"rung": 1, "arm": "control", "number": 110, "returned": None}
    assert found["pushes"]["delivered"] == 1650
    assert found["calls"] == 1720


def test_the_page_opens_offline_and_shows_intervals(table: Table, tmp_path: Path) -> None:
    text = told(table, *WEEK, "--format", "html")

    assert "http" not in text.replace("http://www.w3.org", "")
    assert "<script" not in text
    assert EVIL not in text
    assert text.count("<svg") == 6
    assert all(
        word in text for word in ("提醒有效果", "没有显著差异", "后面的阶梯", "怎么看", "另 22 种", "对照组，不发送")
    )
    for drawn in text.split("<svg")[1:]:
        xml.dom.minidom.parseString(f"<svg{drawn.split('</svg>')[0]}</svg>")


def test_a_policy_without_assignments_says_so_in_every_format(table: Table) -> None:
    april = ("--from", "2026-03-20", "--to", "2026-03-21")

    assert "这段时间没有可以下结论的分组" in told(table, *april)
    assert json.loads(told(table, *april, "--format", "json"))["returned"] == {
        "verdict": "有一组没有人，分不清是提醒的作用，还是本来就会这样"
    }
    assert "有一组没有人" in told(table, *april, "--format", "html")


@pytest.mark.parametrize(
    ("now", "month"),
    [(at("2026-04-08", 12), "2026-03-01 至 2026-03-31"), (at("2026-04-08", 1), "2026-02-01 至 2026-02-28"),
     (at("2026-03-31"), "2026-02-01 至 2026-02-28")],
)  # fmt: skip
def test_the_last_whole_month_is_meant_unless_days_are_named(table: Table, now: datetime, month: str) -> None:
    assert told(table, now=now).startswith(f"demo 的 milk 效果　{month} 分组")


def test_a_period_that_is_not_over_is_not_reported_on_unless_one_wants_to_peek(table: Table) -> None:
    early = at("2026-03-12", 12)

    with pytest.raises(BadContent, match=r"2026-03-08 分组的要到 2026-03-16 才满 7 天.*--peek"):
        told(table, *WEEK, now=early)

    said = told(table, *WEEK, "--peek", now=early)
    assert said.startswith("demo 的 milk 效果（提前查看）")
    assert "　提前查看：时间段还没结束，现在的结论不作数，到期再看一次" in said
    assert "　2026-03-05 至 2026-03-08 分组的还没满 7 天，没有算进来" in said


@pytest.mark.parametrize(
    ("now", "days"),
    [(at("2026-04-20", 12), "2026-04-01 至 2026-04-20"), (at("2026-03-31"), "2026-03-01 至 2026-03-31"),
     (at("2026-04-05"), "2026-03-01 至 2026-04-05")],
)  # fmt: skip
def test_a_peek_without_days_shows_what_the_last_whole_month_does_not(table: Table, now: datetime, days: str) -> None:
    assert told(table, "--peek", now=now).startswith(f"demo 的 milk 效果（提前查看）　{days} 分组")


@pytest.mark.parametrize(
    "days",
    [("--from", FIRST), ("--to", FIRST), ("--from", FIRST, "--to", "2026-03-01"),
     ("--from", "2025-01-01", "--to", "2026-03-01")],
)  # fmt: skip
def test_days_that_cannot_be_are_refused(table: Table, days: tuple[str, ...]) -> None:
    with pytest.raises(BadContent):
        told(table, *days)


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options("milk", "--account", ACCOUNT, "--from", "yesterday")

    assert "不是日期" in capsys.readouterr().err


def test_a_policy_that_nobody_saved_is_refused() -> None:
    with memory_table() as table, pytest.raises(BadContent, match="没有策略 milk"):
        told(table, *WEEK)


def test_the_journal_can_be_counted_anew_by_person_and_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with memory_table() as table:
        write(table, [assigned("t0", "treatment"), returned("t0", "treatment", hours=1), assigned("c0", "control")])
        table.write([POLICY.put()])

        said = told(table, "--from", FIRST, "--to", FIRST, "--recount")

    assert [line.split()[:3] for line in said.splitlines() if line.startswith("提醒组")] == [["提醒组", "1", "1"]]
    assert "分组（人）" in said
    assert capsys.readouterr().err.splitlines() == [f"正在重算 2026-03-{day:02d}" for day in range(2, 10)]


def test_the_report_is_shown_or_written(table: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.html"
    asked = ("milk", "--account", ACCOUNT, *WEEK)

    ops_reactivation_report.show(options(*asked), lambda: table)
    shown = capsys.readouterr().out
    ops_reactivation_report.show(options(*asked, "--format", "html", "--out", str(file)), lambda: table)

    assert shown.startswith("demo 的 milk 效果")
    assert capsys.readouterr().out == f"已写入 {file}\n"
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_report_that_cannot_be_written_is_told(table: Table, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "none" / "report.html")

    with pytest.raises(BadContent, match=r"写不了 .*report.html：No such file"):
        ops_reactivation_report.show(options("milk", "--account", ACCOUNT, *WEEK, "--out", nowhere), lambda: table)


def test_a_policy_that_was_removed_is_still_reported_on(table: Table) -> None:
    table.write([replace(POLICY, version=1, retired=True).put()])

    assert told(table, *WEEK).startswith("demo 的 milk 效果")


def test_a_send_costs_what_the_cost_page_says() -> None:
    cost = (Path(__file__).parents[2] / "docs" / "cost.md").read_text(encoding="utf-8")
    million = cost.partition("### A million of it")[2].splitlines()
    notice = next(line for line in million if line.startswith("| a notice"))

    assert float(notice.split("|")[-2]) / 1_000_000 == pytest.approx(DOLLARS_PER_SEND, rel=0.1)
