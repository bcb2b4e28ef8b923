"""`make demo`, short: three years of a few days, each in a process of its own."""

from pathlib import Path

import pytest

from infra.local.year.__main__ import main


def test_the_demo_ends_with_the_three_ways_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--people", "6", "--days", "3", "--into", str(tmp_path)])

    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    links = sorted(path.name for path in tmp_path.glob("*.html") if f'href="{path.name}"' in page)
    assert code == 0
    assert len(links) == 6
    assert [line.partition("：")[0] for line in capsys.readouterr().out.splitlines()] == [
        "按策略", "每周群发", "不唤醒", "比较和报告",
    ]  # fmt: skip
