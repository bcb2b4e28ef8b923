"""A stage is deployed onto moto's AWS with the operator's own command, read back, used as WeChat and AWS use it, and
taken away again."""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from chalice.app import BaseEventSourceConfig, SQSEventConfig

from app import app
from chalicelib.settings import Settings
from infra import deploy, destroy, ops, ops_account
from infra.local.lambdas import schedule_event, sqs_event
from infra.local.wechat_simulator import Account, CallbackResponse, Server, Simulator, serve
from infra.ops_desk import Desk
from infra.policies import GRANTS, Function, policy
from infra.stages import checks, record
from infra.stages.aws import Aws, of_this_shell
from tests.support.aws import ACCOUNT_ID, aws
from tests.support.deployed import DeployedFunctions, Package, http_event, unpacked
from tests.support.documented import Command, Shell, commands
from tests.support.project import ROOT, copy_of_project
from tests.support.shop import DATA_KEY, an_account

STAGE = "dev"
SETTINGS = Settings(stage=STAGE)
CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
SCHEDULES = {"tick": "rate(1 minute)", "token_refresh": "rate(5 minutes)", "journal_roll": "rate(15 minutes)"}


@dataclass(frozen=True, slots=True)
class Stage:
    """A shell that is logged in to an AWS account, and what is deployed there."""

    project: Path
    aws: Aws
    functions: DeployedFunctions
    wechat: Server


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_project(tmp_path_factory.mktemp("deploy") / "project")


@pytest.fixture(scope="module")
def built(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Package:
    into = tmp_path_factory.mktemp("built")
    assert deploy.main(["--stage", STAGE, "--package-into", str(into)], root=project) == 0
    return unpacked(into / "deployment.zip", into)


@pytest.fixture(scope="module")
def stage(project: Path, built: Package) -> Iterator[Stage]:
    """Deployed once; the tests below share it, and none takes anything away."""
    with a_stage("us-east-1", project, built) as made:
        assert deploy.main(["--stage", STAGE], root=project, connect=lambda: made.aws) == 0
        yield made


@contextmanager
def a_stage(region: str, project: Path, built: Package) -> Iterator[Stage]:
    """An AWS account with nothing in it yet, and a WeChat that calls what will be deployed."""
    with aws(region=region) as variables:
        environ = {**variables, "HUIYUAN_STAGE": STAGE}
        functions = DeployedFunctions(boto3.client("lambda"), built, environ)
        wechat = serve(Simulator(courier=ApiGateway(functions), seed=5), port=0)
        environ["HUIYUAN_WECHAT_API"] = wechat.url
        try:
            client: Any = functions
            connected = replace(of_this_shell(), functions=client, fetch=functions.fetch)
            yield Stage(project, connected, functions, wechat)
        finally:
            wechat.close()


@dataclass(frozen=True, slots=True)
class ApiGateway:
    """The simulator's way to the deployed function; implements its `Courier`."""

    functions: DeployedFunctions

    def post(
        self, url: str, *, query: Mapping[str, str], body: bytes, headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        return self._called(http_event("POST", _with_query(url, query), body=body.decode()))

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        return self._called(http_event("GET", _with_query(url, query)))

    def _called(self, event: Mapping[str, Any]) -> CallbackResponse:
        done = self.functions.run(f"huiyuan-{STAGE}", event)
        assert done.code == 0, done.log
        return CallbackResponse(done.result["statusCode"], str(done.result["body"]).encode(), done.result["headers"])


# What is deployed is what code and config declare.


def test_every_function_is_deployed_as_declared(stage: Stage) -> None:
    functions = {
        function["FunctionName"]: function for function in boto3.client("lambda").list_functions()["Functions"]
    }

    assert {name: function["Handler"] for name, function in functions.items()} == {
        _deployed(source.name): source.handler_string for source in app.event_sources
    } | {_deployed("api_handler"): "app.app"}
    assert set(GRANTS) == {"api_handler"} | {source.name for source in app.event_sources}
    for name in GRANTS:
        function, declared = functions[_deployed(name)], CONFIG["lambda_functions"][name]
        assert function["Timeout"] == declared["lambda_timeout"]
        assert function["MemorySize"] == declared["lambda_memory_size"]
        assert function["Runtime"] == f"python3.{sys.version_info.minor}"
        assert function["Architectures"] == ["arm64"]
        assert function["Environment"]["Variables"] == CONFIG["stages"][STAGE]["environment_variables"]


@pytest.mark.parametrize("name", GRANTS)
def test_every_function_has_its_own_role_with_its_own_policy(stage: Stage, name: str) -> None:
    function = boto3.client("lambda").get_function_configuration(FunctionName=_deployed(name))
    role = function["Role"].rsplit("/", 1)[1]

    given = boto3.client("iam").get_role_policy(RoleName=role, PolicyName=role)

    assert role == f"huiyuan-{STAGE}-{name}"
    assert given["PolicyDocument"] == json.loads(json.dumps(policy(Function(name, STAGE))))


def test_every_queue_wakes_its_function(stage: Stage) -> None:
    mappings = boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"]

    found = {
        mapping["FunctionArn"].rsplit(":", 1)[1]: (mapping["EventSourceArn"], mapping["BatchSize"], mapping["State"])
        for mapping in mappings
    }

    assert found == {
        _deployed(source.name): (f"arn:aws:sqs:us-east-1:{ACCOUNT_ID}:{source.queue}", source.batch_size, "Enabled")
        for source in app.event_sources
        if isinstance(source, SQSEventConfig)
    }
    assert _deployed("work_do") in found


def test_the_clock_calls_what_it_should_as_often_as_it_should(stage: Stage) -> None:
    events = boto3.client("events")
    rates = {}
    for rule in events.list_rules()["Rules"]:
        (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        rates[target["Arn"].rsplit(":", 1)[1]] = rule["ScheduleExpression"]

    assert set(rates) == {_deployed(name) for name, kind in deploy.sources().items() if kind == "schedule"}
    assert SCHEDULES.items() <= {name.removeprefix("huiyuan-dev-"): rate for name, rate in rates.items()}.items()
    assert SETTINGS.token_function in rates


def test_every_route_is_deployed_with_its_methods(stage: Stage) -> None:
    (api,) = boto3.client("apigateway").get_rest_apis()["items"]
    resources = boto3.client("apigateway").get_resources(restApiId=api["id"], limit=500)["items"]

    deployed = {item["path"]: set(item["resourceMethods"]) for item in resources if item.get("resourceMethods")}

    assert deployed == {path: set(methods) for path, methods in app.routes.items()}


# What is deployed runs: each handler from the package, in a clean interpreter, on a real event.


def test_what_is_run_here_is_what_was_deployed(stage: Stage, built: Package) -> None:
    digest = hashlib.sha256((built.task.parent / "deployment.zip").read_bytes()).digest()

    deployed = {
        function["FunctionName"]: function["CodeSha256"]
        for function in boto3.client("lambda").list_functions()["Functions"]
    }

    assert set(deployed.values()) == {base64.b64encode(digest).decode()}


def test_api_gateway_gets_an_answer_from_the_health_route(stage: Stage) -> None:
    assert stage.functions.fetch("https://x.execute-api.us-east-1.amazonaws.com/dev/healthz") == (200, "ok")


@pytest.mark.parametrize("source", app.event_sources, ids=lambda source: source.name)
def test_what_opens_without_work_to_do_closes_without_complaint(stage: Stage, source: BaseEventSourceConfig) -> None:
    event = _empty_event(source)

    done = stage.functions.run(_deployed(source.name), event)

    assert (done.code, done.result) == (0, None), done.log
    assert "Traceback" not in done.log


def test_a_follower_writes_and_the_deployed_functions_do_all_the_rest(stage: Stage) -> None:
    account = an_account("shop", callback_url="https://x.execute-api.us-east-1.amazonaws.com/dev/wechat/shop")
    stage.wechat.simulator.add_account(account)
    _store(stage, account.account, appid=account.appid, token=account.token, aes_key=account.aes_key,
           secret=account.secret)  # fmt: skip

    openid = stage.wechat.simulator.add_follower("shop")
    outcome = stage.wechat.simulator.follow(openid)
    refreshed = stage.functions.run(SETTINGS.token_function, schedule_event("token_refresh", datetime.now(UTC)))
    worked = stage.functions.run(_deployed("work_do"), _wake_up_of_what_is_due())
    rolled = stage.functions.run(_deployed("journal_roll"), schedule_event("journal_roll", datetime.now(UTC)))

    assert [delivery.status for delivery in outcome.deliveries] == [200]
    assert outcome.saw[0]["type"] == "text"
    assert ["token.fetched", refreshed.code] == [_said(refreshed.log)[-1], 0], refreshed.log
    assert worked.code == 0, worked.log
    assert _items("J#") == []
    assert "journal.rolled" in _said(rolled.log), rolled.log
    assert [item["subscribe_scene"]["S"] for item in _items("M#") if "subscribe_scene" in item]


def test_an_operator_hears_which_address_wechat_has_refused(stage: Stage) -> None:
    account = an_account("fussy", allowed_ips=("203.0.113.9",))
    stage.wechat.simulator.add_account(account)
    _store(stage, "fussy", appid=account.appid, token=account.token, aes_key=account.aes_key, secret=account.secret)

    found = checks.check_token("fussy", settings=SETTINGS, aws=stage.aws)

    stage.aws.ssm.delete_parameters(Names=[SETTINGS.account_parameter("fussy"), SETTINGS.secret_parameter("fussy")])
    assert not found.is_fine
    assert "微信看到的是 127.0.0.1" in found.note


# Again, elsewhere, and away.


def test_deploying_again_changes_nothing_even_if_chalice_has_forgotten_everything(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    before = record.deployed(STAGE, stage.aws)

    assert deploy.main(["--stage", STAGE], root=stage.project, connect=lambda: stage.aws) == 0

    said = capsys.readouterr().out
    assert record.deployed(STAGE, stage.aws) == before
    assert not (stage.project / ".chalice" / "deployed").exists()
    assert "huiyuan-dev：堆栈已经是最新的。" in said
    assert "✓ 接口能访问" in said
    assert "服务器地址(URL)" in said
    assert f"{record.address(STAGE, stage.aws)}wechat/<账号>\n" in said


def test_a_stage_in_china_is_deployed_and_taken_away_and_its_data_stays_for_the_next_deployment(
    project: Path, built: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_stage("cn-north-1", project, built) as made:
        assert deploy.main(["--stage", STAGE], root=project, connect=lambda: made.aws) == 0
        assert ".execute-api.cn-north-1.amazonaws.com.cn/dev/wechat/<账号>" in capsys.readouterr().out

        assert destroy.main(["--stage", STAGE], root=project, connect=lambda: made.aws, ask=lambda _: STAGE) == 0

        assert "保留下来：数据表 huiyuan-dev" in capsys.readouterr().out
        _assert_only_data_is_left()
        assert deploy.main(["--stage", STAGE], root=project, connect=lambda: made.aws) == 0
        assert "数据表 huiyuan-dev 是以前保留下来的" in capsys.readouterr().out
        asked = ["--stage", STAGE, "--delete-data"]
        assert destroy.main(asked, root=project, connect=lambda: made.aws, ask=lambda _: STAGE) == 0
        assert boto3.client("dynamodb").list_tables()["TableNames"] == []
        assert destroy.remains(STAGE, made.aws) == ()


def test_who_follows_the_guide_from_top_to_bottom_gets_a_first_answer_and_can_take_it_all_away(
    project: Path, built: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = []
    with a_stage("us-east-1", project, built) as made:
        shell = Shell(tmp_path, {}, _programs(made))
        account = an_account("shop")
        made.wechat.simulator.add_account(account)  # AppID and AppSecret are WeChat's to give

        for line in commands(ROOT / "docs" / "deploy.md"):
            if line.startswith("rm "):  # what the operator enters in the console before
                answers.append(_answered_once_configured(made, account, tmp_path / "keys.txt"))
            assert shell.run(line) == 0, (line, capsys.readouterr())

        said = capsys.readouterr().out
        assert answers == ["text"]
        assert shell.environ == {"HUIYUAN_STAGE": STAGE}
        assert "IP白名单                  没有固定 IP" in said
        assert re.search(r"IP白名单                  \d+\.\d+\.\d+\.\d+\n", said)
        assert not any(secret in said for secret in (account.secret, DATA_KEY))
        assert "保留下来：数据表 huiyuan-dev" in said


def _programs(made: Stage) -> Mapping[str, Command]:
    def with_aws(program: Callable[..., int]) -> Command:
        return lambda arguments: program(arguments, root=made.project, connect=lambda: made.aws)

    secrets = iter((an_account().secret, "", ""))
    desk = Desk(SETTINGS, made.aws, ask=lambda _: an_account("shop").appid, ask_secret=lambda _: next(secrets))

    def operate(arguments: list[str]) -> int:
        if arguments[0] != "account":
            return ops.main(arguments, open_table=lambda: checks.table_of(SETTINGS, made.aws))
        parser = argparse.ArgumentParser()
        ops_account.add_commands(parser.add_subparsers(), open_desk=lambda: desk)
        options = parser.parse_args(arguments)
        return options.run(options, lambda: None) or 0

    def destroyed(arguments: list[str]) -> int:
        return destroy.main(arguments, root=made.project, connect=lambda: made.aws, ask=lambda _: STAGE)

    return {"infra.deploy": with_aws(deploy.main), "infra.destroy": destroyed, "infra.ops": operate}


def _answered_once_configured(made: Stage, account: Account, keys: Path) -> str:
    """Enter in the console what the guide says, follow, and write: what kind of answer comes."""
    _, token, _, aes_key = keys.read_text(encoding="utf-8").splitlines()
    url = f"{record.address(STAGE, made.aws)}wechat/shop"
    simulator = made.wechat.simulator
    simulator.add_account(replace(account, token=token, aes_key=aes_key, callback_url=url))
    openid = simulator.add_follower("shop")
    simulator.follow(openid)
    outcome = simulator.say(openid, "几点开门")
    return str(outcome.saw[0]["type"])


def _assert_only_data_is_left() -> None:
    assert boto3.client("lambda").list_functions()["Functions"] == []
    assert boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
    assert boto3.client("events").list_rules()["Rules"] == []
    assert boto3.client("apigateway").get_rest_apis()["items"] == []
    assert boto3.client("iam").list_roles()["Roles"] == []
    assert boto3.client("sqs").list_queues().get("QueueUrls", []) == []
    assert boto3.client("dynamodb").list_tables()["TableNames"] == [SETTINGS.table_name]


def _store(stage: Stage, account: str, *, secret: str, **fields: str) -> None:
    put = stage.aws.ssm.put_parameter
    parameter = json.dumps({**fields, "mode": "safe", "data_key": DATA_KEY})
    put(Name=SETTINGS.account_parameter(account), Value=parameter, Type="SecureString", Overwrite=True)
    put(Name=SETTINGS.secret_parameter(account), Value=json.dumps({"secret": secret}), Type="SecureString",
        Overwrite=True)  # fmt: skip


def _empty_event(source: BaseEventSourceConfig) -> Mapping[str, Any]:
    """The clock's event, or a wake-up of what was done long ago."""
    if not isinstance(source, SQSEventConfig):
        return schedule_event(source.name, datetime.now(UTC))
    message = {"MessageId": "1", "ReceiptHandle": "1", "Body": json.dumps({"wake": "J#shop#gone"})}
    return sqs_event([message], queue=str(source.queue))


def _wake_up_of_what_is_due() -> Mapping[str, Any]:
    """What Lambda's poller hands over. moto's own has taken the messages, for functions that it does not run."""
    names = [item["pk"]["S"] for item in _items("J#")]
    messages = [{"MessageId": name, "ReceiptHandle": name, "Body": json.dumps({"wake": name})} for name in names]
    return sqs_event(messages, queue=SETTINGS.work_queue)


def _items(prefix: str) -> list[Mapping[str, Any]]:
    found = boto3.client("dynamodb").scan(TableName=SETTINGS.table_name, ConsistentRead=True)["Items"]
    return [item for item in found if item["pk"]["S"].startswith(prefix)]


def _said(log: str) -> list[str]:
    """The messages of the log's lines."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [str(line["message"]) for line in lines if "message" in line]


def _with_query(url: str, query: Mapping[str, str]) -> str:
    return str(requests.Request("GET", url, params=dict(query)).prepare().url)


def _deployed(name: str) -> str:
    return Function(name, STAGE).deployed_name
