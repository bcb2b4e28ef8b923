"""Shares and differences with their intervals as SVG: no script, colours from the page's style sheet."""

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor
from typing import NamedTuple

from infra.figures.chart import step

WIDTH, LINE, TOP, BOTTOM = 440, 44, 8, 26
LEFT, RIGHT = 64, 16
FINE = 100_000
"""Shares are drawn in steps of a hundred-thousandth."""
DOT, REACH = 5.5, 3


class Span(NamedTuple):
    """One line: where it is likeliest, and between what it may be. Shares of one."""

    title: str
    colour: str
    value: float
    low: float
    high: float


class Scale(NamedTuple):
    """What the paper is wide, in hundred-thousandths."""

    low: int
    high: int
    step: int

    def x(self, share: float) -> float:
        return LEFT + (share * FINE - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT)


def spans(title: str, lines: Sequence[Span]) -> str:
    """One below the other, over a scale that shows nought."""
    scale = _scale(lines)
    drawn = "".join(
        (*_grid(scale, len(lines)), *(part for at, one in enumerate(lines) for part in _span(one, at, scale)))
    )
    told = escape(f"{title}：{'；'.join(map(_told, lines))}")
    return f'<svg viewBox="0 0 {WIDTH} {_height(len(lines))}" role="img" aria-label="{told}">{drawn}</svg>'


def percent(share: float) -> str:
    return f"{share:.2%}".replace("-", "−")


def _scale(lines: Sequence[Span]) -> Scale:
    low = floor(min(0.0, *(one.low for one in lines)) * FINE)
    high = ceil(max(0.0, *(one.high for one in lines)) * FINE)
    distance = step(max(1, high - low))
    return Scale(floor(low / distance) * distance, max(1, ceil(high / distance)) * distance, distance)


def _grid(scale: Scale, lines: int) -> Iterator[str]:
    bottom = TOP + lines * LINE
    for value in range(scale.low, scale.high + 1, scale.step):
        x, look = scale.x(value / FINE), "grid" if value else "zero"
        label = f"{value / (FINE / 100):g}%".replace("-", "−")
        yield f'<line class="{look}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text class="tick" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{label}</text>'


def _span(one: Span, at: int, scale: Scale) -> Iterator[str]:
    y, left, right = TOP + (at + 0.5) * LINE, scale.x(one.low), scale.x(one.high)
    yield f'<text class="tick" x="0" y="{y + 4:.1f}">{escape(one.title)}</text>'
    yield f"<g><title>{escape(_told(one))}</title>"
    yield (
        f'<rect class="{one.colour}" x="{left:.1f}" y="{y - REACH / 2:.1f}" width="{max(right - left, 1):.1f}" '
        f'height="{REACH}" rx="1.5"/>'
    )
    yield f'<circle class="{one.colour}" cx="{scale.x(one.value):.1f}" cy="{y:.1f}" r="{DOT}"/></g>'


def _told(one: Span) -> str:
    return f"{one.title} {percent(one.value)}（{percent(one.low)} 到 {percent(one.high)}）"


def _height(lines: int) -> int:
    return TOP + lines * LINE + BOTTOM
