"""``make stats``: what docs/reactivation.md says of the report's statistics, simulated anew. In three minutes."""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from tests.bench import report
from tests.statistics import looks
from tests.statistics.draws import Found, Truth, found, newcombe
from tests.statistics.looks import Crowd, Season

RUNS, MANY, SEED = 4_000, 10_000, 20_260_304
ARMS = ((90, 10), (450, 50), (900, 100), (9_000, 1_000), (90_000, 10_000), (500, 500), (5_000, 5_000))
BASES = (0.0005, 0.002, 0.01, 0.05, 0.1, 0.3)
PERIODS = (14, 31, 90, 365)


def main(arguments: Sequence[str]) -> None:
    text = "\n".join((*_calls(), "", *_coverage(), "", *_looks(), "", *_crowds()))
    print(text)
    if arguments[:1] == ["--into"]:
        report.insert(Path(arguments[1]), "statistics", text)


def _calls() -> Iterator[str]:
    yield f"Speaking does nothing, and an effect is called all the same: of 100 runs ({RUNS:,} simulated; promised: 5)."
    yield ""
    yield from _grid(0.0, lambda truth: _of_hundred(_found(truth).called))


def _coverage() -> Iterator[str]:
    yield (
        "Speaking makes it half as much again, and the interval holds that: of 100 runs "
        f"({RUNS:,} simulated; promised: 95). In brackets Newcombe's interval on the same draws."
    )
    yield ""
    yield from _grid(0.5, _coverages)


def _coverages(truth: Truth) -> str:
    other = found(truth, runs=RUNS, seed=SEED, interval=newcombe)
    return f"{_of_hundred(_found(truth).covered)} ({_of_hundred(other.covered)})"


def _looks() -> Iterator[str]:
    season = Season()
    end, ever = looks.called_when_peeking(season, runs=RUNS, seed=SEED)
    yield (
        f"Looking on each of {season.days} days and stopping at the first effect, where there is none: "
        f"**{_of_hundred(ever)}** of 100 runs end with one. Looking once, at the end: {_of_hundred(end)} "
        f"({RUNS:,} simulated; {season.treated} and {season.control} members a day, {season.base:.0%} of whom return)."
    )


def _crowds() -> Iterator[str]:
    yield (
        f"Members are assigned anew when they fall silent for {Crowd().silence} days again, and some are more faithful "
        "than others. Speaking does nothing, and an effect is called all the same: of 100 runs "
        f"({MANY:,} simulated, {Crowd().members:,} members)."
    )
    yield ""
    yield from ("| days of the period | each assignment counts | each member counts once |", "| ---: | ---: | ---: |")
    for days in PERIODS:
        every, once = looks.called_of_a_crowd(Crowd(days=days), runs=MANY, seed=SEED)
        yield f"| {days} | {_of_hundred(every)} | {_of_hundred(once)} |"


def _grid(more: float, cell: Callable[[Truth], str]) -> Iterator[str]:
    """One row per size of the arms, one column per share of the control; `more` is what speaking adds, of that."""
    yield f"| treated : control | {' | '.join(f'{base:.2%}' for base in BASES)} |"
    yield f"| --- |{' ---: |' * len(BASES)}"
    for treated, control in ARMS:
        cells = (cell(Truth(treated, control, base, base * more)) for base in BASES)
        yield f"| {treated:,} : {control:,} | {' | '.join(cells)} |"


@cache
def _found(truth: Truth) -> Found:
    return found(truth, runs=RUNS, seed=SEED)


def _of_hundred(share: float) -> str:
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    main(sys.argv[1:])
