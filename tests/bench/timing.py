"""CPU time and latency, and what is made of many of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import fmean, median
from time import process_time
from typing import TypeVar

from infra.local.memory.faults import Faults

T = TypeVar("T")


class Meter(Faults):
    """No faults: it counts the calls of AWS."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: Counter[str] = Counter()

    def around(self, operation: str, work: Callable[[], T]) -> T:
        self.operations[operation] += 1
        return super().around(operation, work)


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds, sorted."""

    seconds: tuple[float, ...]

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Spread":
        return cls(tuple(sorted(seconds)))

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def mean(self) -> float:
        return fmean(self.seconds)

    @property
    def p99(self) -> float:
        return self.seconds[min(len(self.seconds) * 99 // 100, len(self.seconds) - 1)]

    @property
    def most(self) -> float:
        return self.seconds[-1]


def cpu(call: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    began = process_time()
    call()
    return process_time() - began


def micro(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"


def milli(seconds: float) -> str:
    return f"{seconds * 1e3:,.2f} ms"
