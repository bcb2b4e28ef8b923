"""What is deployed is prepared from the project and the stack; what is looked at is told in words."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra import policies
from infra.stages import project
from infra.stages.change_set import Change, table
from infra.stages.token import explained
from tests.support.project import ROOT

EGRESS = {"EgressSubnetIds": "subnet-1, subnet-2", "EgressSecurityGroupId": "sg-1"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with nothing in it but what is deployed."""
    for name in ("app.py", "requirements.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "chalicelib" / "__pycache__").mkdir(parents=True)
    (tmp_path / "chalicelib" / "door.py").write_text("", encoding="utf-8")
    (tmp_path / ".chalice" / "deployed").mkdir(parents=True)
    for file in (ROOT / ".chalice").glob("*.json"):
        (tmp_path / ".chalice" / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_without_a_fixed_address_what_is_deployed_is_what_is_in_the_repository(root: Path) -> None:
    into = project.prepare("dev", {}, project=root)

    assert _config(into) == _config(root)
    assert {path.name for path in into.iterdir()} == {"app.py", "requirements.txt", "chalicelib", ".chalice"}
    assert not (into / "chalicelib" / "__pycache__").exists()
    assert not (into / ".chalice" / "deployed").exists()


def test_with_a_fixed_address_one_function_goes_through_its_subnets_and_the_repository_stays(root: Path) -> None:
    before = _config(root)

    into = project.prepare("dev", EGRESS, project=root)

    functions = _config(into)["stages"]["dev"]["lambda_functions"]
    assert functions["token_refresh"]["subnet_ids"] == ["subnet-1", "subnet-2"]
    assert functions["token_refresh"]["security_group_ids"] == ["sg-1"]
    assert [name for name, function in functions.items() if "subnet_ids" in function] == ["token_refresh"]
    assert "ec2:CreateNetworkInterface" in (into / ".chalice" / "policy-dev-token_refresh.json").read_text()
    assert _config(root) == before
    assert "ec2:" not in (root / ".chalice" / "policy-dev-token_refresh.json").read_text()


def test_the_stack_names_its_outputs_as_they_are_looked_for() -> None:
    stack = (ROOT / "infra" / "stack.yaml").read_text(encoding="utf-8")

    for name in (project.SUBNETS, project.SECURITY_GROUP, "EgressAddress", "KeyArn", "TableName"):
        assert re.search(rf"^  {name}:", stack, re.MULTILINE), name


def test_a_stage_that_the_config_does_not_name_gets_functions_and_policies_of_its_own(root: Path) -> None:
    into = project.prepare("shop7", {}, project=root)

    made, known = (_config(into)["stages"][stage] for stage in ("shop7", "dev"))
    assert json.loads(json.dumps(known).replace('"dev"', '"shop7"').replace("-dev-", "-shop7-")) == made
    for function in policies.GRANTS:
        assert "huiyuan-shop7" in (into / ".chalice" / f"policy-shop7-{function}.json").read_text()


def test_preparing_again_leaves_nothing_of_the_time_before(root: Path) -> None:
    into = project.prepare("dev", EGRESS, project=root)
    (into / "chalicelib" / "gone.py").write_text("", encoding="utf-8")

    again = project.prepare("dev", {}, project=root)

    assert again == into
    assert not (into / "chalicelib" / "gone.py").exists()
    assert _config(again) == _config(root)


def test_the_operator_sees_first_what_cannot_be_taken_back_and_the_rest_in_short() -> None:
    alarms = [Change("Add", f"Alarm{number}", "AWS::CloudWatch::Alarm") for number in range(6)]

    shown = table([*alarms, Change("Modify", "Table", "AWS::DynamoDB::Table", replaced=True)]).splitlines()

    assert shown[1].split() == ["替换", "⚠", "不可恢复", "数据表", "Table"]
    assert shown[2].split() == ["新建", "CloudWatch::Alarm", "Alarm0、Alarm1、Alarm2、Alarm3", "等", "6", "个"]
    assert len({line.index(word) for line, word in zip(shown[2:3], ["CloudWatch"], strict=True)}) == 1


@pytest.mark.parametrize("tail", ["", "bm8ganNvbg==", "WzFd"])
def test_a_log_that_tells_nothing_is_said_to_tell_nothing(tail: str) -> None:
    assert "请看它的日志" in explained("shop", tail)


def _config(root: Path) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads((root / ".chalice" / "config.json").read_text(encoding="utf-8"))
    return read
