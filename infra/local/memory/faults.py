"""Faults on demand, for everything that a flow asks of the outside world."""

import random
import time
from collections.abc import Callable, Mapping
from enum import Enum
from threading import Lock
from typing import TypeVar

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from infra.local.memory.errors import cancelled, refusal

T = TypeVar("T")
ENDPOINT = "https://memory.invalid"
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})


class Fault(Enum):
    """What can go wrong with one call."""

    THROTTLED = "throttled"
    CONFLICT = "another transaction holds an item; only writes can have it"
    UNREACHED = "the connection fails, nothing is applied"
    ERROR_BEFORE = "InternalServerError, nothing is applied"
    ERROR_AFTER = "applied, then InternalServerError"
    TIMEOUT_BEFORE = "the request is lost, nothing is applied"
    TIMEOUT_AFTER = "applied, then the answer is lost"
    CRASH_BEFORE = "the process dies before the call"
    CRASH_AFTER = "the process dies after the call was applied"


class Crashed(BaseException):
    """The process died here. No `except Exception` may survive it."""


class Faults:
    """Planned for certain calls, or by chance under a seed. One object may serve several clients, so that it counts
    every effect of a flow."""

    def __init__(
        self,
        *,
        seed: int = 0,
        shares: Mapping[Fault, float] | None = None,
        unprocessed: float = 0.0,
        latency: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.shares = dict(shares or {})
        """Which part of all calls has which fault."""
        self.unprocessed = unprocessed
        """Which part of a batch's keys is left for the next call."""
        self.latency = latency
        """Seconds that every call takes."""
        self.calls = 0
        """How many calls there were so far."""
        self._sleep = sleep
        self._lock = Lock()
        self._random = random.Random(seed)  # noqa: S311  repeatable on purpose
        self._planned: dict[int, Fault] = {}
        self._interruptions: dict[int, Callable[[], None]] = {}
        self.struck = 0
        """How many calls had a fault so far."""

    def plan(self, fault: Fault, *, skip: int = 0) -> None:
        """Let the next call have this fault, or the one after `skip` more."""
        self._planned[self.calls + skip] = fault

    def interrupt(self, work: Callable[[], None], *, skip: int = 0) -> None:
        """Do this just before the next call, or the one after `skip` more: what others do meanwhile."""
        self._interruptions[self.calls + skip] = work

    def stop(self) -> None:
        """From now on nothing goes wrong."""
        self._planned.clear()
        self._interruptions.clear()
        self.shares, self.unprocessed = {}, 0.0

    def around(self, operation: str, work: Callable[[], T]) -> T:
        """Do the work of one call, or fail as planned."""
        fault, interruption = self._draw(operation)
        if interruption is not None:
            interruption()
        if self.latency:
            self._sleep(self.latency)
        if fault is not None and fault not in AFTER:
            raise _error(fault, operation)
        answer = work()
        if fault is not None:
            raise _error(fault, operation)
        return answer

    def leaves_out(self) -> bool:
        """Whether this key of a batch stays unprocessed."""
        with self._lock:
            return self.unprocessed > 0 and self._random.random() < self.unprocessed

    def _draw(self, operation: str) -> tuple[Fault | None, Callable[[], None] | None]:
        with self._lock:
            fault = self._planned.pop(self.calls, None) or self._by_chance()
            interruption = self._interruptions.pop(self.calls, None)
            self.calls += 1
            if fault is Fault.CONFLICT and operation not in WRITES:
                fault = None
            self.struck += fault is not None
        return fault, interruption

    def _by_chance(self) -> Fault | None:
        if not self.shares:
            return None
        point = self._random.random()
        for fault, share in self.shares.items():
            point -= share
            if point < 0:
                return fault
        return None


AFTER = frozenset({Fault.ERROR_AFTER, Fault.TIMEOUT_AFTER, Fault.CRASH_AFTER})
"""Faults whose call was applied."""


def _error(fault: Fault, operation: str) -> BaseException:
    match fault:
        case Fault.THROTTLED:
            return _throttled(operation)
        case Fault.CONFLICT:
            return _conflict(operation)
        case Fault.UNREACHED:
            return ConnectTimeoutError(endpoint_url=ENDPOINT)
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER:
            return refusal("InternalServerError", "Internal server error", operation)
        case Fault.TIMEOUT_BEFORE | Fault.TIMEOUT_AFTER:
            return ReadTimeoutError(endpoint_url=ENDPOINT)
        case _:
            return Crashed(f"{operation}: {fault.value}")


def _throttled(operation: str) -> Exception:
    if operation == "TransactWriteItems":
        return cancelled([{"Code": "ThrottlingError", "Message": "Throughput exceeds the current capacity"}])
    return refusal("ThrottlingException", "Rate exceeded", operation)


def _conflict(operation: str) -> Exception:
    message = "Transaction is ongoing for the item"
    if operation == "TransactWriteItems":
        return cancelled([{"Code": "TransactionConflict", "Message": message}])
    return refusal("TransactionConflictException", message, operation)
