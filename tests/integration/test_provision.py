"""Provisioning a stage on moto's CloudFormation, and what an operator hears when CloudFormation refuses."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from botocore.stub import ANY, Stubber

from chalicelib.store.keys import INDEX_KEYS
from infra import deploy, destroy, provision, template
from infra.provision import Provisioned
from infra.stages import parameters, stack
from infra.stages.ending import ended
from infra.stages.stack import StackError
from tests.support.aws import aws

STACK = "huiyuan-dev"
ADDED = [("Add", "Table", "AWS::DynamoDB::Table", "")]


@pytest.fixture(params=["us-east-1", "cn-north-1"])
def region(request: pytest.FixtureRequest) -> Iterator[str]:
    with aws(region=request.param):
        yield str(request.param)


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    """CloudFormation's client, answered by hand."""
    with Stubber(_client("cloudformation")) as stubber:
        yield stubber.client, stubber
        stubber.assert_no_pending_responses()


def test_a_stage_gets_its_table_and_its_queues(region: str) -> None:
    said: list[str] = []

    made = _provision(said)

    table = boto3.client("dynamodb").describe_table(TableName=made.table)["Table"]
    queue = boto3.client("sqs").get_queue_url(QueueName="huiyuan-dev-work")["QueueUrl"]
    attributes = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert table["TableArn"].startswith("arn:aws-cn:" if region == "cn-north-1" else "arn:aws:")
    assert made.table == STACK
    assert "huiyuan-dev-work" in made.queues
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == set(INDEX_KEYS)
    assert attributes["VisibilityTimeout"] == "180"
    assert made.outputs["WorkDeadLettersName"] in attributes["RedrivePolicy"]
    assert said[0].startswith("huiyuan-dev：将要改动\n  操作")
    assert "新建  数据表" in said[0]


def test_items_of_a_stage_expire(region: str) -> None:
    made = _provision([])

    expiry = boto3.client("dynamodb").describe_time_to_live(TableName=made.table)["TimeToLiveDescription"]

    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_provisioning_again_changes_nothing(region: str) -> None:
    first, said = _provision([]), list[str]()
    before = boto3.client("dynamodb").describe_table(TableName=first.table)["Table"]

    again = _provision(said)

    assert again == first
    assert boto3.client("dynamodb").describe_table(TableName=again.table)["Table"] == before
    assert said == ["huiyuan-dev：堆栈已经是最新的。"]


def test_the_table_of_a_stage_refuses_to_be_deleted(region: str) -> None:
    made = _provision([])

    with pytest.raises(ClientError, match="DeletionProtectionEnabled"):
        boto3.client("dynamodb").delete_table(TableName=made.table)


@pytest.mark.parametrize(("options", "protection"), [([], "true"), (["--unprotected"], "false")])
def test_only_a_stage_that_is_called_unprotected_may_lose_its_table(
    region: str, options: list[str], protection: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert provision.main(["--stage", "dev", *options]) == 0

    assert {"ParameterKey": "DeletionProtection", "ParameterValue": protection} in _parameters()
    assert "数据表 huiyuan-dev\n队列 " in capsys.readouterr().out


def test_a_parameter_that_was_given_once_stays() -> None:
    with aws(region="us-east-1"):
        provision.main(["--stage", "dev", "--set", "LogDays=7"])

        provision.main(["--stage", "dev"])

        assert {"ParameterKey": "LogDays", "ParameterValue": "7"} in _parameters()


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("LogDays", "应当写成 参数=值"),
        ("=7", "应当写成 参数=值"),
        ("Colour=red", "没有参数 Colour，可以设置的是 AlarmEmail、FixedEgress、"),
        ("Stage=prod", "没有参数 Stage"),
        ("FixedEgress=yes", "FixedEgress=yes 不合格，FixedEgress 应当是其中之一：true、false"),
        ("LogDays=8", "应当是其中之一：7、14、30"),
        ("MaxReadUnits=-1", "应当是不小于 0 的整数"),
        ("AlarmEmail=nobody", "应当是一个邮箱地址，或者留空"),
    ],
)
def test_a_parameter_that_the_template_would_not_take_is_refused_before_anything_is_made(
    option: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        provision.main(["--stage", "dev", "--set", option])

    assert refused.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("program", [provision.main, deploy.main, destroy.main])
@pytest.mark.parametrize("stage", ["Dev_1", "1dev", "dev-2", "a" * 17, ""])
def test_a_stage_whose_name_the_template_would_not_take_is_refused_before_anything_is_made(
    program: Callable[[list[str]], int], stage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        program(["--stage", stage])

    assert refused.value.code == 2
    assert "应当是一到十六个小写字母和数字，以字母开头（[a-z][a-z0-9]{0,15}）" in capsys.readouterr().err


def test_every_pattern_of_the_template_is_told_in_words() -> None:
    patterns = {name for name, rules in template.load()["Parameters"].items() if "AllowedPattern" in rules}

    assert set(parameters.WORDS) == patterns


def test_what_is_retained_has_static_names_so_that_a_new_stack_can_take_it_in(
    stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    _absent(stubber)
    _absent(stubber)
    sent: dict[str, Any] = {"StackName": STACK, "ChangeSetName": ANY, "ChangeSetType": "CREATE", "TemplateBody": ANY,
                            "Parameters": ANY, "ImportExistingResources": True}  # fmt: skip
    stubber.add_client_error("create_change_set", "AccessDenied", "not authorized", expected_params=sent)
    said: list[str] = []

    with pytest.raises(ClientError, match="not authorized"):
        _provision(said, client, dynamodb(table=True))

    made = json.loads(provision._template("dev"))["Resources"]
    assert made["Table"]["Properties"]["TableName"] == STACK
    assert "以前保留下来的" in said[0]


def test_the_template_fits_into_a_request() -> None:
    assert len(provision._template("dev").encode()) <= 51_200


# What cannot be taken back.


@pytest.mark.parametrize(
    "change",
    [
        ("Remove", "Table", "AWS::DynamoDB::Table", ""),
        ("Modify", "Table", "AWS::DynamoDB::Table", "True"),
        ("Modify", "WorkQueue", "AWS::SQS::Queue", "Conditional"),
        ("Remove", "EgressAddress", "AWS::EC2::EIP", ""),
    ],
)
def test_what_cannot_be_taken_back_waits_for_the_operator(
    change: tuple[str, str, str, str], stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    _proposes(stubber, [change, ("Modify", "Alarm", "AWS::CloudWatch::Alarm", "False")])
    stubber.add_response("delete_change_set", {})
    said: list[str] = []

    with pytest.raises(StackError, match="什么也没有改动"):
        _provision(said, client, dynamodb())

    assert said[0].splitlines()[2].lstrip().startswith(("删除 ⚠ 不可恢复", "替换 ⚠ 不可恢复"))


def test_what_the_operator_agrees_to_is_done(stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]) -> None:
    client, stubber = stubbed
    _proposes(stubber, [("Remove", "OldQueue", "AWS::SQS::Queue", "")])
    _executes(stubber, "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")

    made = _provision([], client, dynamodb(), agree=lambda _question: True)

    assert made.table == STACK


def test_a_change_of_what_holds_nothing_needs_no_agreement(
    stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    _proposes(stubber, [("Remove", "Alarm", "AWS::CloudWatch::Alarm", ""), ("Add", "Q", "AWS::SQS::Queue", "")])
    _executes(stubber, "UPDATE_COMPLETE")

    assert _provision([], client, dynamodb()).table == STACK


@pytest.mark.parametrize(("typed", "agreed"), [("yes", True), ("y", False), ("", False)])
def test_only_the_whole_word_is_a_yes(typed: str, agreed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    options = provision.parser("infra.deploy", None).parse_args(["--stage", "dev"])
    monkeypatch.setattr("builtins.input", lambda _prompt: typed)

    assert provision.asking(options)("确定吗？") is agreed


def test_who_is_not_there_has_not_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)

    assert provision.asking(provision.parser("x", None).parse_args(["--stage", "dev"]))("确定吗？") is False
    assert provision.asking(provision.parser("x", None).parse_args(["--stage", "dev", "--yes"]))("确定吗？") is True


def test_giving_up_a_fixed_address_asks_and_a_no_leaves_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["no", "yes"])
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    with aws(region="us-east-1"):
        assert provision.main(["--stage", "dev", "--set", "FixedEgress=true"]) == 0
        assert "固定 IP" in capsys.readouterr().out

        assert provision.main(["--stage", "dev", "--set", "FixedEgress=false"]) == 1
        assert "EgressAddress" in _outputs()
        assert provision.main(["--stage", "dev", "--set", "FixedEgress=false"]) == 0
        assert "EgressAddress" not in _outputs()

        assert "删除 ⚠ 不可恢复  固定 IP" in capsys.readouterr().out
        assert provision.main(["--stage", "dev", "--set", "FixedEgress=true"]) == 0
        assert "EgressAddress" in _outputs()

    assert list(answers) == []


# Away, and back.


def test_a_stage_that_was_taken_down_comes_back_with_its_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item = {"pk": {"S": "M#shop#o1"}, "sk": {"S": "PROFILE"}}
    with aws(region="us-east-1"):
        provision.main(["--stage", "dev"])
        boto3.client("dynamodb").put_item(TableName=STACK, Item=item)
        assert destroy.main(["--stage", "dev"], root=tmp_path, ask=lambda _question: "dev") == 0
        capsys.readouterr()

        assert provision.main(["--stage", "dev"]) == 0
        assert provision.main(["--stage", "dev"]) == 0

        said = capsys.readouterr().out
        assert boto3.client("dynamodb").scan(TableName=STACK)["Items"] == [item]
        assert said.startswith("数据表 huiyuan-dev 是以前保留下来的，将纳入新的堆栈，数据不变。\n")
        assert "huiyuan-dev：堆栈已经是最新的。" in said


# Interruptions and failures.


@pytest.mark.parametrize("program", [provision.main, deploy.main, destroy.main])
def test_who_has_not_told_their_shell_about_aws_hears_it_in_one_line(
    program: Callable[[list[str]], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    assert program(["--stage", "dev"]) == 3

    assert capsys.readouterr().err == "AWS 没有受理：You must specify a region。排除原因后重新运行同一条命令。\n"


@pytest.mark.parametrize(
    "refusal",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "not\nauthorized"}}, "CreateChangeSet"),
        ResponseParserError("Unable to parse response\n" * 40),
    ],
)
def test_what_aws_answers_is_told_in_one_line(refusal: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    def refused() -> int:
        raise refusal

    assert ended(refused) == 3

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("AWS 没有受理：")
    assert len(line) < 400


def test_who_interrupts_hears_that_the_next_run_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(_question: str) -> str:
        raise KeyboardInterrupt

    with aws(region="us-east-1"):
        assert destroy.main(["--stage", "dev"], root=tmp_path, ask=interrupt) == 130

    assert capsys.readouterr().err == "\n已中断；再运行一次会接着做。\n"


def test_of_what_chalice_said_no_traceback_is_shown() -> None:
    said = "Creating role\nTraceback (most recent call last):\n  File x\nbotocore.ClientError: AccessDenied\n"

    assert deploy._readable(said) == "Creating role\nbotocore.ClientError: AccessDenied"
    assert deploy._readable("Could not install x\n") == "Could not install x"


def test_what_an_interrupted_run_has_begun_is_waited_for(
    stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    stubber.add_response("describe_stacks", _stack("UPDATE_IN_PROGRESS"))
    stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"))
    _up_to_date(stubber)
    said: list[str] = []
    slept: list[float] = []

    _provision(said, client, dynamodb(), sleep=slept.append)

    assert said[0] == "huiyuan-dev：上一次操作还在进行（UPDATE_IN_PROGRESS），等它结束……"
    assert said[1:] == ["huiyuan-dev：堆栈已经是最新的。"]
    assert len(slept) == 2


def test_a_stack_that_never_comes_to_rest_is_left_alone(
    stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    for _ in range(240):
        stubber.add_response("describe_stacks", _stack("UPDATE_IN_PROGRESS"))

    with pytest.raises(StackError, match="请稍后重新运行"):
        _provision([], client, dynamodb())


def test_a_change_set_without_changes_is_taken_away(stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]) -> None:
    client, stubber = stubbed
    _is_asked_for_changes(stubber)
    stubber.add_response("describe_change_set", {"Status": "CREATE_IN_PROGRESS"})
    stubber.add_response("describe_change_set", {"Status": "FAILED", "StatusReason": "… didn't contain changes. …"})
    stubber.add_response("delete_change_set", {})
    stubber.add_response("describe_stacks", _stack("CREATE_COMPLETE"))
    said: list[str] = []

    _provision(said, client, dynamodb())

    assert said == ["huiyuan-dev：堆栈已经是最新的。"]


def test_a_change_that_cloudformation_refuses_is_told(
    stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    _is_asked_for_changes(stubber)
    stubber.add_response("describe_change_set", {"Status": "FAILED", "StatusReason": "no such kind of resource"})
    stubber.add_response("delete_change_set", {})

    with pytest.raises(StackError, match="no such kind of resource"):
        _provision([], client, dynamodb())


def test_a_change_set_that_is_never_ready_is_given_up(
    stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    _is_asked_for_changes(stubber)
    for _ in range(240):
        stubber.add_response("describe_change_set", {"Status": "CREATE_PENDING"})

    with pytest.raises(StackError, match="一直没有算出改动"):
        _provision([], client, dynamodb())


def test_changes_that_fill_more_than_a_page_are_all_shown(
    stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    _proposes(stubber, [("Add", "First", "AWS::SNS::Topic", "")], [("Add", "Second", "AWS::SNS::Topic", "")])
    _executes(stubber, "UPDATE_COMPLETE")
    said: list[str] = []

    _provision(said, client, dynamodb())

    assert "First" in said[0]
    assert "Second" in said[0]


def test_a_change_of_parameters_alone_says_so(stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]) -> None:
    client, stubber = stubbed
    _proposes(stubber, [])
    _executes(stubber, "UPDATE_COMPLETE")
    said: list[str] = []

    _provision(said, client, dynamodb())

    assert "没有资源改动" in said[0]


def test_the_operator_hears_which_resource_failed_and_why(
    stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    events = [
        _event("UPDATE_ROLLBACK_COMPLETE", STACK),
        _event("UPDATE_FAILED", "Table", "limit of tables reached"),
        _event("UPDATE_COMPLETE", "WorkQueue"),
        _event("UPDATE_IN_PROGRESS", STACK),
        _event("CREATE_FAILED", "WorkQueue", "trouble of another day"),
    ]
    _proposes(stubber, ADDED)
    stubber.add_response("execute_change_set", {})
    stubber.add_response("describe_stacks", _stack("UPDATE_ROLLBACK_COMPLETE"))
    stubber.add_response("describe_stack_events", {"StackEvents": events})

    with pytest.raises(StackError, match=r"^huiyuan-dev：没有成功，已经退回：Table：limit of tables reached$"):
        _provision([], client, dynamodb())


@pytest.mark.parametrize(
    ("status", "way_out"),
    [
        ("ROLLBACK_COMPLETE", "delete-stack"),
        ("CREATE_FAILED", "delete-stack"),
        ("DELETE_FAILED", "delete-stack"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
    ],
)
def test_a_stack_that_is_half_made_is_explained_and_left_to_the_operator(
    status: str, way_out: str, stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    stubber.add_response("describe_stacks", _stack(status))
    stubber.add_response("describe_stack_events", {"StackEvents": [_event("CREATE_FAILED", "Table", "no room")]})

    with pytest.raises(StackError, match=rf"Table：no room.*{way_out}"):
        _provision([], client, dynamodb())


@pytest.mark.parametrize("call", ["describe_stacks", "create_change_set"])
def test_what_cloudformation_forbids_is_not_taken_for_something_else(
    call: str, stubbed: tuple[Any, Stubber], dynamodb: Callable[..., Any]
) -> None:
    client, stubber = stubbed
    if call == "create_change_set":
        stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
        stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
    stubber.add_client_error(call, "AccessDenied", "not authorized")

    with pytest.raises(ClientError, match="not authorized"):
        _provision([], client, dynamodb())


def test_a_table_that_may_not_be_looked_at_is_not_taken_for_a_missing_one(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    _absent(stubber)

    with Stubber(_client("dynamodb")) as table:
        table.add_client_error("describe_table", "AccessDeniedException", "not authorized")

        with pytest.raises(ClientError, match="not authorized"):
            _provision([], client, table.client)


@pytest.fixture
def dynamodb() -> Iterator[Callable[..., Any]]:
    """A DynamoDB in which everything is as it should be."""
    with Stubber(_client("dynamodb")) as stubber:

        def answering(*, table: bool = False) -> Any:
            if table:
                stubber.add_response("describe_table", {"Table": {"TableName": STACK}})
            else:
                expiry = {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED"}}
                stubber.add_response("describe_time_to_live", expiry)
            return stubber.client

        yield answering


def _client(service: Any) -> Any:
    return boto3.client(service, region_name="us-east-1", aws_access_key_id="nobody", aws_secret_access_key="nothing")


def _provision(
    said: list[str],
    cloudformation: Any = None,
    dynamodb: Any = None,
    *,
    agree: provision.Agree = provision.nobody,
    sleep: Callable[[float], None] = lambda _seconds: None,
) -> Provisioned:
    return provision.provision(
        stage="dev",
        cloudformation=cloudformation or boto3.client("cloudformation"),
        dynamodb=dynamodb or boto3.client("dynamodb"),
        say=said.append,
        agree=agree,
        sleep=sleep,
    )


def _parameters() -> Any:
    return boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["Parameters"]


def _outputs() -> Mapping[str, str]:
    return stack.outputs(STACK, boto3.client("cloudformation"))


def _is_asked_for_changes(stubber: Stubber) -> None:
    stubber.add_response("describe_stacks", _stack("CREATE_COMPLETE"))
    stubber.add_response("describe_stacks", _stack("CREATE_COMPLETE"))
    stubber.add_response("create_change_set", {})


def _proposes(stubber: Stubber, *pages: list[tuple[str, str, str, str]]) -> None:
    """A stack that stands, and a change set of these changes, page by page."""
    stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
    stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
    stubber.add_response("create_change_set", {})
    stubber.add_response("describe_change_set", {"Status": "CREATE_COMPLETE"})
    for number, page in enumerate(pages, 1):
        changes = [{"Type": "Resource", "ResourceChange": _change(*each)} for each in page]
        more = {"NextToken": str(number)} if number < len(pages) else {}
        stubber.add_response("describe_change_set", {"Status": "CREATE_COMPLETE", "Changes": changes, **more})


def _executes(stubber: Stubber, *states: str) -> None:
    stubber.add_response("execute_change_set", {})
    for state in (*states, states[-1]):
        stubber.add_response("describe_stacks", _stack(state))


def _up_to_date(stubber: Stubber) -> None:
    stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
    stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
    stubber.add_client_error("create_change_set", "ValidationError", "No updates are to be performed.")
    stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))


def _absent(stubber: Stubber) -> None:
    stubber.add_client_error("describe_stacks", "ValidationError", "Stack with id huiyuan-dev does not exist")


def _change(action: str, resource: str, kind: str, replacement: str) -> dict[str, str]:
    change = {"Action": action, "LogicalResourceId": resource, "ResourceType": kind}
    return change | ({"Replacement": replacement} if replacement else {})


def _stack(status: str) -> dict[str, Any]:
    stack = {"StackName": STACK, "CreationTime": "2026-01-01T00:00:00Z", "StackStatus": status}
    outputs = [{"OutputKey": "TableName", "OutputValue": STACK}]
    return {"Stacks": [{**stack, "Outputs": outputs}]}


def _event(status: str, resource: str, reason: str = "") -> dict[str, Any]:
    return {
        "StackId": STACK,
        "EventId": f"{resource}-{status}",
        "StackName": STACK,
        "Timestamp": "2026-01-01T00:00:00Z",
        "LogicalResourceId": resource,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }
