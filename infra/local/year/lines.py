"""Lines over a year as SVG: no script, nothing from elsewhere, colours from the page's style sheet."""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from math import ceil
from typing import NamedTuple

from infra.figures.chart import step

WIDTH, HEIGHT = 1060, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 116, 14, 28
APART = 16
"""Between the names at the lines' ends."""


class Line(NamedTuple):
    """One number per day."""

    title: str
    colour: str
    values: Sequence[int]


class Scale(NamedTuple):
    """From numbers to the paper."""

    high: int
    step: int
    days: int

    def x(self, day: int) -> float:
        return LEFT + day / max(1, self.days - 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return TOP + (self.high - value) / self.high * (HEIGHT - TOP - BOTTOM)


def lines(title: str, days: Sequence[str], drawn: Sequence[Line]) -> str:
    """All of them over the same days, the first one above the others; each with its name and its last number."""
    scale = _scale(drawn, len(days))
    parts = "".join((*_grid(scale), *_months(days, scale), *map(_line(scale), reversed(drawn)), *_names(drawn, scale)))
    told = escape(f"{title}：{'；'.join(f'{one.title} {one.values[-1]:,}' for one in drawn)}")
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">{parts}</svg>'


def _scale(drawn: Sequence[Line], days: int) -> Scale:
    most = max((value for one in drawn for value in one.values), default=0)
    distance = step(most)
    return Scale(max(1, ceil(most / distance)) * distance, distance, days)


def _grid(scale: Scale) -> Iterator[str]:
    for value in range(0, scale.high + 1, scale.step):
        y = scale.y(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>'


def _months(days: Sequence[str], scale: Scale) -> Iterator[str]:
    for number, day in enumerate(days):
        if day.endswith("-01"):
            yield f'<text class="tick" x="{scale.x(number):.1f}" y="{HEIGHT - 8}">{int(day[5:7])}月</text>'


def _line(scale: Scale) -> Callable[[Line], str]:
    def drawn(one: Line) -> str:
        points = " ".join(f"{scale.x(day):.1f},{scale.y(value):.1f}" for day, value in enumerate(one.values))
        return f'<polyline class="line-{one.colour}" points="{points}"/>'

    return drawn


def _names(drawn: Sequence[Line], scale: Scale) -> Iterator[str]:
    """From above to below, none upon another."""
    y = 0.0
    for one in sorted(drawn, key=lambda one: -one.values[-1]):
        y = max(scale.y(one.values[-1]) + 4, y + APART)
        yield f'<text class="tick" x="{WIDTH - RIGHT + 8}" y="{y:.1f}">{escape(one.title)} {one.values[-1]:,}</text>'
