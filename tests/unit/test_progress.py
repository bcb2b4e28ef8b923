"""What an operator sees while a long command runs."""

from io import StringIO

import pytest

from infra.progress import Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Watch:
    """Stands until it is set."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_a_terminal_shows_one_line_that_moves() -> None:
    stream, watch = Terminal(), Watch()
    progress = Progress(1000, "行", stream=stream, clock=watch)

    watch.time = 10.0
    progress.show(250)
    watch.time = 10.1
    progress.show(260)
    watch.time = 40.0
    progress.show(1000)
    progress.end()

    first, *others = stream.getvalue().strip("\r").split("\r")
    assert first == "██████░░░░░░░░░░░░░░░░░░  25%　250 行　每秒 25 行，还要 30 秒\x1b[K"
    assert [line.split("　")[1] for line in others] == ["1,000 行", "1,000 行"]
    assert stream.getvalue().endswith("100%　1,000 行　每秒 25 行\x1b[K\n")


@pytest.mark.parametrize("stream", [Terminal(), StringIO()])
def test_it_is_there_before_anything_is_done(stream: StringIO) -> None:
    Progress(3_000, "行", stream=stream, clock=Watch()).begin()

    assert "0%　0 行" in stream.getvalue()


def test_what_is_printed_meanwhile_has_a_line_of_its_own() -> None:
    terminal, file = Terminal(), StringIO()

    Progress(10, "行", stream=terminal).make_way()
    Progress(10, "行", stream=file).make_way()

    assert terminal.getvalue() == "\r\x1b[K"
    assert file.getvalue() == ""


def test_a_log_file_gets_a_line_now_and_then() -> None:
    stream, watch = StringIO(), Watch()
    progress = Progress(100, "行", stream=stream, clock=watch)

    for second in range(25):
        watch.time = float(second)
        progress.show(second)
    progress.end()

    assert [line.split("　")[1] for line in stream.getvalue().splitlines()] == ["10 行", "20 行", "24 行"]
    assert "\r" not in stream.getvalue()


def test_the_end_is_told_in_a_log_file_too_and_once() -> None:
    stream = StringIO()
    progress = Progress(600, "行", stream=stream, clock=Watch())

    progress.begin()
    progress.show(600)
    progress.end()
    progress.end()

    assert [line.split("　")[:2] for line in stream.getvalue().splitlines()] == [
        ["░" * 24 + "   0%", "0 行"],
        ["█" * 24 + " 100%", "600 行"],
    ]


@pytest.mark.parametrize(("total", "left"), [(160, "还要 1 分钟"), (6_100, "还要 1 小时 40 分钟"), (110, "还要 10 秒")])
def test_the_time_that_is_left_is_told_as_people_do(total: int, left: str) -> None:
    stream, watch = Terminal(), Watch()
    progress = Progress(total, "行", before=90, stream=stream, clock=watch)

    watch.time = 10.0
    progress.show(100)

    assert left in stream.getvalue()


def test_nothing_done_yet_promises_nothing() -> None:
    stream, watch = Terminal(), Watch()
    progress = Progress(0, "行", stream=stream, clock=watch)

    watch.time = 5.0
    progress.show(0)

    assert "还要" not in stream.getvalue()
