"""What pages of figures are made of."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from infra.figures.chart import Series, bars

TEMPLATE = Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
"""A whole page: style and charts are in it, no script is."""


def headline(title: str, value: str) -> str:
    return f"<section><b>{escape(value)}</b><span>{escape(title)}</span></section>"


def drawing(title: str, labels: Sequence[str], series: Sequence[Series], pale: frozenset[int] = frozenset()) -> str:
    """A chart under its title, with a legend if there is more than one colour."""
    marks = "".join(f'<span><i class="{one.colour}"></i>{escape(one.title)}</span>' for one in series)
    legend = f'<p class="legend">{marks}</p>' if len(series) > 1 else ""
    return card(title, f"{legend}{bars(title, labels, series, pale=pale)}")


def card(title: str, inside: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{inside}</section>"


def row(texts: Sequence[str], *, cell: str = "td") -> str:
    return f"<tr>{cells(texts, cell=cell)}</tr>"


def cells(texts: Sequence[str], *, cell: str = "td") -> str:
    return "".join(f"<{cell}>{escape(text)}</{cell}>" for text in texts)
