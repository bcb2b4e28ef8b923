"""Many blocks on every core, and what they come to in a table."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz import corpus
from tests.fuzz.blocks import SLICE, Plan, Result, run_block

CALLBACKS: Mapping[str, float] = {"message": 0.40, "chat": 0.25, "bytes": 0.15, "forged": 0.15, "verify": 0.05}
"""Which share of all callbacks each target gets."""
BESIDE: Mapping[str, float] = {
    "faq": 0.05, "credentials": 0.05, "wake-ups": 0.02, "faq files": 0.01, "api answers": 0.05, "events": 0.05,
}  # fmt: skip
"""How many cases for each callback go to what is beside the edge."""
BLOCK = 1_000
HEAD = ("| target | cases | findings | p50 ms | p99 ms | max ms | outcomes |", "|---|---|---|---|---|---|---|")
FOUND = Path("build/fuzz")


@dataclass
class Campaign:
    """Everything that is to be run, and what came of it so far."""

    callbacks: int
    seed: int
    cores: int = 1
    results: dict[str, Result] = field(default_factory=dict)
    findings: dict[str, Path] = field(default_factory=dict)
    """Each finding, and the file that it was written to."""
    seconds: float = 0.0

    def run(self, *, most_seconds: float) -> None:
        """Returns early when the time is over."""
        began = time.monotonic()
        plans = list(self.plans())
        with get_context("spawn").Pool(self.cores, maxtasksperchild=200) as pool:
            done = pool.imap_unordered(_named, plans)
            for number in range(1, len(plans) + 1):
                target, result = next(done)
                self._take(target, result)
                self.seconds = time.monotonic() - began
                self._tell(number, len(plans))
                if self.seconds > most_seconds:
                    print(f"out of time after {number} of {len(plans)} blocks")
                    pool.terminate()
                    break

    def plans(self) -> Iterator[Plan]:
        """Every target's blocks, taken in turns, so that a run that is cut short has had something of each."""
        sizes = {name: int(self.callbacks * share) for name, share in {**CALLBACKS, **BESIDE}.items()}
        blocks = {name: max(1, -(-size // BLOCK)) for name, size in sizes.items()}
        turns = sorted((number / count, name, number) for name, count in blocks.items() for number in range(count))
        for _, name, number in turns:
            yield Plan(name, self.seed, number, min(BLOCK, sizes[name] - number * BLOCK) or 1)

    def answered(self) -> int:
        """Callbacks so far."""
        return sum(result.outcomes.total() for name, result in self.results.items() if name in CALLBACKS)

    def cases(self) -> int:
        """Everything that was run so far."""
        return sum(result.outcomes.total() for result in self.results.values())

    def _take(self, target: str, result: Result) -> None:
        """Count it in, and write down at once what was found for the first time."""
        so_far = self.results.setdefault(target, Result())
        for why, story in result.findings.items():
            if why not in so_far.findings:
                path = FOUND / f"{target.replace(' ', '-')}-{self.seed}-{len(so_far.findings)}.json"
                corpus.write_finding(path, why, story)
                self.findings[f"{target}: {why}"] = path
                print(f"\nFINDING {target}: {why}\n  python -m tests.fuzz replay {path}", flush=True)
        so_far.add(result)

    def _tell(self, number: int, of: int) -> None:
        told = f"{self.answered():,} callbacks, {self.seconds:.0f} s, {len(self.findings)} findings"
        print(f"\r{number}/{of} blocks, {told} ",
              end="" if number < of else "\n", flush=True)  # fmt: skip


def _named(plan: Plan) -> tuple[str, Result]:
    return plan.target, run_block(plan)


def report(campaign: Campaign) -> str:
    """The figures of a run, as Markdown."""
    found = f"{len(campaign.findings)} findings" if campaign.findings else "no findings"
    began = (
        f"{campaign.answered():,} callbacks and {campaign.cases() - campaign.answered():,} other cases in "
        f"{campaign.seconds / 60:.0f} minutes on {campaign.cores} cores, seed {campaign.seed}: {found}. "
        f"Times are CPU time of the code under test."
    )
    return f"{began}\n\n{table(campaign)}"


def table(campaign: Campaign) -> str:
    """What every target came to."""
    rows = (_row(name, campaign.results[name]) for name in (*CALLBACKS, *BESIDE) if name in campaign.results)
    return "\n".join((*HEAD, *rows))


def _row(name: str, result: Result) -> str:
    outcomes = ", ".join(f"{outcome} {count:,}" for outcome, count in result.outcomes.most_common(6))
    times = f"{_share(result, 0.5):.1f} | {_share(result, 0.99):.1f} | {result.slowest * 1000:.1f}"
    return f"| {name} | {result.outcomes.total():,} | {len(result.findings)} | {times} | {outcomes} |"


def _share(result: Result, share: float) -> float:
    """The CPU time, in milliseconds, under which this share of the cases stayed."""
    left = share * result.slices.total()
    for piece, count in sorted(result.slices.items()):
        left -= count
        if left <= 0:
            return (piece + 1) * SLICE * 1000
    return 0.0
