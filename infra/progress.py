"""How far a long command has come, on one line of the terminal; in a log file, a line now and then."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

WIDTH = 24
OFTEN, SELDOM = 0.2, 10.0
"""Seconds between two updates on a terminal, and in a file."""


class Progress:
    """`total` may be an estimate. `before` are those that an earlier run has done."""

    def __init__(
        self,
        total: int,
        unit: str,
        *,
        before: int = 0,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total, self._unit, self._before = max(total, 1), unit, before
        self._stream = stream or sys.stderr
        self._clock = clock
        self._began = self._shown = clock()
        self._done = before
        self._is_terminal = self._stream.isatty()
        self._written = -1

    def begin(self) -> None:
        """Written at once: whoever waits for the first update sees that it has begun."""
        self._write()

    def show(self, done: int, *, of: int = 0) -> None:
        """So many are done, `of` so many, where that was not known before. Written only as often as someone would read
        it."""
        self._done, self._total = done, of or self._total
        now = self._clock()
        if now - self._shown >= (OFTEN if self._is_terminal else SELDOM):
            self._shown = now
            self._write()

    def make_way(self) -> None:
        """Something else is going to be printed: the line comes back below it."""
        if self._is_terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def end(self) -> None:
        """The last state, where a file has it not yet, and a new line."""
        if self._is_terminal:
            self._write()
            self._stream.write("\n")
        elif self._written != self._done:
            self._write()

    def _write(self) -> None:
        self._written = self._done
        start, end = ("\r", "\x1b[K") if self._is_terminal else ("", "\n")
        self._stream.write(f"{start}{self._line()}{end}")
        self._stream.flush()

    def _line(self) -> str:
        share = min(self._done / self._total, 1)
        bar = "█" * int(share * WIDTH) + "░" * (WIDTH - int(share * WIDTH))
        seconds = max(self._clock() - self._began, 0.001)
        rate = (self._done - self._before) / seconds
        left = f"，还要 {_duration((self._total - self._done) / rate)}" if rate > 0 and share < 1 else ""
        return f"{bar} {share:4.0%}　{self._done:,} {self._unit}　每秒 {rate:,.0f} {self._unit}{left}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{max(seconds, 0):.0f} 秒"
    minutes = round(seconds / 60)
    return f"{minutes} 分钟" if minutes < 60 else f"{minutes // 60} 小时 {minutes % 60} 分钟"
