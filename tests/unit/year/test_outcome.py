"""What is kept of a year."""

from pathlib import Path

from infra.local.year.outcome import Outcome


def test_the_busiest_day_of_each_call_is_known() -> None:
    outcome = Outcome("off")

    outcome.counted("2026-01-01", followers=3, lively=2, calls={"/send": 5})
    outcome.counted("2026-01-02", followers=4, lively=2, calls={"/send": 6, "/get": 1})

    assert outcome.busiest == {"/send": 5, "/get": 1}
    assert outcome.calls == {"/send": 6, "/get": 1}
    assert outcome.followers == [3, 4]


def test_a_year_that_is_saved_is_read_as_it_was(tmp_path: Path) -> None:
    outcome = Outcome("policies", heard={"points": 2}, paused={"reactivation.points": "unfollows"})
    outcome.counted("2026-01-01", followers=3, lively=2, calls={"/send": 5})

    outcome.save(tmp_path / "one.json")

    assert Outcome.load(tmp_path / "one.json") == outcome
