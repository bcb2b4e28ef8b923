"""What a full run says: a line per flow while it goes on, and the same on a page."""

import time
from collections.abc import Sequence

from tests.simulation.plans import PAIRED, SINGLES
from tests.simulation.runs import Result, Tally, repeat_command

ROW = "{:<24}{:>8}{:>9}{:>9}{:>12}{:>9}"
BEGIN, END = "<!-- figures: written by `make simulate` -->", "<!-- end of figures -->"


class Report:
    """Prints as it goes; `lines` has all of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._started = time.monotonic()
        self._has_variants = False

    def begin(self) -> None:
        self._say(f"{len(SINGLES)} kinds at every effect, {len(PAIRED)} kinds each at every two effects\n")
        self._say(ROW.format("flow", "effects", "singles", "pairs", "violations", "minutes"))

    def flow(self, name: str, effects: int, single: Tally, pair: Tally) -> None:
        violating = single.violating + pair.violating
        self._say(ROW.format(name, effects, f"{single.runs:,}", f"{pair.runs:,}", violating, f"{self._minutes:.1f}"))

    def schedules(self, tally: Tally) -> None:
        self._say(f"\n{tally.runs:,} random schedules, {tally.violating} with violations")

    def variant(self, name: str, count: int, caught: Result | None) -> None:
        if not self._has_variants:
            self._say("\nbroken on purpose        caught after  by")
        self._has_variants = True
        by = f"{caught[0]}: {caught[1][0]}" if caught else "NOT CAUGHT"
        self._say(f"{name:<25}{count:>7} runs  {by}")

    def end(self, tallies: Sequence[Tally]) -> None:
        total, violating = sum(tally.runs for tally in tallies), sum(tally.violating for tally in tallies)
        self._say(f"\n{total:,} runs, {violating:,} with violations, in {self._minutes:.1f} minutes")
        for words, violated in (example for tally in tallies for example in tally.examples):
            self._say("\n  " + "\n  ".join(violated) + f"\n  {repeat_command(words)}")

    @property
    def _minutes(self) -> float:
        return (time.monotonic() - self._started) / 60

    def _say(self, line: str) -> None:
        self.lines.append(line)
        print(line, flush=True)


def written_into(page: str, lines: Sequence[str]) -> str:
    """The page with these figures. Raises ValueError when it has no place for them."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise ValueError(f"the page lacks {BEGIN} or {END}")
    return "\n".join((f"{before}{BEGIN}", "", "```text", *lines, "```", "", f"{END}{after}"))
