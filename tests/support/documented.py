"""Runs the commands of a document as they are printed there: each in this process, and none that is not known."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.project import ROOT

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MODULE = re.compile(r"python -m (infra\.\w+)(.*)$", re.MULTILINE)
Command = Callable[[list[str]], int]


def commands(page: Path) -> Iterator[str]:
    """Every line of every shell block, in order."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        yield from block.splitlines()


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell in a directory, whose programs are the project's own commands."""

    directory: Path
    environ: dict[str, str]
    programs: Mapping[str, Command]
    """By module."""

    def run(self, line: str) -> int:
        """The exit code. Raises LookupError for what is no command of a document."""
        name, *arguments = shlex.split(line)
        if name == "make":
            return self._module(_made(arguments))
        if name == "python":
            return self._module(line)
        if name == "export":
            self.environ.update(dict(argument.split("=", 1) for argument in arguments))
        elif name == "cp":
            shutil.copy2(ROOT / arguments[0], self.directory / arguments[1])
        elif name == "rm":
            (self.directory / arguments[0]).unlink()
        elif [name, *arguments] != [".", ".venv/bin/activate"]:
            raise LookupError(line)
        return 0

    def _module(self, line: str) -> int:
        ((module, arguments),) = MODULE.findall(line)
        return self.programs[module](shlex.split(arguments))


def _made(arguments: list[str]) -> str:
    """What make would run last."""
    planned = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return planned.stdout.splitlines()[-1]
