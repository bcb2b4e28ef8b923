"""`make fuzz`: hostile input against the whole edge and every parser, until a million callbacks are through.

python -m tests.fuzz                                 a million callbacks
python -m tests.fuzz --callbacks 20000 --seed 7      fewer, other ones
python -m tests.fuzz --keep                          also keep in the corpus what reached something new
python -m tests.fuzz replay build/fuzz/message-1-0.json
"""

import argparse
import os
import sys
from pathlib import Path

from tests.fuzz import corpus
from tests.fuzz.blocks import replayed
from tests.fuzz.campaign import Campaign, report
from tests.fuzz.keeping import keep

HEADING = "## The last full run"


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "replay":
        why = replayed(corpus.read_finding(options.file))
        print(why or "no oracle objects")
        return bool(why)
    campaign = Campaign(options.callbacks, options.seed, options.cores)
    campaign.run(most_seconds=options.minutes * 60)
    if options.keep:
        keep(campaign)
    return _report(campaign, options.into)


def _report(campaign: Campaign, into: Path | None) -> int:
    figures = report(campaign)
    print(figures)
    if into:
        head, heading, _ = into.read_text(encoding="utf-8").partition(HEADING)
        into.write_text(f"{head}{heading or HEADING}\n\n{figures}\n", encoding="utf-8")
    for what, path in campaign.findings.items():
        print(f"FINDING {what}\n  python -m tests.fuzz replay {path}")
    return 1 if campaign.findings or campaign.answered() < campaign.callbacks else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--callbacks", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so long, and fail")
    parser.add_argument("--keep", action="store_true", help="keep in the corpus what reached something new")
    parser.add_argument("--into", type=Path, help="the document whose figures are written anew")
    commands = parser.add_subparsers(dest="command")
    replay = commands.add_parser("replay", help="run a finding again")
    replay.add_argument("file", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
