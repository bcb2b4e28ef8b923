"""Bars over days or hours as SVG: no script, nothing from elsewhere, colours from the page's style sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 12, 26
TICKS = 4
MOST_LABELS = 10


@dataclass(frozen=True, slots=True)
class Series:
    """One colour. `below` hangs down from the line of zero."""

    title: str
    colour: str
    values: tuple[int, ...]
    below: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a number stands on the paper."""

    low: int
    high: int
    step: int
    slots: int

    def y(self, value: float) -> float:
        return TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)

    def x(self, slot: int) -> float:
        """The middle of a slot."""
        return LEFT + (slot + 0.5) * self.slot

    @property
    def slot(self) -> float:
        return (WIDTH - LEFT - RIGHT) / self.slots

    @property
    def bar(self) -> float:
        return min(self.slot * 0.68, 36)


def bars(title: str, labels: Sequence[str], series: Sequence[Series], *, pale: frozenset[int] = frozenset()) -> str:
    """The series piled upon each other. The slots in `pale` are not counted to the end yet."""
    scale = _scale(series, len(labels))
    drawn = "".join((*_grid(scale), *_labels(labels, scale), *_bars(labels, series, scale, pale), _zero(scale)))
    told = escape(f"{title}：{'、'.join(one.title for one in series)}")
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">{drawn}</svg>'


def step(reach: int) -> int:
    """The distance of grid lines: 1, 2 or 5 times a power of ten, so that there are about TICKS of them."""
    power = 1
    while True:
        for times in (1, 2, 5):
            if reach <= times * power * TICKS:
                return times * power
        power *= 10


def _scale(series: Sequence[Series], slots: int) -> Scale:
    above = max(map(sum, zip(*(one.values for one in series if not one.below), strict=True)), default=0)
    below = max(map(sum, zip(*(one.values for one in series if one.below), strict=True)), default=0)
    distance = step(above + below)
    high = max(1, ceil(above / distance)) * distance
    return Scale(-ceil(below / distance) * distance, high, distance, slots)


def _grid(scale: Scale) -> Iterator[str]:
    for value in range(scale.low, scale.high + 1, scale.step):
        y = scale.y(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{abs(value)}</text>'


def _zero(scale: Scale) -> str:
    return f'<line class="zero" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{scale.y(0):.1f}" y2="{scale.y(0):.1f}"/>'


def _labels(labels: Sequence[str], scale: Scale) -> Iterator[str]:
    """Every label, or every so many, counted from the last one."""
    every = ceil(len(labels) / MOST_LABELS)
    for slot, label in enumerate(labels):
        if (len(labels) - 1 - slot) % every == 0:
            x, y = scale.x(slot), HEIGHT - 8
            yield f'<text class="tick" x="{x:.1f}" y="{y}" text-anchor="middle">{escape(label)}</text>'


def _bars(labels: Sequence[str], series: Sequence[Series], scale: Scale, pale: frozenset[int]) -> Iterator[str]:
    for slot, label in enumerate(labels):
        top = bottom = 0
        told = "\n".join((label, *(f"{one.title} {one.values[slot]}" for one in series)))
        pieces = []
        for one in series:
            value = one.values[slot]
            start = bottom - value if one.below else top
            top, bottom = (top, start) if one.below else (top + value, bottom)
            pieces.append(_piece(start, value, slot, one.colour, scale))
        look = ' class="pale"' if slot in pale else ""
        yield f"<g{look}><title>{escape(told)}</title>{_reach(slot, scale)}{''.join(pieces)}</g>"


def _piece(start: int, value: int, slot: int, colour: str, scale: Scale) -> str:
    if not value:
        return ""
    x, y, height = scale.x(slot) - scale.bar / 2, scale.y(start + value), scale.y(start) - scale.y(start + value)
    return f'<rect class="{colour}" x="{x:.1f}" y="{y:.1f}" width="{scale.bar:.1f}" height="{height:.1f}" rx="1.5"/>'


def _reach(slot: int, scale: Scale) -> str:
    """What the pointer finds: the whole slot, so that small bars tell their numbers too."""
    x = scale.x(slot) - scale.slot / 2
    height = HEIGHT - TOP - BOTTOM
    return f'<rect class="reach" x="{x:.1f}" y="{TOP}" width="{scale.slot:.1f}" height="{height}"/>'
