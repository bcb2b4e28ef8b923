"""`make test`: all tests, with the coverage that the project asks of itself. A skipped test is a failure.

The browser tests run after the others, in a process that is not measured: Playwright switches greenlets, and a tracer
that follows them takes minutes for seconds. They have the machine to themselves: browsers do not wait for ever.
"""

import os
import shutil
import subprocess
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
    "chalicelib/callbacks/trials.py",
    "chalicelib/push/claims.py",
    "chalicelib/push/results.py",
    "chalicelib/push/send.py",
    "chalicelib/sending/allowance.py",
    "chalicelib/sending/gate.py",
    "chalicelib/sending/outcomes.py",
    "chalicelib/sending/reservation.py",
    "chalicelib/sending/rules.py",
    "chalicelib/store/dynamo.py",
    "chalicelib/wechat/envelope.py",
    "chalicelib/wechat/inbound.py",
    "chalicelib/wechat/tree.py",
    "chalicelib/work/worker.py",
)
"""Files on which every exactly-once promise stands: all of their branches."""
BROWSER = "tests/e2e/browser"
ON_ALL_CORES = ("-n", "auto", "--dist", "loadfile")
PLUGIN = "tests.support.no_skips"


def main(arguments: list[str]) -> int:
    os.chdir(ROOT)
    if arguments:
        return int(pytest.main(["-q", *arguments]))
    code = pytest.main(["-q", "-p", PLUGIN, *ON_ALL_CORES, "--cov", "--cov-report=", f"--ignore={BROWSER}"])
    browser = _browser_tests()
    return int(code) or browser or _judged()


def _browser_tests() -> int:
    if not (shutil.which("chromium") or shutil.which("google-chrome")):
        print("No Chromium was found: the browser tests were left out (Debian: apt-get install chromium).")
        return 1 if os.environ.get("CI") else 0
    print("The browser tests:", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, "-p", "no:cacheprovider", BROWSER]
    return subprocess.run(command, check=False).returncode


def _judged() -> int:
    """What passing means beside green tests."""
    data = coverage.Coverage()
    data.load()
    total = data.report(skip_covered=True, show_missing=True)
    problems = [f"coverage is {total:.1f} %, less than {LEAST:.0f} %"] if total < LEAST else []
    shares = {name: _share(data, name) for name in WHOLE}
    problems += [f"{name} is covered to {share:.1f} %, not whole" for name, share in shares.items() if share < 100]
    for problem in problems:
        print(f"FAILED {problem}", file=sys.stderr)
    return 1 if problems else 0


def _share(data: coverage.Coverage, name: str) -> float:
    with Path(os.devnull).open("w") as nowhere:
        return data.report(morfs=[str(ROOT / name)], file=nowhere)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
