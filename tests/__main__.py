"""`make test`: all tests, with the coverage that the project asks of itself. A skipped test is a failure."""

import os
import shutil
import sys
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).parents[1]
LEAST = 95.0
"""Percent of branches and lines, over everything."""
WHOLE = (
    "chalicelib/callbacks/answer.py",
    "chalicelib/callbacks/edge.py",
    "chalicelib/callbacks/settle.py",
    "chalicelib/callbacks/snapshot.py",
    "chalicelib/wechat/envelope.py",
    "chalicelib/wechat/inbound.py",
)
"""Files on which every exactly-once promise stands: all of their branches."""
BROWSER = "tests/e2e/browser"


class Skips:
    """Counts what was skipped."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self.names.append(report.nodeid)


def main(arguments: list[str]) -> int:
    os.chdir(ROOT)
    found = shutil.which("chromium") or shutil.which("google-chrome")
    left_out = [] if found else [f"--ignore={BROWSER}"]
    if left_out and os.environ.get("CI"):
        print("no Chromium: CI must not leave the browser tests out", file=sys.stderr)
        return 1
    skips = Skips()
    code = pytest.main(["-q", "--cov", "--cov-report=", *left_out, *arguments], plugins=[skips])
    if left_out:
        print("No Chromium was found: the browser tests were left out (Debian: apt-get install chromium).")
    if code or arguments:
        return int(code)
    return _judged(skips)


def _judged(skips: Skips) -> int:
    """What passing means beside green tests."""
    problems = [f"skipped: {name}" for name in skips.names]
    data = coverage.Coverage()
    data.load()
    total = data.report(skip_covered=True, show_missing=True)
    if total < LEAST:
        problems.append(f"coverage is {total:.1f} %, less than {LEAST:.0f} %")
    problems += [
        f"{name} is covered to {share:.1f} %, not whole" for name in WHOLE if (share := _share(data, name)) < 100
    ]
    for problem in problems:
        print(f"FAILED {problem}", file=sys.stderr)
    return 1 if problems else 0


def _share(data: coverage.Coverage, name: str) -> float:
    with Path(os.devnull).open("w") as nowhere:
        return data.report(morfs=[str(ROOT / name)], file=nowhere)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
