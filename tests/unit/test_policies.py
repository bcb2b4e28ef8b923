"""Each function may do what it does, on what belongs to its stage, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.settings import Settings
from chalicelib.store import keys
from infra import policies
from infra.policies import CHALICE, GRANTS, Function, policy, stages

FUNCTIONS = [Function(name, stage) for stage in stages() for name in GRANTS]
every_function = pytest.mark.parametrize(
    "function", FUNCTIONS, ids=lambda function: f"{function.stage}-{function.name}"
)


def test_the_files_are_what_the_script_writes(tmp_path: Path) -> None:
    policies.main(tmp_path)

    assert _files(CHALICE) == _files(tmp_path), "run python -m infra.policies"


def test_every_function_of_every_stage_has_its_own_policy() -> None:
    config = json.loads((CHALICE / "config.json").read_text(encoding="utf-8"))

    deployed = {"api_handler"} | {source.name for source in app.event_sources}
    chosen = {
        (stage, name): function["iam_policy_file"]
        for stage, settings in config["stages"].items()
        for name, function in settings["lambda_functions"].items()
    }

    assert config["autogen_policy"] is False
    assert chosen == {(stage, name): f"policy-{stage}-{name}.json" for stage in stages() for name in GRANTS}
    assert set(config["lambda_functions"]) == set(GRANTS) == deployed


@every_function
def test_no_function_reaches_beyond_its_stage(function: Function) -> None:
    own = (f"huiyuan-{function.stage}", f"/huiyuan/{function.stage}/")

    for statement in _statements(function):
        named = [*statement["Resource"], *statement["Condition"].get("StringLike", {}).values()]
        assert any(name in resource for resource in named for name in own), statement
        if statement["Action"] != ["kms:Decrypt"]:
            assert all(any(name in resource for name in own) for resource in statement["Resource"]), statement


@every_function
def test_no_function_may_do_everything_or_anything_outside_its_account(function: Function) -> None:
    for statement in _statements(function):
        assert not any("*" in action for action in statement["Action"])
        assert not any(resource in ("*", "arn:*") for resource in statement["Resource"])
        assert statement["Condition"]["StringEquals"] == {"aws:ResourceAccount": "${aws:PrincipalAccount}"}


@every_function
def test_the_secret_of_an_account_is_read_by_the_token_function_alone(function: Function) -> None:
    may = [json.dumps(statement) for statement in _statements(function) if "/secrets" in json.dumps(statement)]

    assert bool(may) is (function.name == "token_refresh")


@every_function
def test_no_function_may_scan_or_drop_the_table(function: Function) -> None:
    actions = {action.split(":")[1] for statement in _statements(function) for action in statement["Action"]}

    assert not actions & {"Scan", "DeleteTable", "PartiQLSelect", "UpdateTable", "PurgeQueue", "DeleteQueue"}


@every_function
def test_the_policy_fits_into_a_role(function: Function) -> None:
    assert len(json.dumps(policy(function), separators=(",", ":"))) < 10_240


def test_the_policies_name_what_the_settings_name() -> None:
    settings = Settings(stage="prod")
    function = Function("work_do", "prod")

    granted = {resource for statement in _statements(function) for resource in statement["Resource"]}

    assert f"arn:*:dynamodb:*:*:table/{settings.table_name}" in granted
    assert f"arn:*:sqs:*:*:{settings.work_queue}" in granted
    assert f"arn:*:lambda:*:*:function:{settings.token_function}" in granted
    assert f"arn:*:ssm:*:*:parameter{settings.account_parameter('*')}" in granted


def test_the_clock_finds_what_is_due_and_reads_no_member() -> None:
    table = [statement for statement in _statements(Function("tick", "dev")) if "dynamodb" in statement["Action"][0]]

    assert [statement["Resource"] for statement in table] == [
        [f"arn:*:dynamodb:*:*:table/huiyuan-dev/index/{keys.BY_DUE}"]
    ]


def test_the_token_function_reaches_items_of_accounts_and_no_member() -> None:
    (table,) = [s for s in _statements(Function("token_refresh", "dev")) if "dynamodb" in s["Action"][0]]

    (reached,) = table["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]

    assert keys.access_token("demo").pk.startswith(reached.removesuffix("*"))
    assert not keys.member("demo", "openid").pk.startswith(reached.removesuffix("*"))


def test_a_function_that_has_subnets_may_enter_them_but_not_touch_them_itself() -> None:
    allowed, denied = policies.enter_network(Function("token_refresh", "dev"))

    assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
    assert allowed["Action"] == denied["Action"]
    assert all(action.startswith("ec2:") for action in allowed["Action"])
    assert denied["Condition"]["ArnLike"]["lambda:SourceFunctionArn"].endswith(":huiyuan-dev-token_refresh")


def _files(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in directory.glob("policy-*.json")}


def _statements(function: Function) -> Iterator[dict[str, Any]]:
    yield from policy(function)["Statement"]
