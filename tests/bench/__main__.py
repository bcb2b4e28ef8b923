"""`make bench`: every bar of this project, measured here and now.

python -m tests.bench [name …] [--long] [--seconds N] [--into docs/performance.md]
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.bench import cohort, cold, followers, growth, handler, load, pushes, round_trips
from tests.bench.extent import LONG, SHORT, Extent
from tests.bench.report import Bar, Result, insert, machine, together

BENCHES: dict[str, Callable[[Extent], tuple[Result, ...]]] = {
    "load": load.run,
    "handler": handler.run,
    "round-trips": round_trips.run,
    "cold": cold.run,
    "growth": growth.run,
    "pushes": pushes.run,
    "cohort": cohort.run,
    "followers": followers.run,
}
"""Load comes first: what it adds to the process's memory shows only where nothing was freed before."""


def main(arguments: list[str]) -> int:
    """Run them in this order. A missed bar is told, it is no failure: machines differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHES)}; all unless named")
    parser.add_argument("--long", action="store_true", help="as long as for the published figures")
    parser.add_argument("--seconds", type=float, help="of sustained load")
    parser.add_argument("--into", type=Path, help="a document with marks, whose figures are replaced")
    given = parser.parse_args(arguments)
    unknown = set(given.names) - set(BENCHES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    extent = LONG if given.long else SHORT
    extent = replace(extent, seconds=given.seconds or extent.seconds)
    bars: list[Bar] = []
    for name in (name for name in BENCHES if name in (given.names or BENCHES)):
        where, results = machine(), BENCHES[name](extent)
        text = f"Measured {where}\n\n{together(results)}"
        print(f"## {name}\n\n{text}\n", flush=True)
        if given.into:
            insert(given.into, name, text)
        bars += [bar for result in results for bar in result.bars]
    print(f"{sum(bar.held for bar in bars)} of {len(bars)} bars held")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
