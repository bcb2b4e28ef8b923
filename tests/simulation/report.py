"""What a full run says: a line per flow while it goes on, and the same on a page."""

import time
from collections.abc import Sequence

from tests.simulation.plans import PAIRED, SINGLES
from tests.simulation.runs import LONG, PAIRS_OF_LONG, Result, Tally, repeat_command

ROW = "{:<24}{:>8}{:>9}{:>9}{:>12}{:>9}"
TWICE = ("wechat_takes_each_at_most_once",)
UNTRUE = ("what_is_said_of_a_push_is_true", "planned_is_the_sum_of_all_states", "the_day_is_never_overdrawn")
ENDLESS = ("everything_comes_to_rest",)
BEGIN, END = "<!-- figures: written by `make simulate` -->", "<!-- end of figures -->"


class Report:
    """Prints as it goes; `lines` has all of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._started = time.monotonic()
        self._has_variants = False
        self._has_senders = False

    def begin(self) -> None:
        self._say(
            f"{len(SINGLES)} kinds at every effect, {len(PAIRED)} kinds each at every two effects; of flows "
            f"with more than {LONG} effects, {PAIRS_OF_LONG:,} of these pairs\n"
        )
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

    def sender(self, name: str, tally: Tally) -> None:
        """One line of the comparison: runs in which a follower was told twice, in which the records are wrong, and in
        which something never ends."""
        if not self._has_senders:
            self._say(f"\n{'sender':<24}{'runs':>8}{'told twice':>12}{'untrue':>9}{'no end':>9}{'others':>9}")
        self._has_senders = True
        twice, untrue, endless = (sum(tally.by_invariant[one] for one in group) for group in (TWICE, UNTRUE, ENDLESS))
        others = tally.by_invariant.total() - twice - untrue - endless
        self._say(f"{name:<24}{tally.runs:>8,}{twice:>12,}{untrue:>9,}{endless:>9,}{others:>9,}")

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
