"""Runs of Lambdas: each with a clock of its own, each repeated, overtaken or held up where that is planned."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import AppError
from chalicelib.store.dynamo import DynamoTable
from infra.local.memory.faults import Crashed
from infra.local.memory.world import MemoryRuntime, MemoryWorld
from tests.simulation.evidence import Evidence

STABLE_TOKEN = "/cgi-bin/stable_token"
WENT_WRONG = (AppError, Crashed, ClientError, BotoCoreError)


class Printed(io.TextIOBase):
    """What an invocation prints, which is metrics; one of them is counted."""

    def __init__(self) -> None:
        self.degraded = 0
        self.lines: list[str] = []

    def write(self, text: str) -> int:
        self.degraded += '"Degraded"' in text
        self.lines.append(text)
        return len(text)


@dataclass(slots=True)
class Invocation:
    """One run of a Lambda."""

    again: Callable[[], None]
    """The same once more, from start to end, in another process."""
    is_repeated: bool = False
    was_paused: bool = False
    refreshes: int = 0
    printed: Printed = field(default_factory=Printed)


class Process(MemoryRuntime):
    """A process in which refreshes are counted."""

    def __init__(self, world: MemoryWorld, invocations: "Invocations", table: type[DynamoTable]) -> None:
        super().__init__(world, log_level="CRITICAL")
        self.table_class = table
        self._invocations = invocations

    def refresh_token(self, account: str, refused: str) -> None:
        self._invocations.current.refreshes += 1
        with self._invocations.counted_refresh(self):
            super().refresh_token(account, refused)


class Invocations:
    """Those that are under way, the innermost last."""

    def __init__(self, evidence: Evidence, *, skew: float, random: Random) -> None:
        self._evidence = evidence
        self._skew = skew
        self._random = random
        self._stack: list[Invocation] = []
        self.world: MemoryWorld

    @property
    def current(self) -> Invocation:
        """Outside of any, one that does nothing."""
        return self._stack[-1] if self._stack else Invocation(again=lambda: None)

    @contextmanager
    def begun(self, again: Callable[[], None]) -> Iterator[Invocation]:
        """One invocation; once more at its end where that is planned."""
        skew, self.world.skew = self.world.skew, self._drawn_skew()
        invocation = Invocation(again)
        self._stack.append(invocation)
        try:
            with redirect_stdout(invocation.printed):
                yield invocation
        finally:
            self._stack.pop()
            self.world.skew = skew
            self._evidence.refreshes.append(invocation.refreshes)
            self._evidence.printed += invocation.printed.lines
            if invocation.is_repeated:
                again()

    def run(self, work: Callable[[], object]) -> None:
        """A run of something whose failure nobody waits for."""
        with self.begun(lambda: self._run_elsewhere(work)):
            try:
                work()
            except Crashed:
                self.world.restart()
            except WENT_WRONG:
                return

    def run_for_queue(self, work: Callable[[], object]) -> None:
        """A run whose failure lets the queue keep its messages. Raises what went wrong."""
        with self.begun(lambda: self._run_elsewhere(work)):
            try:
                work()
            except Crashed:
                self.world.restart()
                raise

    @contextmanager
    def counted_refresh(self, process: MemoryRuntime) -> Iterator[None]:
        """A run of `token_refresh`, and how often it calls WeChat."""
        calls = process.wechat_connection.calls
        before = calls[STABLE_TOKEN]
        try:
            yield
        finally:
            self._evidence.token_calls.append(calls[STABLE_TOKEN] - before)

    def _run_elsewhere(self, work: Callable[[], object]) -> None:
        with self.world.elsewhere():
            self.run(work)

    def _drawn_skew(self) -> timedelta:
        return timedelta(seconds=self._random.uniform(-self._skew, self._skew)) if self._skew else timedelta(0)
