"""Deliveries at fixed moments, whether or not the ones before were answered."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from time import perf_counter, process_time, sleep

from infra.local.wechat_simulator.parcel import Parcel
from tests.bench.mix import Mix
from tests.bench.timing import Spread


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run came to. Latency counts from the moment when a delivery was due."""

    latencies: Spread
    errors: int
    seconds: float
    cpu: float
    """Seconds of this process."""

    @property
    def rate(self) -> float:
        return len(self.latencies.seconds) / self.seconds


def run(mix: Mix, *, rate: int, seconds: float, deliver: Callable[[Parcel], bool], pool: Executor | None = None) -> Ran:
    """Deliver in this thread, or in those of a pool. `deliver` says whether it was answered as it should be."""
    began, cpu = perf_counter(), process_time()
    latencies: list[float] = []
    errors: list[Parcel] = []

    def one(parcel: Parcel, due: float) -> None:
        if not deliver(parcel):
            errors.append(parcel)
        latencies.append(perf_counter() - due)

    for due in _moments(began, rate, seconds):
        if len(latencies) % rate == 0:
            mix.shop.world.clock.advance(1)
        parcel = mix.next()
        sleep(max(0.0, due - perf_counter()))
        if pool:
            pool.submit(one, parcel, due)
        else:
            one(parcel, due)
    if pool:
        pool.shutdown()
    return Ran(Spread.of(latencies), len(errors), perf_counter() - began, process_time() - cpu)


def _moments(began: float, rate: int, seconds: float) -> Iterator[float]:
    return (began + number / rate for number in range(int(rate * seconds)))
