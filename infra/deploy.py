"""Brings a stage up: what holds state by CloudFormation, then the functions by Chalice.

python -m infra.deploy --stage dev
python -m infra.deploy --stage dev --package-into build/package
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from chalice.constants import MISSING_DEPENDENCIES_TEMPLATE

from infra import provision

PROJECT = Path(__file__).parent.parent
INCOMPLETE = MISSING_DEPENDENCIES_TEMPLATE.split("%s")[0].strip()
"""Chalice only warns when a dependency has no wheel for Lambda, and would deploy without it."""


class DeployError(Exception):
    """Chalice failed, or would have deployed something incomplete. The message is what it said."""


def package(stage: str, into: Path, *, project: Path, environ: Mapping[str, str]) -> None:
    """Write `deployment.zip` and the SAM template `sam.json`, built anew. Raises DeployError."""
    _clear(project)
    somewhere = {"AWS_DEFAULT_REGION": "us-east-1", **environ}  # Chalice asks for a region, and writes none
    chalice("package", "--stage", stage, str(into), project=project, environ=somewhere)


def deploy(stage: str, *, project: Path, environ: Mapping[str, str], say: Callable[[str], None]) -> str:
    """Build, and deploy what was built onto the stage's stack; returns the API's address. Raises DeployError."""
    with TemporaryDirectory() as unused:
        package(stage, Path(unused), project=project, environ=environ)
    say(chalice("deploy", "--stage", stage, project=project, environ=environ))
    deployed = json.loads((project / ".chalice" / "deployed" / f"{stage}.json").read_text(encoding="utf-8"))
    return next(str(made["rest_api_url"]) for made in deployed["resources"] if made["resource_type"] == "rest_api")


def chalice(*arguments: str, project: Path, environ: Mapping[str, str]) -> str:
    """Run Chalice in the project; returns what it said. Raises DeployError.

    Chalice asks pip for Lambda's wheels by version alone: as constraints, the hashes of requirements.txt hold for them
    too. The path is relative, because pip takes a space for the end of a path.
    """
    done = subprocess.run(
        [Path(sys.executable).with_name("chalice"), *arguments],
        cwd=project,
        env={**environ, "PIP_CONSTRAINT": "requirements.txt", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode or INCOMPLETE in done.stdout:
        raise DeployError(done.stdout)
    return done.stdout


def _clear(project: Path) -> None:
    """Chalice would pack compiled files of this machine, and take an old package for a new one."""
    shutil.rmtree(project / ".chalice" / "deployments", ignore_errors=True)
    for compiled in (project / "chalicelib").rglob("__pycache__"):
        shutil.rmtree(compiled, ignore_errors=True)


def main(arguments: list[str] | None = None, *, project: Path = PROJECT) -> None:
    """Provision and deploy a stage to the AWS account that the shell is logged in to."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=main.__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--package-into", type=Path, metavar="DIRECTORY", help="only build what would be deployed")
    given = parser.parse_args(arguments)
    if given.package_into:
        package(given.stage, given.package_into.resolve(), project=project, environ=os.environ)
        return
    provision.main(["--stage", given.stage])
    address = deploy(given.stage, project=project, environ=os.environ, say=print)
    print(f"callback URL of an account: {address.rstrip('/')}/wechat/<account>")


if __name__ == "__main__":
    main()
