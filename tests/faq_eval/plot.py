"""The comparison as a picture: for each set, how much each engine answers and helps, and how often it is right."""

from collections.abc import Iterator, Sequence
from html import escape

from tests.faq_eval.comparing import Row

WIDTH, LEFT, LINE, GAP = 860, 250, 20, 34
SCALE = WIDTH - LEFT - 190
ANSWERED, HELPED, WORDS = "#2f7d4f", "#a9d5b8", "#57606a"


def drawn(rows: Sequence[Row]) -> str:
    """An SVG that reads on light and on dark ground."""
    sets = list(dict.fromkeys(row.name for row in rows))
    height = 40 + len(rows) * LINE + len(sets) * GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">'
    title = "<title>Share of questions answered right and helped, by engine and set</title>"
    key = "".join((_bar(LEFT, 8, 14, ANSWERED), _text(LEFT + 20, 20, "answered right"),
                   _bar(LEFT + 140, 8, 14, HELPED), _text(LEFT + 160, 20, "or the right title offered")))  # fmt: skip
    return "\n".join((head, title, key, *_lines(rows, sets), "</svg>")) + "\n"


def _lines(rows: Sequence[Row], sets: Sequence[str]) -> Iterator[str]:
    top = 34
    for name in sets:
        top += GAP
        yield _text(8, top - 8, name, weight="bold")
        for row in (row for row in rows if row.name == name):
            yield _text(20, top + 12, row.engine.strip("*"))
            yield _bar(LEFT, top, row.figures["helped"] * SCALE, HELPED)
            yield _bar(LEFT, top, row.figures["answered"] * SCALE, ANSWERED)
            told = (
                f"{row.figures['answered']:.2f} / {row.figures['helped']:.2f}, precision {row.figures['precision']:.2f}"
            )
            yield _text(LEFT + row.figures["helped"] * SCALE + 6, top + 12, told)
            top += LINE


def _bar(left: float, top: float, width: float, colour: str) -> str:
    return f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="14" fill="{colour}"/>'


def _text(left: float, top: float, words: str, *, weight: str = "normal") -> str:
    return f'<text x="{left:.1f}" y="{top}" font-size="12" font-weight="{weight}" fill="{WORDS}">{escape(words)}</text>'
