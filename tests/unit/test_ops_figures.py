"""What operators see when they ask for the figures of some days."""

import csv
import io
import json
import re
import xml.dom.minidom
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.store.figures import Figures
from chalicelib.store.journal import Entry
from chalicelib.store.table import Table
from infra import ops
from infra.figures import chart, names, page, terminal
from infra.figures.chart import Series
from infra.figures.period import period
from tests.builders import ACCOUNT, NOON
from tests.support.tables import memory_table

FIRST_TO_THIRD = ("--from", "2026-03-01", "--to", "2026-03-03")
EVIL = "<script>alert(1)</script>&\"'"


@pytest.fixture
def table() -> Iterator[Table]:
    """The first is final, the second was never counted, the third is counted until noon."""
    with memory_table() as table:
        table.write([some_figures("2026-03-01", final=True).put()])
        table.write([some_figures("2026-03-03", as_of=NOON - timedelta(days=1)).put()])
        yield table


def some_figures(day: str, **changes: Any) -> Figures:
    counts = {
        "follows": {"new": 7, "returned": 2, "again": 1},
        "unfollows": {"told": 3, "found": 1},
        "channels.in": {"store-01": 6, "(none)": 3},
        "channels.out": {"store-01": 1, "旧海报": 3},
        "messages": {"text": 40, "image": 2},
        "faq": {"answer": 30, "clarify": 5, "miss": 5, "suggestion": 4},
        "faq.entries": {f"entry-{number:02d}": 20 - number for number in range(14)},
        "human": {"transfer": 2},
        "marketing": {"opted_out": 1},
        "hours": {"09": 20, "20": 31},
        "coupons": {"taken": 2},
    }
    return Figures(**{"account": ACCOUNT, "day": day, "entries": 90, "active": 25, "counts": counts, **changes})


def run(table: Table, *arguments: str) -> int:
    return ops.main(["figures", "--account", ACCOUNT, *arguments], open_table=lambda: table)


def test_the_table_tells_each_day_and_their_sum(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(table, *FIRST_TO_THIRD) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "demo　2026-03-01 至 2026-03-03（上海时间）"
    assert lines[2].split() == [
        "日期", "关注", "其中回来", "取关", "净增", "活跃会员", "消息", "已回答", "反问", "没答上", "转人工", "退订",
    ]  # fmt: skip
    assert lines[3].split() == ["2026-03-01", "9", "2", "4", "5", "25", "42", "30", "5", "5", "2", "1"]
    assert lines[4].split() == ["2026-03-02", *["–"] * 11, "没有统计"]
    assert lines[5].split()[-3:] == ["截至", "03-03", "12:00"]
    assert lines[6].split() == ["合计", "18", "4", "8", "10", "–", "84", "60", "10", "10", "4", "2"]


def test_columns_are_in_line_though_some_letters_are_wide() -> None:
    assert terminal.columns([["渠道", "净增"], ["store-01", "+1"], ["（无渠道）", "-12"]]) == [
        "渠道        净增",
        "store-01      +1",
        "（无渠道）   -12",
    ]


def test_channels_are_told_by_what_they_brought(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, *FIRST_TO_THIRD)

    said = capsys.readouterr().out
    channels = said[said.index("渠道 ") :].splitlines()[1:4]
    assert [line.split() for line in channels] == [
        ["store-01", "12", "2", "+10"],
        ["（无渠道）", "6", "0", "+6"],
        ["旧海报", "0", "6", "-6"],
    ]


def test_every_group_is_told_in_chinese_and_long_ones_are_cut(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, *FIRST_TO_THIRD)

    said = capsys.readouterr().out
    assert "常见问题\n  直接回答  60\n" in said
    assert "  另 2 项   30\n" in said
    assert said.endswith("coupons\n  taken  4\n")
    assert "互动时段" not in said


def test_many_channels_are_added_up(capsys: pytest.CaptureFixture[str]) -> None:
    with memory_table() as table:
        codes = {f"qr-{number:02d}": 1 for number in range(20)}
        table.write([some_figures("2026-03-01", counts={"channels.in": codes}).put()])

        run(table, "--from", "2026-03-01", "--to", "2026-03-01")

    assert "另 8 个渠道     8     0    +8" in capsys.readouterr().out


def test_an_account_without_figures_has_empty_days(capsys: pytest.CaptureFixture[str]) -> None:
    with memory_table() as table:
        assert run(table, *FIRST_TO_THIRD) == 0
        assert capsys.readouterr().out.count("没有统计") == 3
        assert run(table, *FIRST_TO_THIRD, "--format", "html") == 0

    assert "3 天没有统计" in capsys.readouterr().out


def test_csv_has_a_line_per_figure_and_opens_in_excel(table: Table, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"

    run(table, *FIRST_TO_THIRD, "--format", "csv", "--out", str(file))

    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert rows[0] == {
        "日期": "2026-03-01", "已结账": "是", "类别": "会员", "项目": "活跃会员", "类别代号": "members",
        "项目代号": "active", "数量": "25",
    }  # fmt: skip
    numbers = {(row["日期"], row["类别代号"], row["项目代号"]): int(row["数量"]) for row in rows}
    assert numbers["2026-03-03", "faq", "answer"] == 30
    assert numbers["2026-03-03", "journal", "entries"] == 90


def test_a_channel_cannot_make_a_spreadsheet_calculate(capsys: pytest.CaptureFixture[str]) -> None:
    with memory_table() as table:
        counts = {"channels.in": {"=HYPERLINK(1)": 1, "+1": 1, "plain": 1}}
        table.write([some_figures("2026-03-01", counts=counts).put()])

        run(table, *FIRST_TO_THIRD, "--format", "csv")

    cells = [cell for row in csv.reader(io.StringIO(capsys.readouterr().out)) for cell in row]
    assert {"'=HYPERLINK(1)", "'+1", "plain"} <= set(cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+"))]


def test_json_has_everything(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, *FIRST_TO_THIRD, "--format", "json")

    told = json.loads(capsys.readouterr().out)
    assert told["account"] == ACCOUNT
    assert [(day["day"], day["final"], day["as_of"]) for day in told["days"]] == [
        ("2026-03-01", True, None),
        ("2026-03-03", False, "2026-03-03T04:00:00.000Z"),
    ]
    assert told["days"][0]["counts"]["follows"] == {"again": 1, "new": 7, "returned": 2}


def test_the_page_opens_offline_and_tells_the_same(
    table: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.html"

    assert run(table, *FIRST_TO_THIRD, "--format", "html", "--out", str(file)) == 0

    text = file.read_text(encoding="utf-8")
    assert capsys.readouterr().out == f"已写入 {file}\n"
    assert not re.search(r"https?:|<script|<link|@import|url\(", text)
    assert "03-03 还没结账，截至 03-03 12:00；1 天没有统计" in text
    assert "<b>+10</b><span>净增</span>" in text
    assert "<b>75%</b><span>自动回答率</span>" in text
    assert "另 2 项，见 CSV" in text
    assert text.count("<svg") == 4
    for drawing in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        xml.dom.minidom.parseString(drawing)


def test_days_that_are_not_closed_are_pale(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    run(table, *FIRST_TO_THIRD, "--format", "html")

    assert capsys.readouterr().out.count('<g class="pale"><title>03-03') == 3


def test_no_name_from_outside_becomes_markup() -> None:
    counts = {"channels.in": {EVIL: 3}, "other": {EVIL: 1}, EVIL: {"x": 1}}
    days = [some_figures("2026-03-01", counts=counts, account=EVIL)]

    text = page.render(
        period(EVIL, datetime(2026, 3, 1, tzinfo=UTC).date(), datetime(2026, 3, 1, tzinfo=UTC).date(), days)
    )

    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 5


def test_figures_can_be_counted_from_the_journal_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with memory_table() as table:
        for number in range(3):
            entry = Entry(ACCOUNT, f"id-{number}", NOON, "text", "faq.miss", f"m-{number % 2}")
            table.write([entry.put()])

        run(table, "--from", "2026-03-04", "--to", "2026-03-04", "--format", "json", "--recount")

    (day,) = json.loads(capsys.readouterr().out)["days"]
    assert (day["entries"], day["active"], day["counts"]["faq"]) == (3, 2, {"miss": 3})


@pytest.mark.parametrize(
    ("first", "last"), [("2026-03-02", "2026-03-01"), ("2024-01-01", "2026-03-01")], ids=["turned round", "too long"]
)
def test_impossible_days_are_refused(table: Table, first: str, last: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(table, "--from", first, "--to", last) == 1
    assert "--from 不能晚于 --to，且最多 400 天" in capsys.readouterr().err


def test_what_is_no_day_is_refused(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(table, "--from", "昨天", "--to", "2026-03-01")

    assert ended.value.code == 2
    assert "昨天 不是日期，应当像 2026-03-01" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reach", "step"), [(0, 1), (4, 1), (5, 2), (8, 2), (20, 5), (21, 10), (1000, 500), (401, 200)]
)
def test_grid_lines_stand_at_round_numbers(reach: int, step: int) -> None:
    assert chart.step(reach) == step


def test_a_chart_without_anything_still_has_its_axis() -> None:
    drawn = chart.bars("空", ["03-01"], [Series("关注", "a", (0,)), Series("取关", "b", (0,), below=True)])

    assert 'class="zero"' in drawn
    assert 'class="a"' not in drawn


@pytest.mark.parametrize(("text", "places"), [("abc", 3), ("会员", 4), ("（无）", 6), ("e\u0301", 1), ("ab\u200d", 2)])
def test_places_on_a_terminal(text: str, places: int) -> None:
    assert terminal.width(text) == places


def test_a_day_that_was_never_counted_to_the_end_says_so() -> None:
    assert terminal.as_of(None) == "尚未数完"


def test_names_without_a_translation_are_shown_as_they_are() -> None:
    assert names.of_figure("faq", "miss") == "没答上"
    assert names.of_figure("push", "delivered") == "delivered"
    assert names.of_figure("faq.entries", "(none)") == "（无）"
    assert names.of_figure("scans", "(rest)") == "（其余）"
    assert names.of_group("push") == "push"
