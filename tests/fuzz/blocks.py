"""A block: some thousand cases of one target in a fresh world, the same whenever they are drawn with the same seed."""

import gc
import signal
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol, Self

from chalicelib.callbacks import edge
from tests.fuzz import callbacks, corpus, events, operators, outside, parcels
from tests.fuzz.arena import Arena, Doors, listening
from tests.fuzz.cases import Case, Finding, Ran
from tests.fuzz.minimising import Story, minimised
from tests.fuzz.tracing import Steps

TRACED = 30
"""Every so many-th case is drawn on for its coverage, too."""
LOUD = 4
"""Every so many-th block logs everything; the others only what is an error, which is faster."""
MOST_SECONDS = 10.0
"""After which a case is given up. A timer of CPU time would make the clock of CPU time coarse."""
SLOW, HANGS = "too slow", "hangs"
SLICE = 0.000_1
"""Seconds: how finely times are counted."""


class Target(Protocol):
    """Something that is fed."""

    name: str
    callbacks: int
    """How many callbacks a case is."""
    limit: float
    """Seconds of CPU that a case may take."""

    def draw(self, random: Random, seeds: Sequence[Case]) -> Case: ...

    def run(self, case: Case) -> Ran:
        """Raises Finding when an oracle objects. Anything else that it raises is a finding, too."""
        ...


@dataclass(frozen=True)
class Plan:
    """One block."""

    target: str
    seed: int
    number: int
    size: int

    @property
    def level(self) -> str:
        return "INFO" if self.number % LOUD == 0 else "ERROR"


@dataclass
class Result:
    """What became of a block, or of many."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slices: Counter[int] = field(default_factory=Counter)
    """How many cases took how many slices of CPU time."""
    slowest: float = 0.0
    kept: list[Case] = field(default_factory=list)
    findings: dict[str, Story] = field(default_factory=dict)
    """The shortest story for each."""

    def add(self, other: "Result") -> None:
        self.outcomes += other.outcomes
        self.slices += other.slices
        self.slowest = max(self.slowest, other.slowest)
        self.kept += other.kept
        self.findings = {**other.findings, **self.findings}


def target_of(name: str, arena: Arena) -> Target:
    return {**callbacks.TARGETS, **operators.TARGETS, **outside.TARGETS, **events.TARGETS}[name](arena)


def run_block(plan: Plan, doors: Doors | None = None) -> Result:
    """Draw and run. What was found is made as short as it can be."""
    arena = Arena(doors or Doors())
    random = Random(f"{plan.seed}/{plan.target}/{plan.number}")
    with listening(arena.said, level=plan.level):
        parcels.warm_up(arena.doors.receive)
        gc.collect()
        gc.freeze()  # what stands by now need not be looked at again
        return Block(arena, plan).run(random)


class Block:
    """The cases of a block so far."""

    def __init__(self, arena: Arena, plan: Plan) -> None:
        self._target = target_of(plan.target, arena)
        self._arena = arena
        self._plan = plan
        self._steps = Steps()
        self._seeds = list(corpus.load(plan.target))
        self._story: list[Case] = []
        self._result = Result()

    def run(self, random: Random) -> Result:
        for case in self._seeds[-TRACED:]:
            self._steps.added_by(lambda case=case: why_of(self._target, case))  # type: ignore[misc]
        for number in range(self._plan.size):
            case = self._target.draw(random, self._seeds)
            self._story.append(case)
            if number % TRACED == 0:
                self._explore(case)
            else:
                self._try(case)
        return self._result

    def _explore(self, case: Case) -> None:
        """Run it slowly, and keep it if it got somewhere new."""
        if self._steps.added_by(lambda: self._try(case, is_timed=False)) and corpus.is_small(case):
            self._seeds.append(case)
            self._result.kept.append(case)

    def _try(self, case: Case, *, is_timed: bool = True) -> None:
        ran, why = run_one(self._target, case)
        if ran and is_timed:
            self._result.slices[int(ran.seconds / SLICE)] += 1
            self._result.slowest = max(self._result.slowest, ran.seconds)
            why = SLOW if ran.seconds > self._target.limit else ""
        if why in (SLOW, HANGS) and not self._is_slow_every_time(case):
            why = ""
        self._result.outcomes["FINDING" if why else ran.outcome if ran else "slow once"] += 1
        if why and why not in self._result.findings:
            self._result.findings[why] = self._shortest(why)

    def _is_slow_every_time(self, case: Case) -> bool:
        """The machine may be shared, and garbage is collected now and then: neither is the case's fault."""
        gc.collect()
        again = (run_one(self._target, case)[0] for _ in range(5))
        return all(ran is None or ran.seconds > self._target.limit for ran in again)

    def _shortest(self, why: str) -> Story:
        """The shortest story that ends so, found in another world, which is left again."""
        with Rehearsal(self._arena.doors) as rehearsal:
            story = minimised(tuple(self._story), lambda story: rehearsal.ends_in(story) == why)
        self._arena.enter(level=self._plan.level)
        return story


class Rehearsal:
    """A world for trying stories, each as if nothing had happened before."""

    def __init__(self, doors: Doors | None = None) -> None:
        self._arena = Arena(doors or Doors())
        self._listening = listening(self._arena.said, level="INFO")

    def __enter__(self) -> Self:
        self._listening.__enter__()
        parcels.warm_up(edge.receive)
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.__exit__(None, None, None)

    def ends_in(self, story: Story) -> str:
        """What the last case ends in; empty when no oracle objects."""
        self._arena.forget()
        self._arena.heard()
        why = ""
        for case in story:
            target = target_of(case.target, self._arena)
            ran, why = run_one(target, case)
            if ran and ran.seconds > target.limit:
                why = SLOW
        return why


def replayed(story: Story, doors: Doors | None = None) -> str:
    """What the story ends in, in a world of its own."""
    with Rehearsal(doors) as rehearsal:
        return rehearsal.ends_in(story)


def why_of(target: Target, case: Case) -> str:
    return run_one(target, case)[1]


def run_one(target: Target, case: Case) -> tuple[Ran | None, str]:
    """How it ended, or why it is a finding."""
    signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        return target.run(case), ""
    except Hangs:
        return None, HANGS
    except Finding as finding:
        return None, str(finding)
    except Exception as error:  # whatever is raised where nothing may be
        return None, f"{type(error).__name__} at {_place(error)}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Hangs(BaseException):
    """It takes so long that it is not waited for. No `except Exception` may catch it."""


def _interrupt(_signal: int, _frame: object) -> None:
    raise Hangs


def _place(error: Exception) -> str:
    """Where in the product it came from."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "chalicelib" in frame.filename or "infra/" in frame.filename
    ]
    return f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "the fuzzer itself"
