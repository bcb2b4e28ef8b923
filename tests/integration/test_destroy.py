"""An operator takes a stage away, which has a table, parameters and logs, and no function any more."""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from infra import destroy
from infra.provision import provision
from infra.stages.aws import Aws, of_this_shell
from tests.support.aws import aws


@pytest.fixture
def operator() -> Iterator[Aws]:
    with aws(region="us-east-1"):
        connected = of_this_shell()
        provision(stage="dev", cloudformation=connected.cloudformation, dynamodb=connected.dynamodb, say=print)
        for name in ("/huiyuan/dev/accounts/shop", "/huiyuan/dev/secrets/shop", "/huiyuan/dev2/accounts/shop"):
            connected.ssm.put_parameter(Name=name, Value="{}", Type="SecureString")
        connected.logs.create_log_group(logGroupName="/aws/lambda/huiyuan-dev2")
        yield connected


@pytest.mark.parametrize("answers", [[""], ["prod"], ["dev", ""], ["dev", "yes"], []])
def test_nothing_is_taken_away_unless_the_stage_is_named_each_time(
    operator: Aws, tmp_path: Path, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = _destroy(operator, tmp_path, answers, "--delete-data")

    assert code == 1
    assert "什么也没有删除" in capsys.readouterr().err
    assert operator.cloudformation.describe_stacks(StackName="huiyuan-dev")["Stacks"]
    assert _tables() == ["huiyuan-dev"]


def test_a_stage_goes_and_its_data_stays_until_it_is_asked_for_as_well(
    operator: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _destroy(operator, tmp_path, ["dev"]) == 0

    said = capsys.readouterr().out
    assert "没有部署过函数" in said
    assert "保留下来：数据表 huiyuan-dev（约 0 条）、2 个参数" in said
    assert _tables() == ["huiyuan-dev"]

    assert _destroy(operator, tmp_path, ["dev", "dev"], "--delete-data") == 0

    assert "没有堆栈" in capsys.readouterr().out
    assert _tables() == []
    assert destroy.remains("dev", operator) == ()
    assert [each["Name"] for each in operator.ssm.describe_parameters()["Parameters"]] == [
        "/huiyuan/dev2/accounts/shop"
    ]
    assert [group["logGroupName"] for group in operator.logs.describe_log_groups()["logGroups"]] == [
        "/aws/lambda/huiyuan-dev2"
    ]


def test_what_is_gone_already_may_be_taken_away_again(
    operator: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _destroy(operator, tmp_path, ["dev", "dev"], "--delete-data")
    capsys.readouterr()

    assert _destroy(operator, tmp_path, ["dev"]) == 0

    assert "保留下来" not in capsys.readouterr().out


def _destroy(operator: Aws, root: Path, answers: list[str], *options: str) -> int:
    return destroy.main(["--stage", "dev", *options], root=root, connect=lambda: operator, ask=_answering(answers))


def _answering(answers: list[str]) -> Callable[[str], str]:
    left = iter(answers)

    def ask(_question: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return ask


def _tables() -> list[str]:
    return boto3.client("dynamodb").list_tables()["TableNames"]
