"""What a year leaves to be read."""

from pathlib import Path
from queue import Queue

from infra.local.year import run
from infra.local.year.outcome import Outcome
from infra.local.year.run import Day, Order


def test_a_year_with_policies_leaves_the_operators_own_reports(tmp_path: Path) -> None:
    days: Queue[Day] = Queue()
    run.report_to(days)

    told = run.year(Order("policies", 6, 3, 1, tmp_path))

    assert [days.get_nowait().day for _ in range(3)] == ["2026-01-01", "2026-01-02", "2026-01-03"]
    assert Outcome.load(tmp_path / "policies.json") == told.outcome
    assert list(told.links) == [
        "唤醒报告：问过的事解决了没有", "唤醒报告：每月群发", "唤醒报告：积分到期提醒", "唤醒报告：时令上新",
        "推送：结果和原因", "会员数字",
    ]  # fmt: skip
    assert all("</html>" in (tmp_path / name).read_text(encoding="utf-8") for name in told.links.values())


def test_a_year_without_them_leaves_only_its_outcome(tmp_path: Path) -> None:
    told = run.year(Order("off", 3, 2, 1, tmp_path))

    assert told.links == {}
    assert [path.name for path in tmp_path.iterdir()] == ["off.json"]
