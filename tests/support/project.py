"""A copy of this project, for tests that build and deploy it."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LEFT_BEHIND = shutil.ignore_patterns(
    ".?*cache*",
    ".coverage*",
    ".git",
    ".hypothesis",
    ".venv",
    "__pycache__",
    "build",
    "deployed",
    "deployments",
    "node_modules",
)


def copy_of_project(into: Path, *, root: Path = ROOT) -> Path:
    """The whole project as someone has it who has just cloned it."""
    return Path(shutil.copytree(root, into, ignore=LEFT_BEHIND))
