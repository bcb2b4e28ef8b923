"""Takes a stage down: the functions, then the stack. The data stays unless it is asked for twice.

python -m infra.destroy --stage dev
python -m infra.destroy --stage dev --delete-data
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.settings import Settings
from infra import deploy
from infra.deploy import PROJECT, DeployError
from infra.stages import stack
from infra.stages.aws import Aws, Say, of_this_shell
from infra.stages.ending import ended
from infra.stages.parameters import stage_name
from infra.stages.record import RecordError
from infra.stages.stack import StackError

MISSING = ("ResourceNotFoundException", "ParameterNotFound")
BATCH = 10
"""Most parameters of one DeleteParameters."""


def take_down(
    stage: str,
    *,
    root: Path,
    environ: Mapping[str, str],
    aws: Aws,
    say: Say,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Remove the functions, then the stack; what holds data is retained. May be run again after an interruption.

    Raises DeployError, RecordError, StackError.
    """
    name = f"huiyuan-{stage}"
    now = stack.settled(name, aws.cloudformation, say=say, sleep=sleep)
    count = deploy.remove(stage, root=root, environ=environ, aws=aws)
    say(f"{name}：函数、路由、时钟和队列的连接已经删除。" if count else f"{name}：没有部署过函数。")
    if not now:
        say(f"{name}：没有堆栈。")
        return
    aws.cloudformation.delete_stack(StackName=name)
    reached = stack.settled(name, aws.cloudformation, say=say, sleep=sleep, begun=True)
    if reached:
        raise StackError(f"{name}：堆栈没有删掉：{stack.failures(name, aws.cloudformation) or reached}")
    say(f"{name}：堆栈已经删除。")


def delete_data(stage: str, *, aws: Aws, say: Say, sleep: Callable[[float], None] = time.sleep) -> None:
    """Remove table, parameters and logs of a stage that has been taken down."""
    table = Settings(stage=stage).table_name
    if item_count(stage, aws) is not None:
        aws.dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
        while aws.dynamodb.describe_table(TableName=table)["Table"].get("TableStatus") == "UPDATING":
            sleep(stack.SECONDS)
        aws.dynamodb.delete_table(TableName=table)
        say(f"数据表 {table} 已经删除。AWS 会把它最后的状态再保留 35 天（系统备份），之后才彻底消失。")
    names = list(_parameters(stage, aws))
    for start in range(0, len(names), BATCH):
        aws.ssm.delete_parameters(Names=names[start : start + BATCH])
    for group in _log_groups(stage, aws):
        aws.logs.delete_log_group(logGroupName=group)
    say(f"{len(names)} 个参数和全部日志已经删除。")


def item_count(stage: str, aws: Aws) -> int | None:
    """Items in the table as DynamoDB counted them within the last six hours; None without a table."""
    try:
        return aws.dynamodb.describe_table(TableName=Settings(stage=stage).table_name)["Table"].get("ItemCount", 0)
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise


def remains(stage: str, aws: Aws) -> tuple[str, ...]:
    """What stays of a stage that was taken down, in words for the operator."""
    found = []
    if (items := item_count(stage, aws)) is not None:
        found.append(f"数据表 huiyuan-{stage}（约 {items} 条）")
    if names := list(_parameters(stage, aws)):
        found.append(f"{len(names)} 个参数（/huiyuan/{stage}/…，里面是密钥）")
    if groups := list(_log_groups(stage, aws)):
        found.append(f"{len(groups)} 个日志组（/aws/lambda/huiyuan-{stage}…）")
    return tuple(found)


def _parameters(stage: str, aws: Aws) -> Iterator[str]:
    pages = aws.ssm.get_paginator("get_parameters_by_path").paginate(Path=f"/huiyuan/{stage}/", Recursive=True)
    yield from (parameter["Name"] for page in pages for parameter in page["Parameters"])


def _log_groups(stage: str, aws: Aws) -> Iterator[str]:
    """Of this stage's functions: another stage's name may begin with the same letters."""
    own = f"/aws/lambda/huiyuan-{stage}"
    pages: Iterator[Mapping[str, Any]] = aws.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=own)
    names = (str(group["logGroupName"]) for page in pages for group in page["logGroups"])
    yield from (name for name in names if name == own or name.startswith(f"{own}-"))


def _agrees(stage: str, question: str, ask: Callable[[str], str]) -> bool:
    try:
        return ask(f"{question}\n请输入环境的名字 {stage} 以确认：").strip() == stage
    except EOFError:
        return False


def main(
    arguments: list[str] | None = None,
    *,
    root: Path = PROJECT,
    connect: Callable[[], Aws] = of_this_shell,
    ask: Callable[[str], str] = input,
) -> int:
    """删除一个环境的函数和堆栈。数据默认保留；要连数据一起删除，须加 --delete-data 并再次输入环境的名字。"""
    parser = argparse.ArgumentParser(prog="python -m infra.destroy", description=main.__doc__)
    parser.add_argument("--stage", required=True, type=stage_name)
    parser.add_argument("--delete-data", action="store_true", help="连数据表、参数和日志一起删除，不可恢复")
    options = parser.parse_args(arguments)
    return ended(lambda: _run(options.stage, with_data=options.delete_data, root=root, aws=connect(), ask=ask))


def _run(stage: str, *, with_data: bool, root: Path, aws: Aws, ask: Callable[[str], str]) -> int:
    if not _agrees(stage, f"将删除 huiyuan-{stage} 的全部函数和堆栈，公众号不再有自动回复。", ask):
        print("没有确认，什么也没有删除。", file=sys.stderr)
        return 1
    lost = "、".join(remains(stage, aws))
    if with_data and not _agrees(stage, f"还将删除：{lost}。这些数据不可恢复。", ask):
        print("没有再次确认，什么也没有删除。", file=sys.stderr)
        return 1
    try:
        take_down(stage, root=root, environ=os.environ, aws=aws, say=print)
    except (StackError, RecordError, DeployError) as error:
        print(f"{error}\n没有完成，请重新运行。", file=sys.stderr)
        return 1
    if with_data:
        delete_data(stage, aws=aws, say=print)
    elif left := remains(stage, aws):
        print(f"保留下来：{'、'.join(left)}。重新部署会继续使用它们。")
        print(f"要连这些一起删除：make destroy STAGE={stage} DELETE_DATA=1")
    return 0


if __name__ == "__main__":
    sys.exit(main())
