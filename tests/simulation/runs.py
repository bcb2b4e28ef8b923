"""Many runs: who does them, what they found, and how one of them is repeated."""

import gc
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing import get_context
from random import Random
from typing import TypeAlias

from tests.simulation.flows import FLOWS, found, play
from tests.simulation.invariants import violations
from tests.simulation.plans import Plan, Strike, pairs, singles
from tests.simulation.schedules import play_schedule
from tests.simulation.variants import VARIANTS, WHOLE, Variant

COMMAND = "python -m tests.simulation replay"
CHUNK = 25
RUNS_PER_CLEANING = 50
"""A world is one large cycle: the collector looks for it now and then, rather than at every step."""
SHOWN = 5
LONG = 24
"""Effects of a flow beyond which not all pairs are run: they grow with the square."""
PAIRS_OF_LONG = 3_000

Result: TypeAlias = tuple[str, list[str]]
"""How the run is repeated, and what it violated."""


@dataclass(slots=True)
class Tally:
    """What came of a group of runs."""

    runs: int = 0
    violating: int = 0
    by_invariant: Counter[str] = field(default_factory=Counter)
    examples: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        self.runs += 1
        if not result[1]:
            return
        self.violating += 1
        self.by_invariant.update({what.split(":")[0] for what in result[1]})
        if len(self.examples) < SHOWN:
            self.examples.append(result)


def replayed(words: str, variant: Variant = WHOLE) -> list[str]:
    """What a run violated, by its words: `random SEED`, or a flow and its strikes. An exception is a violation, too."""
    name, *rest = words.split()
    try:
        if name == "random":
            return violations(play_schedule(int(rest[0]), variant=variant))
        return found(FLOWS[name], tuple(map(Strike.read, rest)), variant=variant)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return [f"raised: {type(error).__name__} in {where.name}, line {where.lineno}"]


def effects_of(flow: str) -> int:
    return play(FLOWS[flow])[1]


def tally(words: Iterable[str], *, processes: int, variant: Variant = WHOLE) -> Tally:
    """Do all of these runs."""
    counted = Tally()
    for result in _spread(partial(_one, variant.name), words, processes):
        counted.add(result)
    return counted


def single_words(flow: str) -> Iterator[str]:
    return map(str, singles(flow, effects_of(flow)))


def pair_words(flow: str) -> Iterator[str]:
    """All pairs; of a long flow some, drawn under a seed."""
    effects = effects_of(flow)
    every = pairs(flow, effects)
    if effects <= LONG:
        return map(str, every)
    return map(str, Random(f"pairs of {flow}").sample(list(every), PAIRS_OF_LONG))


def sender_words(count: int) -> Iterator[str]:
    """What senders of pushes are compared by: every single fault of the pushes' flows, and some pairs of each."""
    for flow in (name for name in FLOWS if name.startswith("push.")):
        effects = effects_of(flow)
        every = list(pairs(flow, effects))
        yield from map(str, singles(flow, effects))
        yield from map(str, Random(f"pairs of {flow}").sample(every, min(count, len(every))))


def schedule_words(count: int, *, start: int = 0) -> Iterator[str]:
    return (f"random {seed}" for seed in range(start, start + count))


def hunt(variant: Variant, flows: Sequence[str] = tuple(FLOWS)) -> tuple[int, Result | None]:
    """After how many runs of single faults a variant is caught, and by which."""
    runs = 0
    for flow in flows:
        for words in (str(Plan(flow)), *single_words(flow)):
            runs += 1
            what = replayed(words, variant)
            if what:
                return runs, (words, what)
    return runs, None


def repeat_command(words: str, variant: Variant = WHOLE) -> str:
    """One line for the shell that does the run again."""
    option = "" if variant == WHOLE else f" --variant {variant.name}"
    return f"{COMMAND} {words}{option}"


def _one(variant: str, words: str) -> Result:
    if next(_begun) % RUNS_PER_CLEANING == 0:
        gc.collect()
    return words, replayed(words, VARIANTS[variant])


_begun = count(1)


def _begin() -> None:
    gc.freeze()
    gc.disable()


def _spread(work: Callable[[str], Result], words: Iterable[str], processes: int) -> Iterator[Result]:
    if processes == 1:
        yield from map(work, words)
        return
    with get_context("fork").Pool(processes, _begin) as pool:
        yield from pool.imap_unordered(work, words, chunksize=CHUNK)
