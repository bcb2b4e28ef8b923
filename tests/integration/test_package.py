"""What goes to Lambda: built by Chalice itself, from a copy of the project."""

import compileall
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from chalice.app import SQSEventConfig

from app import app
from infra.deploy import DeployError, package
from tests.support.project import copy_of_project

MOST_BYTES = 15 * 1024 * 1024
MOST_BYTES_UNPACKED = 250 * 1024 * 1024
ELF_AARCH64 = 183
ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
"""A shell that is logged in nowhere."""


@dataclass(frozen=True, slots=True)
class Built:
    """A package and what is in it."""

    directory: Path
    names: frozenset[str]
    tops: frozenset[str]
    template: dict[str, Any]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_project(tmp_path_factory.mktemp("a path with spaces") / "the project")


@pytest.fixture(scope="module")
def built(project: Path) -> Built:
    compileall.compile_dir(project / "chalicelib", quiet=2)
    directory = project / "build"
    package("prod", directory, project=project, environ=ENVIRON)
    with zipfile.ZipFile(directory / "deployment.zip") as packed:
        names = frozenset(packed.namelist())
    template = yaml.safe_load((directory / "sam.json").read_text(encoding="utf-8"))
    return Built(directory, names, frozenset(name.split("/")[0] for name in names), template)


def test_the_package_is_small_enough_to_start_fast(built: Built) -> None:
    packed = built.directory / "deployment.zip"

    with zipfile.ZipFile(packed) as opened:
        unpacked = sum(entry.file_size for entry in opened.infolist())

    assert packed.stat().st_size <= MOST_BYTES
    assert unpacked <= MOST_BYTES_UNPACKED


def test_the_package_holds_the_service_and_all_that_it_imports(built: Built, project: Path) -> None:
    ours = {str(path.relative_to(project)) for path in (project / "chalicelib").rglob("*.py")}

    assert ours | {"app.py", "chalice/app.py", "xmltodict.py"} <= built.names
    assert {"wechatpy", "aws_lambda_powertools", "cryptography", "dateutil", "requests", "chalice"} <= built.tops


def test_the_package_holds_every_pinned_requirement_in_its_version(built: Built, project: Path) -> None:
    lines = (project / "requirements.txt").read_text(encoding="utf-8").splitlines()

    pinned = {_dist_info(line) for line in lines if "==" in line and not line.lstrip().startswith("#")}

    assert pinned
    assert pinned <= built.tops


def test_every_requirement_is_pinned_by_hash(project: Path) -> None:
    text = (project / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")

    requirements = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]

    assert all("==" in line and "--hash=sha256:" in line for line in requirements)


def test_the_package_carries_nothing_that_lambda_has_or_followers_never_meet(built: Built) -> None:
    assert not built.tops & {"boto3", "botocore", "s3transfer", "tests", "infra", "docs", ".chalice", "moto", "pip"}
    assert not [name for name in built.names if name.endswith((".pyc", ".pyo"))]


def test_each_function_loads_from_the_package_alone(built: Built, tmp_path: Path) -> None:
    with zipfile.ZipFile(built.directory / "deployment.zip") as packed:
        packed.extractall(tmp_path)
    modules = {"app"} | {source.handler_string.rpartition(".")[0] for source in app.event_sources}
    load = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import {', '.join(sorted(modules))}"

    loaded = subprocess.run([sys.executable, "-I", "-S", "-c", load], capture_output=True, text=True, check=False)

    assert (loaded.returncode, loaded.stderr) == (0, "")


def test_compiled_code_is_for_the_processor_that_it_runs_on(built: Built) -> None:
    with zipfile.ZipFile(built.directory / "deployment.zip") as packed:
        libraries = {name: packed.read(name)[:20] for name in built.names if name.endswith(".so")}

    machines = {name: int.from_bytes(head[18:20], "little") for name, head in libraries.items()}

    assert any(name.startswith("cryptography/") for name in machines)
    assert set(machines.values()) == {ELF_AARCH64}, machines


def test_the_template_is_clean_for_aws_and_for_aws_in_china(built: Built) -> None:
    lint = Path(sys.executable).with_name("cfn-lint")

    said = subprocess.run(
        [lint, "--regions", "us-east-1", "cn-north-1", "--template", built.directory / "sam.json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stdout) == (0, "")


def test_each_function_runs_on_this_python_with_a_role_of_its_own(built: Built) -> None:
    functions = [
        resource["Properties"]
        for resource in built.template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]

    assert len(functions) == 1 + len(app.event_sources)
    assert len({str(function["Role"]) for function in functions}) == len(functions)
    assert {function["Runtime"] for function in functions} == {f"python3.{sys.version_info.minor}"}
    assert {str(function["Architectures"]) for function in functions} == {"['arm64']"}
    assert {function["Environment"]["Variables"]["HUIYUAN_STAGE"] for function in functions} == {"prod"}


def test_the_functions_of_a_stage_listen_to_the_queue_of_that_stage(built: Built) -> None:
    queues = [
        event["Properties"]["Queue"]["Fn::Sub"]
        for resource in built.template["Resources"].values()
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "SQS"
    ]

    declared = {str(source.queue) for source in app.event_sources if isinstance(source, SQSEventConfig)}
    assert {queue.rsplit(":", 1)[1] for queue in queues} == {queue.replace("-dev-", "-prod-") for queue in declared}
    assert "huiyuan-dev-work" in declared


def test_a_wheel_for_lambda_that_is_not_a_pinned_one_is_refused(project: Path, tmp_path: Path) -> None:
    tampered = copy_of_project(tmp_path / "tampered", root=project)
    _run_on_another_processor(tampered)
    _trust_only_the_wheel_of_this_machine(tampered, "cffi", tmp_path)

    with pytest.raises(DeployError, match=r"Could not install dependencies:\s+cffi=="):
        package("dev", tmp_path / "out", project=tampered, environ=ENVIRON)


def test_a_project_that_does_not_load_is_not_packaged(project: Path, tmp_path: Path) -> None:
    broken = copy_of_project(tmp_path / "broken", root=project)
    (broken / "app.py").write_text("raise RuntimeError('no service here')", encoding="utf-8")

    with pytest.raises(DeployError, match="no service here"):
        package("dev", tmp_path / "out", project=broken, environ=ENVIRON)


def _run_on_another_processor(project: Path) -> None:
    config = project / ".chalice" / "config.json"
    other = "arm64" if platform.machine() == "x86_64" else "x86_64"
    settings = json.loads(config.read_text(encoding="utf-8")) | {"lambda_architecture": other}
    config.write_text(json.dumps(settings), encoding="utf-8")


def _trust_only_the_wheel_of_this_machine(project: Path, name: str, scratch: Path) -> None:
    requirements = project / "requirements.txt"
    before, block, after = re.split(
        rf"(?ms)(^{name}==.*?(?=^\S))", requirements.read_text(encoding="utf-8"), maxsplit=1
    )
    pinned = block.split()[0]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch / name, pinned]
    subprocess.run(pip, check=True)
    (wheel,) = (scratch / name).iterdir()
    trusted = f"{pinned} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    requirements.write_text(before + trusted + after, encoding="utf-8")


def _dist_info(line: str) -> str:
    name, _, rest = line.partition("==")
    return f"{name.strip().replace('-', '_')}-{rest.split()[0]}.dist-info"
