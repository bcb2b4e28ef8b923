"""A picture of the dashboard as the stack defines it: what stands where, and which metrics it shows. It needs no AWS.

python -m infra.dashboard
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from infra import template

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "dashboard.svg"
STAGE = "prod"
"""Whose dashboard is drawn."""
COLUMN, ROW, GAP = 46, 34, 8
"""Pixels of the grid, which has 24 columns, and between two widgets."""
COLOURS = (
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf",
)  # fmt: skip
"""CloudWatch's own, in its order: more than any widget has lines."""
STYLE = (
    "text{font:12px system-ui,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;fill:#16191f}"
    ".title{font-size:14px;font-weight:600}.small{font-size:11px;fill:#5f6b7a}"
    ".card{fill:#fff;stroke:#d5dbdb}.grid{stroke:#eaeded}.mark{stroke:#d62728;stroke-dasharray:5 4}"
    ".calm{fill:#f2f8f0;stroke:#b7d9a8}"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One metric of a widget. `name` is namespace, metric and dimensions, one after the other."""

    name: tuple[str, ...]
    label: str
    stat: str
    """Empty where it is the widget's."""


def widgets() -> Sequence[Mapping[str, Any]]:
    """As the stack's template has them, its functions still open."""
    dashboard = template.load()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    found: Sequence[Mapping[str, Any]] = json.loads(dashboard)["widgets"]
    return found


def lines(widget: Mapping[str, Any]) -> Iterator[Line]:
    """A widget's metrics, with what CloudWatch lets one leave out: "." is as above, "..." all of it up to the rest."""
    above: tuple[str, ...] = ()
    for row in widget["properties"]["metrics"]:
        options = row[-1] if isinstance(row[-1], dict) else {}
        words = [word for word in row if isinstance(word, str)]
        if words[0] == "...":
            words[:1] = above[: len(above) - len(words) + 1]
        above = tuple(before if word == "." else word for word, before in zip(words, above or words, strict=True))
        yield Line(above, options.get("label", above[-1]), options.get("stat", ""))


def drawn() -> str:
    """The whole dashboard as SVG."""
    shown = widgets()
    width, height = 24 * COLUMN + GAP, max(widget["y"] + widget["height"] for widget in shown) * ROW + GAP
    cards = "\n".join(_card(widget) for widget in shown)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="一览">\n'
        f'<style>{STYLE}</style>\n<rect width="{width}" height="{height}" fill="#f2f3f3"/>\n{cards}\n</svg>\n'
    )


def _card(widget: Mapping[str, Any]) -> str:
    x, y = widget["x"] * COLUMN + GAP, widget["y"] * ROW + GAP
    width, height = widget["width"] * COLUMN - GAP, widget["height"] * ROW - GAP
    inside = _alarms(widget) if widget["type"] == "alarm" else _plot(widget, width, height)
    properties = widget["properties"]
    title = escape(properties["title"])
    how = f"{properties['stat']} · {properties['period']} s" if "stat" in properties else ""
    return (
        f'<g transform="translate({x} {y})"><rect class="card" width="{width}" height="{height}" rx="3"/>'
        f'<text class="title" x="10" y="21">{title}</text>'
        f'<text class="small" x="{width - 10}" y="21" text-anchor="end">{how}</text>{"".join(inside)}</g>'
    )


def _alarms(widget: Mapping[str, Any]) -> Iterator[str]:
    """All of them, as they look while nothing is wrong."""
    alarms = template.resources("AWS::CloudWatch::Alarm")
    for number, arn in enumerate(widget["properties"]["alarms"]):
        properties = alarms[arn.removeprefix("${").removesuffix(".Arn}")]["Properties"]
        name = template.named(properties["AlarmName"], Stage=STAGE).removeprefix(f"huiyuan-{STAGE}-")
        row, column = divmod(number, 7)
        x, y = 10 + column * 155, 30 + row * 19
        yield f'<rect class="calm" x="{x}" y="{y}" width="150" height="16" rx="2"/>'
        yield f'<text class="small" x="{x + 5}" y="{y + 12}">{name}</text>'


def _plot(widget: Mapping[str, Any], width: int, height: int) -> Iterator[str]:
    """Axes without a curve, the lines that mark a limit, and the legend."""
    shown = list(lines(widget))
    foot = height - 16 - 15 * (len(shown) + 1) // 2
    for y in range(36, foot, max(1, (foot - 36) // 3)):
        yield f'<line class="grid" x1="10" x2="{width - 10}" y1="{y}" y2="{y}"/>'
    for mark in widget["properties"].get("annotations", {}).get("horizontal", ()):
        yield f'<line class="mark" x1="10" x2="{width - 10}" y1="52" y2="52"/>'
        yield f'<text class="small" x="14" y="48">{escape(mark["label"])}：{mark["value"]}</text>'
    for number, line in enumerate(shown):
        row, column = divmod(number, 2)
        x, y = 10 + column * (width - 20) // 2, foot + 14 + row * 15
        yield f'<rect x="{x}" y="{y - 8}" width="9" height="9" fill="{COLOURS[number]}"/>'
        yield f'<text class="small" x="{x + 14}" y="{y}">{escape(_legend(line))}</text>'


def _legend(line: Line) -> str:
    """Functions without what all their names begin with, as alarms are: a column has no room for it."""
    label = line.label.replace("${Stage}", STAGE).removeprefix(f"huiyuan-{STAGE}-")
    return f"{label} · {line.stat}" if line.stat else label


def main(into: Path = PICTURE) -> None:
    """Draw it."""
    into.write_text(drawn(), encoding="utf-8")


if __name__ == "__main__":
    main()
