"""Cases that are kept: those that reached something new, and those that once were findings. One per line."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.fuzz.cases import Case

HERE = Path(__file__).parent / "corpus"
REGRESSIONS = "regressions"
LONGEST = 4_000
"""Bytes of a case that is worth keeping for its coverage."""


def load(name: str) -> tuple[Case, ...]:
    """The cases of a target, or the regressions."""
    path = HERE / f"{name.replace(' ', '-')}.jsonl"
    if not path.exists():
        return ()
    return tuple(Case.from_json(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def save(name: str, cases: Iterable[Case]) -> None:
    """In place of what was kept before."""
    HERE.mkdir(exist_ok=True)
    lines = [json.dumps(case.to_json(), ensure_ascii=False) for case in cases]
    (HERE / f"{name.replace(' ', '-')}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def is_small(case: Case) -> bool:
    return sum(map(len, case.parts.values())) <= LONGEST


def write_finding(path: Path, why: str, cases: Sequence[Case]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {"why": why, "cases": [case.to_json() for case in cases]}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def read_finding(path: Path) -> tuple[Case, ...]:
    return tuple(map(Case.from_json, json.loads(path.read_text(encoding="utf-8"))["cases"]))
