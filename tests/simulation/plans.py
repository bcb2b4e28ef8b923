"""What goes wrong, and where: plans that a line of text names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Self

from infra.local.memory.faults import Fault

DUPLICATE = "duplicate"
"""The invocation at work is delivered once more when it is over: by WeChat's retry, or by the queue."""
INTRUDER = "intruder"
"""The same delivery is done from start to end by another process, just before this effect."""
ZOMBIE = "zombie"
"""The process stands still for two minutes before this effect, while retries, the clock and other workers go on."""
MEANWHILE = "meanwhile"
"""Just before this effect, the flow's other act happens, in another process."""
TIMELY = (DUPLICATE, INTRUDER, ZOMBIE, MEANWHILE)
FAULTS = {fault.name.lower(): fault for fault in Fault}
SINGLES = (*FAULTS, *TIMELY)
PAIRED = ("timeout_before", "timeout_after", "crash_before", "crash_after", *TIMELY)
"""What the product tells apart: to its clients, an internal error or throttling is a lost request or a lost answer."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One thing that goes wrong at one effect, counted from the start of the flow's act."""

    at: int
    kind: str

    def __str__(self) -> str:
        return f"{self.at}:{self.kind}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError when it names no kind."""
        at, _, kind = text.partition(":")
        if kind not in SINGLES:
            raise ValueError(f"no such kind: {kind}")
        return cls(int(at), kind)


@dataclass(frozen=True, slots=True)
class Plan:
    """A flow, and what goes wrong in it."""

    flow: str
    strikes: tuple[Strike, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.flow, *map(str, self.strikes)))

    @classmethod
    def read(cls, words: Sequence[str]) -> Self:
        return cls(words[0], tuple(map(Strike.read, words[1:])))


def singles(flow: str, effects: int) -> Iterator[Plan]:
    """Every kind at every effect."""
    for at, kind in product(range(effects), SINGLES):
        yield Plan(flow, (Strike(at, kind),))


def pairs(flow: str, effects: int) -> Iterator[Plan]:
    """Every two kinds at every two effects."""
    for first, second in combinations(range(effects), 2):
        for one, other in product(PAIRED, repeat=2):
            yield Plan(flow, (Strike(first, one), Strike(second, other)))
