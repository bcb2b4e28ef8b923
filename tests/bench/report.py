"""What a benchmark found, as Markdown: printed, or put into a document between marks of its own."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Bar:
    """What we ask of ourselves, and whether this run held it."""

    what: str
    found: str
    held: bool

    def __str__(self) -> str:
        return f"- {'held' if self.held else '**missed**'}: {self.what}; here {self.found}."


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one benchmark."""

    says: str
    """What was measured, and against what."""
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[Bar, ...] = ()

    def __str__(self) -> str:
        lines = [self.head, tuple("---" if not column else "---:" for column in range(len(self.head))), *self.rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return "\n\n".join(filter(None, (self.says, table, "\n".join(map(str, self.bars)))))


def together(results: Sequence[Result]) -> str:
    return "\n\n".join(map(str, results))


def machine() -> str:
    """Where and when the figures were made, and how busy it was."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {python}, {_processor()}, {cores} cores, load average {load:.1f} when it began."


def insert(document: Path, name: str, text: str) -> None:
    """Replace what stands between the marks of this name. Raises ValueError where there are none."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = document.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{document} has no place for {name}")
    document.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")


def _processor() -> str:
    lines = CPUINFO.read_text(encoding="utf-8").splitlines() if CPUINFO.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
