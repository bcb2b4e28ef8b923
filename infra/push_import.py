"""Planning the rows of a file, many side by side, and remembering how far it has come."""

import csv
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self, TypeAlias

from infra import push_csv
from infra.push_csv import Row, Sheet

CHUNK = 25
"""Rows that are planned one after the other, and recorded as done together."""
WORKERS = 8
"""Chunks side by side: fewer than the connections that boto3 keeps (10)."""


class Answer(Protocol):
    """What became of one row's event: ``planned``, ``known`` or ``refused``, and the reason in words."""

    @property
    def outcome(self) -> str: ...

    @property
    def message(self) -> str: ...


Ask: TypeAlias = Callable[[Sequence[Mapping[str, Any]]], Sequence[Answer]]
"""Does what some events ask for. Called from several threads."""


class Result(NamedTuple):
    """What became of a row; `reason` of a refused one."""

    row: Row
    outcome: str
    reason: str = ""


def planned(rows: Iterator[Row], ask: Ask) -> Iterator[list[Result]]:
    """Chunk by chunk in their order, others of them at work meanwhile. Raises what `ask` raises."""
    at_work: deque[Future[list[Result]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            while chunk := list(islice(rows, CHUNK)):
                at_work.append(pool.submit(_plan, chunk, ask))
                if len(at_work) > 2 * WORKERS:
                    yield at_work.popleft().result()
            while at_work:
                yield at_work.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _plan(chunk: list[Row], ask: Ask) -> list[Result]:
    answers = iter(ask([row.event for row in chunk if not row.trouble]))
    return [Result(row, "refused", row.trouble) if row.trouble else _result(row, next(answers)) for row in chunk]


def _result(row: Row, asked: Answer) -> Result:
    return Result(row, asked.outcome, asked.message if asked.outcome == "refused" else "")


@dataclass
class State:
    """How far a file has come for an account. Kept beside it until it is through."""

    path: Path
    mark: str
    """Tells whether it is still the same file and account."""
    line: int = 0
    """The last of its lines that is done."""
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, sheet: Sheet, account: str) -> Self:
        """As an earlier run has left it, or new."""
        path = sheet.path.with_name(f"{sheet.path.name}.{account}.progress.json")
        state = cls(path, _mark(sheet.path, account))
        try:
            kept: Any = json.loads(path.read_text(encoding="utf-8"))
            if kept["mark"] == state.mark:
                state.line, state.counts = int(kept["line"]), Counter(kept["counts"])
        except (OSError, ValueError, LookupError, TypeError):
            return state
        return state

    def add(self, results: Sequence[Result]) -> None:
        """These are done: written at once, whole or not at all."""
        self.line = results[-1].row.line
        self.counts.update(result.outcome for result in results)
        kept = {"mark": self.mark, "line": self.line, "counts": self.counts}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(kept), encoding="utf-8")
        new.replace(self.path)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def _mark(path: Path, account: str) -> str:
    digest = sha256(account.encode())
    with path.open("rb") as file:
        while piece := file.read(push_csv.PIECE):
            digest.update(piece)
    return digest.hexdigest()


def rejects_of(path: Path) -> Path:
    """Where the rejected rows of a file go."""
    return path.with_name(f"{path.stem}.rejected.csv")


def write_rejects(sheet: Sheet, results: Sequence[Result]) -> None:
    """Add the refused ones to their file. What is told of them stands before their cells, because a row may have more
    of these than there are columns. After an interruption a row may stand in it twice, which does no harm."""
    refused = [result for result in results if result.outcome == "refused"]
    if not refused:
        return
    path = rejects_of(sheet.path)
    is_new = not path.exists()
    with path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as file:
        writer = csv.writer(file)
        kept = [number for number, name in enumerate(sheet.headings) if name not in push_csv.TOLD]
        if is_new:
            writer.writerow([*push_csv.TOLD, *(sheet.headings[number] for number in kept)])
        for row, _, reason in refused:
            cells = [row.cells[number] if number < len(row.cells) else "" for number in kept]
            beyond = row.cells[len(sheet.headings) :]
            writer.writerow([str(row.line), reason, *push_csv.shown([*cells, *beyond])])
