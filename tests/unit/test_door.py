"""What every Lambda does at its door: it logs without telling, counts, goes on, and stops in time."""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.door import Deadline, answering, count, door, each, failed, log
from chalicelib.errors import Broken, Unavailable
from tests.support.logs import logged

SECRET = "a follower's words"


@pytest.fixture(autouse=True)
def metrics_are_emitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED", raising=False)


def metrics(captured: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.splitlines()]


def plenty() -> float:
    return 60.0


def breaks(_record: str = "") -> str:
    raise ValueError(SECRET)


# Lines.


def test_a_line_says_what_happened_when_and_with_which_values() -> None:
    with logged() as written:
        log.warning("门店.opened", extra={"account": "demo", "messages": 2})

    (line,) = written.lines
    at = datetime.fromisoformat(line.pop("timestamp"))
    assert abs(datetime.now(UTC) - at) < timedelta(seconds=5)
    assert line == {
        "level": "WARNING",
        "message": "门店.opened",
        "service": "huiyuan",
        "account": "demo",
        "messages": 2,
    }
    assert "门店" in written.text


def test_a_line_is_one_line_and_holds_no_traceback_even_when_asked_to() -> None:
    with logged() as written:
        try:
            breaks()
        except ValueError:
            log.exception("first\nsecond")

    assert len(written.text.splitlines()) == 1
    assert SECRET not in written.text


# Metrics.


def test_a_metric_is_a_line_that_cloudwatch_understands(capsys: pytest.CaptureFixture[str]) -> None:
    count("Refused", 2, account="demo")

    (line,) = metrics(capsys.readouterr().out)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "Huiyuan",
        "Dimensions": [["stage"], ["stage", "account"]],
        "Metrics": [{"Name": "Refused", "Unit": "Count"}],
    }
    assert isinstance(line["_aws"]["Timestamp"], int)
    assert (line["Refused"], line["stage"], line["account"]) == ([2.0], "dev", "demo")


def test_a_metric_has_the_unit_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    count("Age", 12.5, unit="Seconds")

    (line,) = metrics(capsys.readouterr().out)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Metrics"] == [{"Name": "Age", "Unit": "Seconds"}]
    assert directive["Dimensions"] == [["stage"]]
    assert line["Age"] == [12.5]


# A door of a queue or a schedule.


def test_a_door_hands_through_what_comes_and_goes() -> None:
    @door
    def work_do(event: str, *, times: int) -> str:
        return event * times

    with logged() as written:
        assert work_do("a", times=2) == "aa"

    assert work_do.__name__ == "work_do"
    assert not written.lines


def test_an_unexpected_error_is_logged_by_place_and_class_and_raised_without_its_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    guarded = door(breaks)

    with logged() as written, pytest.raises(Broken) as raised:
        guarded("record")

    (line,) = written.lines
    assert (line["level"], line["message"]) == ("ERROR", "door.failed")
    assert (line["door"], line["error"]) == ("breaks", "ValueError")
    assert line["where"].startswith("test_door.py:")
    assert "door.py:" in line["where"]
    assert str(raised.value) == "breaks: ValueError"
    assert raised.value.__suppress_context__
    assert raised.value.__cause__ is None
    assert SECRET not in written.text + str(raised.value) + capsys.readouterr().out


def test_an_error_of_our_own_is_raised_as_it_is() -> None:
    def entry() -> None:
        raise Unavailable("the table is away")

    with logged() as written, pytest.raises(Unavailable, match="the table is away"):
        door(entry)()

    assert written.lines[0]["error"] == "Unavailable"
    assert "the table is away" not in written.text


def test_a_failure_is_counted_by_door(capsys: pytest.CaptureFixture[str]) -> None:
    failed("tick", KeyError(SECRET))

    (line,) = metrics(capsys.readouterr().out)
    assert (line["Failed"], line["door"]) == ([1.0], "tick")


def test_an_error_that_was_never_raised_has_no_place() -> None:
    with logged() as written:
        failed("tick", KeyError(SECRET))

    assert written.lines[0]["where"] == ""
    assert SECRET not in written.text


def test_the_place_of_an_error_is_its_innermost_frames() -> None:
    def deep(left: int) -> None:
        if not left:
            raise LookupError(SECRET)
        deep(left - 1)

    with logged() as written, pytest.raises(Broken):
        door(lambda: deep(20))()

    frames = written.lines[0]["where"].split(" < ")
    assert len(frames) == 6
    assert all(frame.startswith("test_door.py:") for frame in frames)


def test_what_is_no_error_passes_the_door_unlogged() -> None:
    def stops() -> None:
        raise KeyboardInterrupt

    with logged() as written, pytest.raises(KeyboardInterrupt):
        door(stops)()

    assert not written.lines


# Batches.


def test_a_batch_goes_on_after_an_error_of_one_record(capsys: pytest.CaptureFixture[str]) -> None:
    done = []

    def work(record: str) -> None:
        if record == "b":
            breaks()
        done.append(record)

    with logged() as written:
        each(["a", "b", "c"], work, name="work_do", least=10, left=plenty)

    assert done == ["a", "c"]
    (line,) = written.lines
    assert (line["message"], line["door"], line["error"]) == ("door.failed", "work_do", "ValueError")
    assert SECRET not in written.text + capsys.readouterr().out


def test_a_batch_stops_when_too_little_time_is_left() -> None:
    done: list[str] = []
    seconds = iter((30.0, 10.0, 9.9, 60.0))

    with logged() as written:
        each(["a", "b", "c", "d"], done.append, name="work_do", least=10, left=lambda: next(seconds))

    assert done == ["a", "b"]
    (line,) = written.lines
    assert (line["message"], line["level"], line["door"]) == ("door.out_of_time", "WARNING", "work_do")


def test_an_empty_batch_is_no_happening() -> None:
    with logged() as written:
        each((), breaks_quietly, name="work_do", least=10, left=lambda: 0)

    assert not written.lines


def breaks_quietly(record: str) -> None:
    breaks(record)


# HTTP.


def test_an_answer_is_handed_through() -> None:
    assert answering(lambda: "answer", name="receive", instead="broken")() == "answer"


def test_an_answer_that_fails_is_replaced_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    with logged() as written:
        said = answering(breaks, name="receive", instead="broken")()

    assert said == "broken"
    assert [(line["door"], line["error"]) for line in written.lines] == [("receive", "ValueError")]
    assert SECRET not in written.text + capsys.readouterr().out


# Time and noise.


def test_a_deadline_counts_down_on_its_own_clock() -> None:
    seconds = iter((100.0, 101.5, 104.2, 105.0))

    deadline = Deadline(4.2, monotonic=lambda: next(seconds))

    assert [round(deadline.left(), 6) for _ in range(3)] == [2.7, 0.0, -0.8]


def test_a_deadline_runs_on_the_monotonic_clock_unless_told_otherwise() -> None:
    assert 59 < Deadline(60).left() <= 60


@pytest.mark.parametrize("library", ["urllib3", "urllib3.connectionpool", "wechatpy", "wechatpy.client"])
def test_libraries_that_would_log_addresses_with_tokens_are_kept_quiet(library: str) -> None:
    assert not logging.getLogger(library).isEnabledFor(logging.INFO)


@pytest.mark.parametrize("wrap", [door, lambda entry: answering(entry, name="x", instead=None)])
def test_one_failure_is_one_line(wrap: Callable[[Callable[[], object]], Callable[[], object]]) -> None:
    with logged() as written, suppress(Broken):
        wrap(breaks)()

    assert len(written.lines) == 1
