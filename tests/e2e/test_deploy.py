"""`chalice deploy` onto the stage's stack, read back from AWS: created, deployed again, and taken away."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from app import app
from chalicelib.settings import Settings
from infra import deploy
from infra.policies import GRANTS, Function, policy
from infra.provision import provision
from tests.support.aws import ACCOUNT_ID, aws
from tests.support.project import copy_of_project

STAGE = "dev"
SETTINGS = Settings(stage=STAGE)
SECONDS_AND_MEGABYTES = {
    "api_handler": (10, 512),
    "work_do": (30, 256),
    "tick": (60, 256),
    "token_refresh": (30, 256),
    "journal_roll": (120, 512),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_project(tmp_path_factory.mktemp("deploy") / "project")


@pytest.fixture(params=["us-east-1", "cn-north-1"])
def environ(request: pytest.FixtureRequest, project: Path) -> Iterator[Mapping[str, str]]:
    """A shell that is logged in to an AWS account with a provisioned stage, in each partition."""
    (project / ".chalice" / "deployed" / f"{STAGE}.json").unlink(missing_ok=True)
    with aws(region=request.param):
        provision(
            stage=STAGE,
            cloudformation=boto3.client("cloudformation"),
            dynamodb=boto3.client("dynamodb"),
            sqs=boto3.client("sqs"),
            say=print,
        )
        yield dict(os.environ)


def test_a_stage_is_deployed_deployed_again_and_taken_away(
    environ: Mapping[str, str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = deploy.deploy(STAGE, project=project, environ=environ, say=print)
    first = _api()
    _assert_deployed_as_declared()

    deploy.main(["--stage", STAGE], project=project)
    assert _api() == first
    assert f"callback URL of an account: {address}wechat/<account>\n" in capsys.readouterr().out
    _assert_deployed_as_declared()

    deploy.chalice("delete", "--stage", STAGE, project=project, environ=environ)
    _assert_only_state_is_left()


def test_an_operator_sees_what_would_be_deployed(project: Path, tmp_path: Path) -> None:
    deploy.main(["--stage", STAGE, "--package-into", str(tmp_path / "package")], project=project)

    assert {path.name for path in (tmp_path / "package").iterdir()} == {"deployment.zip", "sam.json"}


def _assert_deployed_as_declared() -> None:
    functions = {
        function["FunctionName"]: function for function in boto3.client("lambda").list_functions()["Functions"]
    }

    assert {name: function["Handler"] for name, function in functions.items()} == {
        _deployed(source.name): source.handler_string for source in app.event_sources
    } | {_deployed("api_handler"): "app.app"}
    for name in GRANTS:
        _assert_configured(functions[_deployed(name)], name)
        _assert_role(functions[_deployed(name)], name)
    _assert_woken_by_the_queue()
    _assert_called_by_the_clock()
    _assert_routes()


def _assert_configured(function: Mapping[str, Any], name: str) -> None:
    assert (function["Timeout"], function["MemorySize"]) == SECONDS_AND_MEGABYTES[name]
    assert function["Runtime"] == f"python3.{sys.version_info.minor}"
    assert function["Architectures"] == ["arm64"]
    assert function["Environment"]["Variables"] == {"HUIYUAN_STAGE": STAGE}


def _assert_role(function: Mapping[str, Any], name: str) -> None:
    role = function["Role"].rsplit("/", 1)[1]
    given = boto3.client("iam").get_role_policy(RoleName=role, PolicyName=role)
    logs = given["PolicyDocument"]["Statement"][0]["Resource"][0]

    assert role == f"huiyuan-{STAGE}-{name}"
    assert logs.endswith(f":/aws/lambda/{function['FunctionName']}")
    assert given["PolicyDocument"] == json.loads(json.dumps(policy(Function(name, STAGE))))


def _assert_woken_by_the_queue() -> None:
    (mapping,) = boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"]

    assert mapping["EventSourceArn"].endswith(f":{ACCOUNT_ID}:{SETTINGS.work_queue}")
    assert mapping["FunctionArn"].endswith(f":function:{_deployed('work_do')}")
    assert mapping["BatchSize"] == 10


def _assert_called_by_the_clock() -> None:
    events = boto3.client("events")
    rates = {}
    for rule in events.list_rules()["Rules"]:
        (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        rates[target["Arn"].rsplit(":", 1)[1]] = rule["ScheduleExpression"]

    assert rates == {
        _deployed("tick"): "rate(1 minute)",
        _deployed("token_refresh"): "rate(5 minutes)",
        _deployed("journal_roll"): "rate(15 minutes)",
    }
    assert SETTINGS.token_function in rates


def _assert_routes() -> None:
    resources = boto3.client("apigateway").get_resources(restApiId=_api()["id"], limit=500)["items"]

    deployed = {item["path"]: set(item["resourceMethods"]) for item in resources if item.get("resourceMethods")}

    assert deployed == {path: set(methods) for path, methods in app.routes.items()}


def _assert_only_state_is_left() -> None:
    assert boto3.client("lambda").list_functions()["Functions"] == []
    assert boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
    assert boto3.client("events").list_rules()["Rules"] == []
    assert boto3.client("apigateway").get_rest_apis()["items"] == []
    assert boto3.client("iam").list_roles()["Roles"] == []
    assert boto3.client("dynamodb").list_tables()["TableNames"] == [SETTINGS.table_name]
    assert boto3.client("sqs").get_queue_url(QueueName=SETTINGS.work_queue)["QueueUrl"]


def _api() -> Mapping[str, Any]:
    (api,) = boto3.client("apigateway").get_rest_apis()["items"]
    return {"id": api["id"], "name": api["name"]}


def _deployed(name: str) -> str:
    return Function(name, STAGE).deployed_name
