"""``python -m tests.faq_eval``: all engines on all sets, in one run, into docs/faq-figures.md and docs/faq.svg.

With ``--fit`` it only prints the confidence curve that suits all sets, the prior of `confidence.py`.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.faq_eval import comparing, speed
from tests.faq_eval.comparing import Row
from tests.faq_eval.data import SETS, UNSEEN, questions_of, release_of
from tests.faq_eval.plot import drawn

DOCS = Path(__file__).parents[2] / "docs"
MEASURES = ("precision", "answered", "helped", "top1", "top3", "near", "far", "told", "auroc")
HEAD = "<!-- Written by make faq-eval. -->\n\n# The FAQ engine, measured\n\nWhat the figures mean: [faq.md](faq.md).\n"


def main(arguments: Sequence[str]) -> None:
    if "--fit" in arguments:
        curve = comparing.fitted([(release_of(name), questions_of(name)) for name in SETS])
        print(tuple(round(value, 2) for value in curve))
        return
    rows = tuple(comparing.rows(SETS, UNSEEN))
    speeds = tuple(map(speed.measured, speed.SIZES))
    page = "\n".join((HEAD, *_comparison(rows), *_slices(rows, SETS[0]), *_slices(rows, UNSEEN[0]), *_speeds(speeds)))
    (DOCS / "faq-figures.md").write_text(page, encoding="utf-8")
    (DOCS / "faq.svg").write_text(drawn(rows), encoding="utf-8")
    print(page)


def _comparison(rows: Iterable[Row]) -> list[str]:
    lines = ["## Side by side", ""]
    lines += _table(
        ("set", "engine", *MEASURES), ((row.name, row.engine, *(row.figures[one] for one in MEASURES)) for row in rows)
    )
    return lines


def _slices(rows: Sequence[Row], name: str) -> list[str]:
    """Of one set: what each engine answered right, and in how many cases it helped."""
    first = [row for row in rows if row.name == name]
    lines = [f"## Slices of {name}: answered right (helped)", ""]
    lines += _table(
        ("slice", "questions", *(row.engine for row in first)),
        (
            (tag, str(count), *(f"{row.slices[tag][1]:.2f} ({row.slices[tag][2]:.2f})" for row in first))
            for tag, (count, _, _) in first[0].slices.items()
        ),
    )
    return lines


def _speeds(speeds: Sequence[dict[str, float]]) -> list[str]:
    units = {
        "phrasings": "phrasings", "p50": "p50 ms", "p99": "p99 ms", "loading": "loading ms", "stored": "stored KB",
        "memory": "memory MB", "building": "publishing ms",
    }  # fmt: skip
    lines = [f"## Speed, one core, Python {sys.version_info.major}.{sys.version_info.minor}, processor time", ""]
    return lines + _table(
        tuple(units.values()), ([f"{one[name]:,.1f}".removesuffix(".0") for name in units] for one in speeds)
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str | float]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return [*lines, ""]


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return "–" if value != value else f"{value:.3f}"


if __name__ == "__main__":
    main(sys.argv[1:])
