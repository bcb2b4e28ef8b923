"""What an operator sees while the years are played."""

from io import StringIO

from infra.local.year.board import Board
from infra.local.year.run import Day


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_line_that_moves() -> None:
    stream = Terminal()
    board = Board(["policies", "off"], 4, stream=stream)

    board.show(Day("policies", "2026-01-01", 1_203))
    board.show(Day("off", "2026-01-01", 7))
    board.end()

    first, second = stream.getvalue().strip("\r\n").split("\r")
    assert first.strip("\x1b[K") == "██████░░░░░░░░░░░░░░░░░░  25%　按策略 01-01 1,203 人　不唤醒 等待"
    assert second.strip("\x1b[K").endswith(" 50%　按策略 01-01 1,203 人　不唤醒 01-01 7 人")


def test_a_log_file_gets_a_line_now_and_then() -> None:
    stream = StringIO()
    board = Board(["off"], 100, stream=stream)

    for number in range(100):
        board.show(Day("off", f"2026-01-{number % 28 + 1:02d}", number))
    board.end()

    assert len(stream.getvalue().splitlines()) == 10
