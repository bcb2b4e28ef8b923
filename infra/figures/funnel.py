"""Steps that get narrower, as SVG: no script, nothing from elsewhere, colours from the page's style sheet."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

WIDTH, LINE, BAR = 560, 40, 24
LEFT, RIGHT = 96, 110


class Step(NamedTuple):
    """One bar. `of` is what its share is told of."""

    title: str
    colour: str
    number: int
    of: int


def funnel(title: str, steps: Sequence[Step]) -> str:
    """The first step is the widest, unless a later one is larger."""
    most = max(1, *(step.number for step in steps))
    drawn = "".join(part for line, step in enumerate(steps) for part in _bar(step, line, most))
    told = escape(f"{title}：{'、'.join(f'{step.title} {step.number}' for step in steps)}")
    return f'<svg viewBox="0 0 {WIDTH} {LINE * len(steps)}" role="img" aria-label="{told}">{drawn}</svg>'


def share(number: int, of: int) -> str:
    return f"{number / of:.1%}" if of else "–"


def _bar(step: Step, line: int, most: int) -> Iterator[str]:
    y, width = line * LINE + (LINE - BAR) / 2, step.number / most * (WIDTH - LEFT - RIGHT)
    middle = y + BAR / 2 + 4
    yield f'<text class="tick" x="0" y="{middle:.1f}">{escape(step.title)}</text>'
    yield f'<rect class="{step.colour}" x="{LEFT}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{BAR}" rx="2"/>'
    words = f"{step.number}（{share(step.number, step.of)}）"
    yield f'<text class="tick" x="{LEFT + width + 8:.1f}" y="{middle:.1f}">{words}</text>'
