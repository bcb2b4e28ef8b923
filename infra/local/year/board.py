"""How far the years are, on one line of the terminal; in a log file, a line now and then."""

import sys
from collections.abc import Sequence
from typing import TextIO

from infra.local.year.page import TITLES
from infra.local.year.run import Day

WIDTH = 24
PARTS = 10
"""In a file, a line for each of them."""


class Board:
    """`days` is how many there are of all the years together."""

    def __init__(self, ways: Sequence[str], days: int, *, stream: TextIO | None = None) -> None:
        self._newest: dict[str, Day] = {way: Day(way, "", 0) for way in ways}
        self._days = max(days, 1)
        self._stream = stream or sys.stderr
        self._done = 0
        self._written = 0

    def show(self, day: Day) -> None:
        """One of the years is a day further."""
        self._newest[day.way] = day
        self._done += 1
        if self._stream.isatty():
            self._stream.write(f"\r{self._line()}\x1b[K")
            self._stream.flush()
        elif self._done * PARTS // self._days > self._written:
            self._written = self._done * PARTS // self._days
            print(self._line(), file=self._stream, flush=True)

    def end(self) -> None:
        if self._stream.isatty():
            print(file=self._stream)

    @property
    def _share(self) -> float:
        return min(self._done / self._days, 1.0)

    def _line(self) -> str:
        bar = "█" * int(self._share * WIDTH) + "░" * (WIDTH - int(self._share * WIDTH))
        return f"{bar} {self._share:4.0%}　" + "　".join(map(_told, self._newest.values()))


def _told(day: Day) -> str:
    title = TITLES[day.way]
    return f"{title} {day.day[5:]} {day.followers:,} 人" if day.day else f"{title} 等待"
