"""What operators see when they ask how the FAQ did."""

import argparse
import json
import xml.dom.minidom
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.faq import publishing
from chalicelib.store.figures import Figures
from chalicelib.store.miss import Miss
from chalicelib.store.table import Table
from infra import ops_faq_report
from tests.builders import ACCOUNT, NOON, a_release, an_entry
from tests.support.tables import memory_table

DAYS = ("--from", "2026-03-01", "--to", "2026-03-02")
EVIL = "<script>alert(1)"
COUNTS = {
    "faq": {"answer": 70, "clarify": 20, "miss": 10, "suggestion": 15, "helpful": 6, "unhelpful": 9},
    "faq.entries": {"hours": 60, "gone": 10},
    "faq.helpful": {"hours": 4, "parking": 2},
    "faq.unhelpful": {"hours": 1, "parking": 6, "gone": 2},
    "human": {"transfer": 5, "ticket.opened": 3, "closed": 1},
}
RELEASE = a_release(
    an_entry("hours", title="几点开门"),
    an_entry("parking", title="能停车吗", questions=("附近有停车场吗",)),
    an_entry("person", title="找客服", answer="", human=True, questions=()),
)


def a_miss(key: str, **changes: Any) -> Miss:
    given = {"text": f"问题{key}", "count": 0, "first_day": "2026-03-01", "last_day": "2026-03-02",
             "confidence": 20, "nearest": ("parking",)}  # fmt: skip
    return Miss(ACCOUNT, key, **{**given, **changes})


@pytest.fixture
def table() -> Iterator[Table]:
    """The first day is final, the second was not counted."""
    with memory_table() as table:
        publishing.publish(table, ACCOUNT, RELEASE)
        table.write([Figures(ACCOUNT, "2026-03-01", 9, counts=COUNTS, final=True).put()])
        misses = (a_miss("m1"), a_miss("m2", text=EVIL, nearest=()), a_miss("m3", first_day="2026-04-01"))
        for miss in misses:
            table.write([miss.once_more(NOON)])
        table.write([a_miss("m4").once_more(NOON)])
        table.write([a_miss("m4").learnt("hours", NOON)])
        yield table


def run(table: Table, *arguments: str) -> None:
    parser = argparse.ArgumentParser()
    ops_faq_report.add_report(parser.add_subparsers())
    options = parser.parse_args(["report", "--account", ACCOUNT, *DAYS, *arguments])
    options.run(options, lambda: table)


def test_the_report_says_how_questions_were_answered_and_what_to_mend(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    run(table)

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["demo 的常见问题　2026-03-01 至 2026-03-02（上海时间）", "　1 天没有统计"]
    assert {"提问　100", "直接回答　70.0%", "反问　20.0%", "反问后选中　75.0%", "没答上　10.0%",
            "转人工　5", "非服务时间的工单　4", "觉得有帮助　40.0%"} <= set(lines)  # fmt: skip
    assert "  问题m1　1 次（m1，最接近 能停车吗）" in lines
    assert "  能停车吗（parking）　有帮助 2，没帮助 6" in lines
    assert lines[-2:] == ["没有人问到的条目", "  能停车吗（parking）"]


def test_what_was_learned_or_asked_at_another_time_is_left_out(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    run(table, "--format", "json")

    told = json.loads(capsys.readouterr().out)
    assert sorted(miss["key"] for miss in told["misses"]) == ["m1", "m2"]
    assert told["unhelpful_entries"] == [{"entry_id": "parking", "title": "能停车吗", "helpful": 2, "unhelpful": 6}]
    assert (told["asked"], told["answered"], told["idle_entries"]) == (100, 70, ["parking"])


def test_the_page_is_whole_and_shows_no_markup_of_followers(table: Table, tmp_path: Path) -> None:
    page = tmp_path / "faq.html"

    run(table, "--format", "html", "--out", str(page))

    text = page.read_text(encoding="utf-8")
    assert "&lt;script&gt;" in text
    assert "<script" not in text
    for drawing in text.split("<svg")[1:]:
        xml.dom.minidom.parseString(f"<svg{drawing.split('</svg>')[0]}</svg>")


def test_where_so_many_entries_were_hit_that_some_are_not_named_none_is_called_idle(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"faq": {"answer": 9}, "faq.entries": {"hours": 1, "(rest)": 8}}
    table.write([Figures(ACCOUNT, "2026-03-02", 9, counts=counts, final=True).put()])

    run(table)

    assert "没有人问到的条目" not in capsys.readouterr().out


def test_long_lists_are_cut_on_a_terminal(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(40):
        table.write([a_miss(f"x{number}").once_more(NOON)])

    run(table)

    assert "  另 30 个，见 --format json" in capsys.readouterr().out


def test_a_quiet_period_has_no_shares(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with memory_table() as table:
        run(table)
        run(table, "--format", "html", "--out", str(tmp_path / "a.html"))

    assert "直接回答　–" in capsys.readouterr().out
    assert "没有" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_a_day_that_is_not_over_is_said_to_be_so(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    table.write([Figures(ACCOUNT, "2026-03-02", 9, counts=COUNTS, as_of=NOON).put()])

    run(table)

    assert "　03-02 还没结账，截至 03-04 12:00" in capsys.readouterr().out
