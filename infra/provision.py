"""Creates or updates what holds a stage's state: the stack of `stack.yaml`, safely as often as one likes.

python -m infra.provision --stage dev
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from infra import template
from infra.stages import change_set, stack
from infra.stages.change_set import ChangeSet
from infra.stages.ending import ended
from infra.stages.parameters import setting, stage_name
from infra.stages.stack import StackError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef
    from mypy_boto3_dynamodb import DynamoDBClient

TIME_TO_LIVE = "expires_at"
STATIC = {"TableName", "LogGroupName"}

Agree = Callable[[str], bool]
"""Whether the operator agrees to what cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What a stage keeps its state in."""

    stage: str
    outputs: Mapping[str, str]
    """As `stack.yaml` names them."""

    @property
    def table(self) -> str:
        return self.outputs["TableName"]

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(value for name, value in sorted(self.outputs.items()) if name.endswith("QueueName"))


def nobody(_question: str) -> bool:
    """Where no operator can be asked, nothing irreversible is done."""
    return False


def provision(
    *,
    stage: str,
    cloudformation: "CloudFormationClient",
    dynamodb: "DynamoDBClient",
    say: Callable[[str], None],
    protected: bool = True,
    given: Mapping[str, str] | None = None,
    agree: Agree = nobody,
    sleep: Callable[[float], None] = time.sleep,
) -> Provisioned:
    """Bring the stage's stack up to date and wait until it is. `given` are further parameters of the template.

    Takes up what an interrupted run has left. Raises StackError, also when the operator does not agree.
    """
    name = f"huiyuan-{stage}"
    now = stack.settled(name, cloudformation, say=say, sleep=sleep)
    stack.ensure_usable(name, now, cloudformation)
    is_new = now in stack.NEW
    if is_new and _has_table(name, dynamodb):
        say(f"数据表 {name} 是以前保留下来的，将纳入新的堆栈，数据不变。")
    own = {"Stage": stage, "DeletionProtection": str(protected).lower()}
    proposed = change_set.propose(
        name,
        kind="CREATE" if is_new else "UPDATE",
        template=_template(stage),
        parameters=_parameters(name, {**(given or {}), **own}, cloudformation),
        cloudformation=cloudformation,
        sleep=sleep,
    )
    if proposed is None:
        say(f"{name}：堆栈已经是最新的。")
    else:
        _carry_out(proposed, agree=agree, cloudformation=cloudformation, say=say, sleep=sleep)
    made = Provisioned(stage, stack.outputs(name, cloudformation))
    _expire_items(made.table, dynamodb, say)
    return made


def _carry_out(
    proposed: ChangeSet,
    *,
    agree: Agree,
    cloudformation: "CloudFormationClient",
    say: Callable[[str], None],
    sleep: Callable[[float], None],
) -> None:
    say(f"{proposed.stack}：将要改动\n{change_set.table(proposed.changes)}")
    if proposed.irreversible and not agree("上面标有 ⚠ 的改动不可恢复，其中的数据会丢失。确定要继续吗？"):
        proposed.drop(cloudformation)
        raise StackError(f"{proposed.stack}：没有得到同意，什么也没有改动。")
    proposed.execute(cloudformation)
    reached = stack.settled(proposed.stack, cloudformation, say=say, sleep=sleep, begun=True)
    if reached not in stack.REACHED:
        why = stack.failures(proposed.stack, cloudformation) or reached
        raise StackError(f"{proposed.stack}：没有成功，已经退回：{why}")
    say(f"{proposed.stack}：完成。")


def _template(stage: str) -> str:
    """As it is sent.

    What is retained bears a static name: by that alone CloudFormation finds what an earlier stack has left, or Lambda
    has made, and takes it in (its guide on automatic import).
    """
    read = template.load()
    for made in read["Resources"].values():
        given = made.get("Properties", {})
        if made.get("DeletionPolicy") == "Retain":
            given |= {name: template.named(given[name], Stage=stage) for name in STATIC & given.keys()}
    return template.dense(read)


def _parameters(
    name: str, given: Mapping[str, str], cloudformation: "CloudFormationClient"
) -> "list[ParameterTypeDef]":
    """Those given, and for the rest of the template's what the stack was told before."""
    known = set(template.load()["Parameters"])
    found = stack.described(name, cloudformation)
    before = {each["ParameterKey"] for each in found.get("Parameters", [])} if found else set()
    told: list[ParameterTypeDef] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in sorted(given.items())
    ]
    kept: list[ParameterTypeDef] = [
        {"ParameterKey": key, "UsePreviousValue": True} for key in sorted((before & known) - given.keys())
    ]
    return told + kept


def _has_table(name: str, dynamodb: "DynamoDBClient") -> bool:
    try:
        dynamodb.describe_table(TableName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True


def _expire_items(table: str, dynamodb: "DynamoDBClient", say: Callable[[str], None]) -> None:
    """The stack asks for this already; an imitation of CloudFormation may have passed over it."""
    status = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"].get("TimeToLiveStatus")
    if status in ("ENABLED", "ENABLING"):
        return
    say(f"{table}：打开按 {TIME_TO_LIVE} 过期。")
    dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"AttributeName": TIME_TO_LIVE, "Enabled": True}
    )


def parser(program: str, description: str | None) -> argparse.ArgumentParser:
    """The options that provisioning and deploying share."""
    made = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    made.add_argument("--stage", required=True, type=stage_name, help="环境的名字，例如 dev、prod")
    made.add_argument("--unprotected", action="store_true", help="数据表可以被删除：只用于试验环境")
    made.add_argument("--set", action="append", default=[], type=setting, metavar="参数=值", help="stack.yaml 的参数")
    made.add_argument("--yes", action="store_true", help="不可恢复的改动也不再询问：用于自动部署")
    return made


def asking(options: argparse.Namespace) -> Agree:
    """Agrees to everything with --yes; asks on the terminal otherwise, and takes silence for no."""

    def agree(question: str) -> bool:
        if options.yes:
            return True
        try:
            return input(f"{question} 输入 yes 继续：").strip() == "yes"
        except EOFError:
            return False

    return agree


def from_options(options: argparse.Namespace) -> Provisioned:
    """Provision the stage of the options in the AWS account of the shell. Raises StackError."""
    import boto3

    return provision(
        stage=options.stage,
        cloudformation=boto3.client("cloudformation"),
        dynamodb=boto3.client("dynamodb"),
        say=print,
        protected=not options.unprotected,
        given=dict(options.set),
        agree=asking(options),
    )


def main(arguments: list[str] | None = None) -> int:
    """建立或更新一个环境里保存数据的部分：数据表、队列、告警。"""
    options = parser("infra.provision", main.__doc__).parse_args(arguments)
    return ended(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    try:
        made = from_options(options)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"数据表 {made.table}\n队列 {'、'.join(made.queues)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
