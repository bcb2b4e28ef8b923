"""The dashboard shows what there is, and its picture in the docs is that of the stack."""

import re
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pytest

from infra import dashboard
from infra.dashboard import PICTURE, lines, widgets
from infra.template import resources
from tests.unit.test_alarms import AWS_METRICS, counted_in_the_code

GRAPHS = [widget for widget in widgets() if widget["type"] == "metric"]
each_graph = pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph["properties"]["title"])


def test_the_picture_is_the_one_that_the_script_draws(tmp_path: Path) -> None:
    drawn = tmp_path / "dashboard.svg"

    dashboard.main(drawn)

    assert PICTURE.read_text(encoding="utf-8") == drawn.read_text(encoding="utf-8"), "run python -m infra.dashboard"


def test_every_alarm_is_seen_at_the_top() -> None:
    (board,) = [widget for widget in widgets() if widget["type"] == "alarm"]

    assert sorted(board["properties"]["alarms"]) == sorted(
        f"${{{name}.Arn}}" for name in resources("AWS::CloudWatch::Alarm")
    )
    assert board["y"] == 0


@each_graph
def test_a_graph_shows_metrics_that_there_are(graph: dict[str, object]) -> None:
    for line in lines(graph):
        namespace, metric, *dimensions = line.name
        if namespace == "Huiyuan":
            assert metric in counted_in_the_code()
            assert dimensions == ["stage", "${Stage}"]
        else:
            assert tuple(sorted(dimensions[::2])) in AWS_METRICS[namespace][metric]


def test_no_two_widgets_lie_upon_each_other() -> None:
    places = [
        (x, y)
        for widget in widgets()
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]

    assert len(places) == len(set(places))
    assert max(x for x, _ in places) < 24


@each_graph
def test_no_name_in_a_legend_runs_under_the_next_and_no_two_lines_share_a_colour(graph: dict[str, Any]) -> None:
    width, height = graph["width"] * dashboard.COLUMN - dashboard.GAP, graph["height"] * dashboard.ROW - dashboard.GAP

    parts = "".join(dashboard._plot(graph, width, height))

    names = re.findall(r'fill="(#\w+)"/><text class="small" x="(\d+)" y="(\d+)">([^<]*)<', parts)
    assert len({colour for colour, *_ in names}) == len(names) == len(list(lines(graph)))
    for (_, x, y, name), (_, next_x, next_y, _) in zip(names, [*names[1:], ("", "", "", "")], strict=True):
        end = int(next_x) - 14 if y == next_y else width
        assert int(x) + wide(name) < end


def wide(text: str) -> float:
    """Pixels of small text, rather too many than too few."""
    return sum(11 if east_asian_width(letter) in "WF" else 6.5 for letter in text)


def test_what_a_row_leaves_out_is_taken_from_the_row_above() -> None:
    rows = [
        ["AWS/Lambda", "Errors", "FunctionName", "one", {"label": "first"}],
        ["...", "two"],
        [".", "Throttles", ".", "."],
        ["...", {"stat": "p99"}],
    ]

    read = [(line.name, line.label, line.stat) for line in lines({"properties": {"metrics": rows}})]

    assert read == [
        (("AWS/Lambda", "Errors", "FunctionName", "one"), "first", ""),
        (("AWS/Lambda", "Errors", "FunctionName", "two"), "two", ""),
        (("AWS/Lambda", "Throttles", "FunctionName", "two"), "two", ""),
        (("AWS/Lambda", "Throttles", "FunctionName", "two"), "two", "p99"),
    ]
