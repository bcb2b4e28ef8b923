"""`python -m tests.simulation`: everything that can go wrong, and whether it matters.

python -m tests.simulation                                  all singles, all pairs, random schedules, broken variants
python -m tests.simulation replay follow.new 3:crash_after  one run again
python -m tests.simulation replay random 1605               one schedule again
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.simulation import runs
from tests.simulation.flows import FLOWS
from tests.simulation.report import Report, written_into
from tests.simulation.runs import Tally
from tests.simulation.variants import BROKEN, SENDERS, VARIANTS

SCHEDULES = 20_000
SENDER_PAIRS = 100
"""Of each flow of pushes, by which senders are compared."""


def main(arguments: Sequence[str]) -> int:
    given = _parsed(arguments)
    if given.words[:1] == ["replay"]:
        return _replay(" ".join(given.words[1:]), given.variant)
    report = Report()
    failed = _everything(report, given.flow or tuple(FLOWS), given.schedules, given.processes, compare=not given.flow)
    if given.into:
        page = Path(given.into)
        page.write_text(written_into(page.read_text(), report.lines))
    return failed


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("words", nargs="*", help="nothing, or `replay` and what to replay")
    parser.add_argument("--flow", action="append", choices=FLOWS, help="only this one; may be given several times")
    parser.add_argument("--schedules", type=int, default=SCHEDULES, help=f"random ones, {SCHEDULES:,} if not given")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--into", help="a page whose figures are replaced by this run's")
    parser.add_argument("--variant", choices=VARIANTS, default="whole", help="replay on a broken variant")
    return parser.parse_args(arguments)


def _replay(words: str, variant: str) -> int:
    violated = runs.replayed(words, VARIANTS[variant])
    print("\n".join(violated) or "nothing is violated")
    return 1 if violated else 0


def _everything(report: Report, flows: Sequence[str], schedules: int, processes: int, *, compare: bool) -> int:
    report.begin()
    tallies: list[Tally] = []
    for flow in flows:
        single = runs.tally(runs.single_words(flow), processes=processes)
        pair = runs.tally(runs.pair_words(flow), processes=processes)
        report.flow(flow, runs.effects_of(flow), single, pair)
        tallies += [single, pair]
    tallies.append(runs.tally(runs.schedule_words(schedules), processes=processes))
    report.schedules(tallies[-1])
    for variant in SENDERS if compare else ():
        report.sender(variant.name, runs.tally(runs.sender_words(SENDER_PAIRS), processes=processes, variant=variant))
    uncaught = _hunted(report)
    report.end(tallies)
    return 1 if uncaught or any(tally.violating for tally in tallies) else 0


def _hunted(report: Report) -> int:
    """How many of the broken variants got away."""
    uncaught = 0
    for variant in BROKEN:
        flows = [name for name in FLOWS if variant not in SENDERS or name.startswith("push.")]
        count, caught = runs.hunt(variant, flows)
        report.variant(variant.name, count, caught)
        uncaught += caught is None
    return uncaught


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
