"""What Chalice deploys from: a copy of the project, with what only this stage's stack knows written into its config.

Nothing in git changes for it: a stage that `.chalice/config.json` does not name gets its functions and policies
here, and `token_refresh` its subnets, where the stack has a fixed address for it.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra import policies

COPIED = ("app.py", "requirements.txt", "chalicelib", ".chalice")
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "deployed", "deployments")
REFRESHER = "token_refresh"
SUBNETS, SECURITY_GROUP = "EgressSubnetIds", "EgressSecurityGroupId"
"""Outputs of the stack, where it has a fixed address. Subnets stand side by side, with commas."""


def prepare(stage: str, outputs: Mapping[str, str], *, project: Path) -> Path:
    """A fresh copy below `build/`, ready for ``chalice deploy --stage``."""
    into = project / "build" / "deploy" / stage
    shutil.rmtree(into, ignore_errors=True)
    for name in COPIED:
        _copy(project / name, into / name)
    config_file = into / ".chalice" / "config.json"
    config = json.loads(config_file.read_text(encoding="utf-8"))
    _add_stage(stage, config, into / ".chalice")
    if subnets := _listed(outputs.get(SUBNETS, "")):
        _go_through(subnets, _listed(outputs[SECURITY_GROUP]), stage, config, into / ".chalice")
    config_file.write_text(json.dumps(config, indent=2), encoding="utf-8")
    return into


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=LEFT_BEHIND)
    else:
        shutil.copy2(source, target)


def _add_stage(stage: str, config: dict[str, Any], chalice: Path) -> None:
    if stage in config["stages"]:
        return
    for name, text in policies.files([stage]).items():
        (chalice / name).write_text(text, encoding="utf-8")
    config["stages"][stage] = {
        "api_gateway_stage": stage,
        "environment_variables": {"HUIYUAN_STAGE": stage},
        "lambda_functions": {
            function: {"iam_policy_file": f"policy-{stage}-{function}.json"} for function in policies.GRANTS
        },
    }


def _go_through(subnets: list[str], groups: list[str], stage: str, config: dict[str, Any], chalice: Path) -> None:
    function = config["stages"][stage]["lambda_functions"][REFRESHER]
    function |= {"subnet_ids": subnets, "security_group_ids": groups}
    policy_file = chalice / function["iam_policy_file"]
    policy = json.loads(policy_file.read_text(encoding="utf-8"))
    policy["Statement"] += policies.enter_network(policies.Function(REFRESHER, stage))
    policy_file.write_text(json.dumps(policy, indent=2), encoding="utf-8")


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
