"""How long a function takes to be there, and how much is carried to it."""

import subprocess
import sys
import zipfile
from itertools import repeat
from os import environ
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from infra.deploy import package
from tests.bench.extent import Extent
from tests.bench.report import Bar, Result
from tests.bench.timing import milli
from tests.support.project import ROOT, copy_of_project

CLIENT = "import boto3; boto3.client('{}', region_name='eu-central-1')"
FLOOR = f"{CLIENT.format('dynamodb')}; from wechatpy.parser import parse_message"
ENTRY = "import app; from chalicelib import web; from chalicelib.callbacks import edge"
STARTS = {
    "the floor: `boto3`, its DynamoDB client, wechatpy's parser": FLOOR,
    "the callback's modules alone": ENTRY,
    "the callback and its DynamoDB client": f"{ENTRY}; {CLIENT.format('dynamodb')}",
    "the callback and every client that its first delivery needs": "; ".join(
        (ENTRY, "import wechatpy.replies", *map(CLIENT.format, ("dynamodb", "ssm", "sqs")))
    ),
    "the worker's modules alone": "import chalicelib.work.entry",
}
LIKE_FOR_LIKE = "the callback and its DynamoDB client"
MEASURED = "import time; began = time.process_time(); {}; print(time.process_time() - began)"
MOST_BYTES = 15 * 1024 * 1024
MIB = 1024 * 1024


def run(extent: Extent) -> tuple[Result, ...]:
    return _starts(extent.cold_runs), _package()


def _starts(runs: int) -> Result:
    """In turns, so that a busy moment of the machine strikes all alike."""
    seconds: dict[str, list[float]] = {what: [] for what in STARTS}
    for _ in repeat(None, runs + 1):
        for what, code in STARTS.items():
            seconds[what].append(_start(code))
    medians = {what: median(found[1:]) for what, found in seconds.items()}  # the first one filled the disk's cache
    floor = next(iter(medians.values()))
    rows = tuple(
        (what, milli(one), milli(min(seconds[what][1:])), f"{one / floor:.2f}") for what, one in medians.items()
    )
    share = medians[LIKE_FOR_LIKE] / floor
    bar = Bar("the callback with its table client starts in at most 1.5 × the floor", f"{share:.2f} ×", share <= 1.5)
    says = f"CPU time of the imports in a fresh interpreter, compiled files present, {runs} starts of each in turns."
    return Result(says, ("fresh interpreter", "median", "best", "to the floor"), rows, (bar,))


def _start(code: str) -> float:
    clean = {name: value for name, value in environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", MEASURED.format(code)]
    run = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=True, timeout=60)
    return float(run.stdout)


def _package() -> Result:
    """What Chalice builds, from a copy of the project."""
    with TemporaryDirectory() as directory:
        project = copy_of_project(Path(directory) / "project")
        package("dev", project / "build", project=project, environ=environ)
        packed = project / "build" / "deployment.zip"
        with zipfile.ZipFile(packed) as opened:
            unpacked = sum(entry.file_size for entry in opened.infolist())
        size = packed.stat().st_size
    rows = ((f"{size / MIB:.1f} MB", f"{unpacked / MIB:.1f} MB"),)
    bar = Bar("the package is at most 15 MB", f"{size / MIB:.1f} MB", size <= MOST_BYTES)
    says = "The package for Lambda, as `python -m infra.deploy --package-into` builds it."
    return Result(says, ("zipped", "unpacked"), rows, (bar,))
