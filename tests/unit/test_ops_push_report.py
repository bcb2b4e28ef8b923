"""What operators see when they ask what became of their pushes."""

import argparse
import json
import re
import xml.dom.minidom
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.clock import shanghai_day
from chalicelib.errors import BadContent
from chalicelib.store.figures import Figures
from chalicelib.store.journal import Entry
from chalicelib.store.table import Table
from infra import ops_push_report
from infra.figures import funnel, push_page, pushes
from infra.figures.funnel import Step
from infra.figures.period import Period
from infra.figures.pushes import NUMBERS, Pushes
from tests.builders import ACCOUNT, NOON
from tests.support.tables import memory_table

FIRST_TO_SECOND = ("--from", "2026-03-01", "--to", "2026-03-02")
EVIL = "<script>alert(1)"
COUNTS = {
    "push.planned": {"order.shipped": 100, "store.news": 50},
    "push.sent": {"order.shipped": 90, "store.news": 20},
    "push.delivered": {"order.shipped": 80, "store.news": 15},
    "push.undelivered": {"order.shipped": 6, "store.news": 5},
    "push.held": {"order.shipped": 4, "store.news": 12},
    "push.failed": {"order.shipped": 1},
    "push.expired": {"store.news": 3},
    "push.unknown": {"order.shipped": 3},
    "push.resolved": {"order.shipped": 2},
    "push.dead": {"order.shipped": 2},
    "push.released": {"order.shipped": 1},
    "push.unfollowed": {"store.news": 2},
    "push.reasons": {
        "store.news/held/opted_out": 12,
        "order.shipped/undelivered/blocked": 6,
        "order.shipped/failed/47003": 1,
        "(rest)": 3,
    },
}


def some_figures(day: str, **changes: Any) -> Figures:
    return Figures(**{"account": ACCOUNT, "day": day, "entries": 9, "counts": COUNTS, **changes})


@pytest.fixture
def table() -> Iterator[Table]:
    """The first day is final, the second is counted until noon."""
    with memory_table() as table:
        table.write([some_figures("2026-03-01", final=True).put()])
        table.write([some_figures("2026-03-02", as_of=NOON - timedelta(days=2), counts={}).put()])
        yield table


def run(table: Table, *arguments: str) -> None:
    parser = argparse.ArgumentParser()
    ops_push_report.add_report(parser.add_subparsers())
    options = parser.parse_args(["report", "--account", ACCOUNT, *arguments])
    options.run(options, lambda: table)


def test_each_kind_is_told_with_what_became_of_it_and_why(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, *FIRST_TO_SECOND)

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["demo 的推送　2026-03-01 至 2026-03-02（上海时间）", "　03-02 还没结账，截至 03-02 12:00"]
    assert lines[3].split() == [
        "类型", "计划", "等待", "微信受理", "送达", "未送达", "被拒绝", "未发", "过期", "未知", "放弃", "随后取关",
        "七天内回来",
    ]  # fmt: skip
    assert lines[4].split() == ["order.shipped", "100", "3", "90", "80", "6", "1", "4", "0", "1", "1", "0", "0"]
    assert lines[5].split() == ["store.news", "50", "15", "20", "15", "5", "0", "12", "3", "0", "0", "2", "0"]
    assert lines[6].split() == ["合计", "150", "18", "110", "95", "11", "1", "16", "3", "1", "1", "2", "0"]
    assert lines[8:] == [
        "为什么",
        "  store.news　未发：对方已退订营销消息　12",
        "  order.shipped　未送达：对方屏蔽了通知　6",
        "  order.shipped　被拒绝：微信错误 47003（模板字段的内容不合要求）　1",
    ]


def test_a_report_that_cannot_be_written_is_named(table: Table, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "push.html"

    with pytest.raises(BadContent, match=re.escape(f"写不了 {nowhere}")):
        run(table, *FIRST_TO_SECOND, "--format", "html", "--out", str(nowhere))


def test_who_came_back_is_told_of_the_policies_that_spoke_to_them(
    table: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {
        "push.planned": {"reactivation.points": 30},
        "push.sent": {"reactivation.points": 27},
        "trial.returned": {"points/treatment/2026-03-01": 8, "points/treatment/2026-02-27": 1,
                           "points/control/2026-03-01": 5, "others/treatment/2026-03-01": 3},
    }  # fmt: skip
    table.write([some_figures("2026-03-03", counts=counts).put()])
    day, page = ("--from", "2026-03-03", "--to", "2026-03-03"), tmp_path / "push.html"

    run(table, *day)
    run(table, *day, "--format", "html", "--out", str(page))

    (line,) = (line for line in capsys.readouterr().out.splitlines() if "points" in line)
    assert line.split()[-1] == "9"
    assert "七天内回来 9" in page.read_text(encoding="utf-8")


def test_one_kind_can_be_asked_for_alone(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, *FIRST_TO_SECOND, "--kind", "store.news")

    said = capsys.readouterr().out
    assert "order.shipped" not in said
    assert "对方已退订营销消息" in said


def test_a_kind_that_was_never_sent_has_nothing_but_noughts(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, *FIRST_TO_SECOND, "--kind", "invented", "--format", "json")

    (kind,) = json.loads(capsys.readouterr().out)["kinds"]
    assert set(kind.values()) == {"invented", 0}


def test_other_programs_read_json(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, *FIRST_TO_SECOND, "--format", "json")

    told = json.loads(capsys.readouterr().out)
    assert told["days"] == ["2026-03-01", "2026-03-02"]
    assert told["kinds"][0] == {
        "kind": "order.shipped", "planned": 100, "sent": 90, "delivered": 80, "undelivered": 6, "failed": 1, "held": 4,
        "expired": 0, "unknown": 1, "dead": 1, "unfollowed": 0, "returned": 0, "waiting": 3, "unreported": 4,
        "earlier": 0,
    }  # fmt: skip
    assert told["reasons"][0] == {
        "kind": "store.news", "state": "held", "reason": "opted_out", "pushes": 12, "words": "对方已退订营销消息",
    }  # fmt: skip


def test_the_last_seven_days_are_meant_unless_others_are_named(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    today = shanghai_day(datetime.now(UTC))

    run(table)
    week = capsys.readouterr().out
    run(table, "--days", "1")
    day = capsys.readouterr().out

    assert f"至 {today}" in week
    assert "7 天没有统计" in week
    assert "这段时间没有推送" in week
    assert f"{today} 至 {today}" in day


@pytest.mark.parametrize(
    "arguments",
    [("--days", "0"), ("--days", "401"), ("--from", "2026-03-02", "--to", "2026-03-01"),
     ("--from", "2026-03-01", "--days", "3")],
)  # fmt: skip
def test_days_that_cannot_be_are_refused(table: Table, arguments: tuple[str, ...]) -> None:
    with pytest.raises(BadContent):
        run(table, *arguments)


def test_a_day_that_is_none_is_refused(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(table, "--from", "yesterday")

    assert "不是日期" in capsys.readouterr().err


def test_the_journal_can_be_counted_anew_and_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with memory_table() as table:
        for number, outcome in enumerate(("planned", "planned", "sent")):
            details = {"kind": "order.shipped", "channel": "template"}
            table.write([Entry(ACCOUNT, f"e-{number}", NOON, "push", outcome, "", details).put()])

        run(table, "--from", "2026-03-03", "--to", "2026-03-04", "--recount")

    said = capsys.readouterr()
    assert said.err.splitlines() == ["正在重算 2026-03-03（1/2）", "正在重算 2026-03-04（2/2）"]
    assert [line.split()[:4] for line in said.out.splitlines() if line.startswith("order")] == [
        ["order.shipped", "2", "1", "1"]
    ]


def test_what_was_planned_before_the_period_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with memory_table() as table:
        counts = {"push.planned": {"k": 2}, "push.sent": {"k": 5}}
        table.write([some_figures("2026-03-01", counts=counts, final=True).put()])

        run(table, "--from", "2026-03-01", "--to", "2026-03-01")

    said = capsys.readouterr().out
    assert "　其中至少 3 条是此前计划的" in said
    assert [line.split()[:4] for line in said.splitlines() if line.startswith("k")] == [["k", "2", "0", "5"]]


def test_a_terminal_tells_the_most_frequent_reasons_and_that_there_are_more(capsys: pytest.CaptureFixture[str]) -> None:
    with memory_table() as table:
        reasons = {f"k/failed/{code}": 1 for code in range(40001, 40041)}
        table.write([some_figures("2026-03-01", counts={"push.planned": {"k": 1}, "push.reasons": reasons}).put()])

        run(table, "--from", "2026-03-01", "--to", "2026-03-01")

    assert capsys.readouterr().out.splitlines()[-1] == "  另 10 种原因，见 --format json"


def test_the_page_opens_offline_and_shows_a_funnel_per_kind(table: Table, tmp_path: Path) -> None:
    page = tmp_path / "pushes.html"

    run(table, *FIRST_TO_SECOND, "--format", "html", "--out", str(page))

    text = page.read_text(encoding="utf-8")
    assert "http" not in text.replace("http://www.w3.org", "")
    assert "<script" not in text
    assert text.count("<svg") == 4
    assert all(word in text for word in ("全部推送", "order.shipped", "store.news", "未发的原因", "03-02 还没结账"))
    for drawn in text.split("<svg")[1:]:
        xml.dom.minidom.parseString(f"<svg{drawn.split('</svg>')[0]}</svg>")


def test_the_page_of_one_kind_has_one_funnel(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, *FIRST_TO_SECOND, "--format", "html", "--kind", "store.news")

    said = capsys.readouterr().out
    assert said.count("<svg") == 2
    assert "order.shipped" not in said


def test_what_others_named_cannot_write_into_the_page() -> None:
    reasons = {f"{EVIL}/undelivered/{EVIL}{number}": 1 for number in range(20)}
    counts = {"push.planned": {EVIL: 1}, "push.reasons": reasons}

    page = push_page.render(Period(EVIL, ("2026-03-01", "2026-03-02"), (some_figures("2026-03-01", counts=counts),)))

    assert EVIL not in page
    assert "另 8 种" in page


def test_an_empty_period_is_a_page_too() -> None:
    assert "<svg" in push_page.render(Period(ACCOUNT, ("2026-03-01",), ()))


def test_the_bars_of_a_funnel_are_as_long_as_their_numbers() -> None:
    drawn = funnel.funnel("x", (Step("a", "a", 100, 100), Step("b", "b", 50, 100), Step("c", "c", 0, 0)))

    widths = [float(part.split('"')[0]) for part in drawn.split('width="')[1:]]
    assert widths[0] == 2 * widths[1]
    assert "50（50.0%）" in drawn
    assert "0（–）" in drawn


def test_a_kind_without_numbers_is_whole() -> None:
    assert pushes.total(()) == Pushes("")
    assert NUMBERS[0] == "planned"
