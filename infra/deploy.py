"""Brings a stage up: what holds state by CloudFormation, then the functions by Chalice; then sees whether it works.

python -m infra.deploy --stage dev
python -m infra.deploy --stage dev --package-into build/package
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from chalice.app import ScheduledEventConfig
from chalice.constants import MISSING_DEPENDENCIES_TEMPLATE

from infra import provision
from infra.stages import callback, checks, project, record
from infra.stages.aws import Aws, Say, of_this_shell
from infra.stages.ending import ended
from infra.stages.record import RecordError
from infra.stages.stack import StackError

PROJECT = Path(__file__).parent.parent
INCOMPLETE = MISSING_DEPENDENCIES_TEMPLATE.split("%s")[0].strip()
"""Chalice only warns when a dependency has no wheel for Lambda, and would deploy without it."""
TRACEBACK = "Traceback (most recent call last):"
CONSOLE = """
在微信公众平台填写（设置与开发 → 开发接口管理 → 基本配置 → 服务器配置）：
  服务器地址(URL)           {url}
  令牌(Token)               与 ops account add 时的一致
  消息加解密密钥            与 ops account add 时的一致（EncodingAESKey）
  消息加解密方式            安全模式
  IP白名单                  {whitelist}
提交后点“启用”。"""


class DeployError(Exception):
    """Chalice failed, or would have deployed something incomplete. The message is what it said."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where a stage is, and whether everything about it works."""

    address: str
    works: bool


def package(stage: str, into: Path, *, project: Path, environ: Mapping[str, str]) -> None:
    """Write `deployment.zip` and the SAM template `sam.json`, built anew. Raises DeployError."""
    _clear(project)
    somewhere = {"AWS_DEFAULT_REGION": "us-east-1", **environ}  # Chalice asks for a region, and writes none
    chalice("package", "--stage", stage, str(into), project=project, environ=somewhere)


def deploy(stage: str, outputs: Mapping[str, str], *, root: Path, environ: Mapping[str, str], aws: Aws) -> str:
    """Build, and deploy what was built onto the stage's stack; returns the API's address.

    May be run again after whatever interrupted it. Raises DeployError, RecordError.
    """
    prepared = project.prepare(stage, outputs, project=root)
    with TemporaryDirectory() as unused:
        package(stage, Path(unused), project=prepared, environ=environ)
    record.write(record.deployed(stage, aws), stage=stage, project=prepared)
    chalice("deploy", "--stage", stage, project=prepared, environ=environ)
    return record.address(stage, aws)


def remove(stage: str, *, root: Path, environ: Mapping[str, str], aws: Aws) -> int:
    """Take away everything that Chalice has deployed; returns how much there was. Raises DeployError, RecordError."""
    found = record.deployed(stage, aws)
    if found:
        prepared = project.prepare(stage, {}, project=root)
        record.write(found, stage=stage, project=prepared)
        chalice("delete", "--stage", stage, project=prepared, environ=environ)
    return len(found)


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
        raise DeployError(_readable(done.stdout))
    return done.stdout


def _readable(said: str) -> str:
    """Chalice's own words, and of a traceback its last line."""
    before, _, traceback = said.partition(TRACEBACK)
    return "\n".join([before.rstrip(), *traceback.strip().splitlines()[-1:]]).strip()


def sources() -> Mapping[str, str]:
    """The functions that queues and the clock open, as the app declares them: by name, ``sqs`` or ``schedule``."""
    from app import app

    return {
        source.name: "schedule" if isinstance(source, ScheduledEventConfig) else "sqs" for source in app.event_sources
    }


def _clear(project: Path) -> None:
    """Chalice would pack compiled files of this machine, and take an old package for a new one."""
    shutil.rmtree(project / ".chalice" / "deployments", ignore_errors=True)
    for compiled in (project / "chalicelib").rglob("__pycache__"):
        shutil.rmtree(compiled, ignore_errors=True)


def bring_up(
    stage: str,
    outputs: Mapping[str, str],
    *,
    root: Path,
    environ: Mapping[str, str],
    aws: Aws,
    say: Say,
    sleep: Callable[[float], None] = time.sleep,
) -> Deployed:
    """Deploy, look whether it works, and say what is to be entered in WeChat's console."""
    before = record.address(stage, aws)
    say(f"huiyuan-{stage}：部署函数……")
    address = deploy(stage, outputs, root=root, environ=environ, aws=aws)
    if before and before != address:
        say(f"注意：接口地址变了（原来是 {before}），请在公众号后台改成下面的地址。")
    say("检查：")
    works = True
    for finding in checks.check_stage(stage, address, sources=sources(), aws=aws, sleep=sleep):
        say(str(finding))
        works = works and finding.is_fine
    url = callback.url_of(address, "<账号>")
    say(CONSOLE.format(url=url, whitelist=outputs.get("EgressAddress", "没有固定 IP：见 docs/deploy.md")))
    return Deployed(address, works)


def main(
    arguments: list[str] | None = None, *, root: Path = PROJECT, connect: Callable[[], Aws] = of_this_shell
) -> int:
    """部署一个环境：先是保存数据的部分，再是函数，最后检查能不能用。"""
    parser = provision.parser("infra.deploy", main.__doc__)
    parser.add_argument("--package-into", type=Path, metavar="目录", help="只打包，不部署")
    options = parser.parse_args(arguments)
    return ended(lambda: _run(options, root=root, connect=connect))


def _run(options: argparse.Namespace, *, root: Path, connect: Callable[[], Aws]) -> int:
    try:
        if options.package_into:
            into = project.prepare(options.stage, {}, project=root)
            package(options.stage, options.package_into.resolve(), project=into, environ=os.environ)
            return 0
        made = provision.from_options(options)
        done = bring_up(options.stage, made.outputs, root=root, environ=os.environ, aws=connect(), say=print)
    except (StackError, RecordError, DeployError) as error:
        print(f"{error}\n没有完成。排除原因后重新运行同一条命令，会从停下的地方继续。", file=sys.stderr)
        return 1
    if not done.works:
        print("部署完成了，但上面标 ✗ 的检查没有通过。", file=sys.stderr)
    return 0 if done.works else 2


if __name__ == "__main__":
    sys.exit(main())
