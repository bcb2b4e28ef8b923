"""The stack of a stage: in which state it is, why it failed, what it put out."""

from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef, StackTypeDef

SECONDS = 5.0
POLLS = 240
"""Twenty minutes: a NAT gateway takes its time."""
NEW = ("", "REVIEW_IN_PROGRESS")
"""No stack, or one of which nothing but a change set exists."""
GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")
REACHED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


class StackError(Exception):
    """The stack is not where it should be. The message tells the operator what failed and what to do."""


def status(stack: str, cloudformation: "CloudFormationClient") -> str:
    """As CloudFormation names it; nothing where there is no such stack."""
    found = described(stack, cloudformation)
    return found["StackStatus"] if found else ""


def settled(
    stack: str,
    cloudformation: "CloudFormationClient",
    *,
    say: Callable[[str], None],
    sleep: Callable[[float], None],
    begun: bool = False,
) -> str:
    """The status once nothing is under way any more: of an earlier run that was interrupted, or of one just `begun`.

    Raises StackError when that takes too long.
    """
    for poll in range(POLLS):
        now = status(stack, cloudformation)
        if not now.endswith("_IN_PROGRESS") or (now in NEW and not begun):
            return now
        if poll == 0 and not begun:
            say(f"{stack}：上一次操作还在进行（{now}），等它结束……")
        sleep(SECONDS)
    raise StackError(f"{stack}：等了 {SECONDS * POLLS / 60:.0f} 分钟还没有结束。不会丢失什么，请稍后重新运行。")


def ensure_usable(stack: str, now: str, cloudformation: "CloudFormationClient") -> None:
    """Raises StackError for a stack that no update can bring forward, with the way out."""
    if now in NEW or now in GOOD:
        return
    why = failures(stack, cloudformation) or "CloudFormation 没有说明原因"
    if now == "UPDATE_ROLLBACK_FAILED":
        raise StackError(
            f"{stack}：上次更新失败，退回也没有成功（{why}）。"
            f"排除原因后运行 aws cloudformation continue-update-rollback --stack-name {stack}，再重新部署。"
        )
    raise StackError(
        f"{stack}：这个堆栈只建成了一半（{now}）：{why}。"
        f"排除原因后运行 aws cloudformation delete-stack --stack-name {stack}，再重新部署。"
        "如果数据表已经建成，它会保留下来，重新部署时自动纳入。"
    )


def described(stack: str, cloudformation: "CloudFormationClient") -> "StackTypeDef | None":
    try:
        return cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in message(error):
            return None
        raise


def outputs(stack: str, cloudformation: "CloudFormationClient") -> Mapping[str, str]:
    """What the stack put out, by key; nothing where there is no such stack."""
    found = described(stack, cloudformation)
    given = found.get("Outputs", []) if found else []
    return {output["OutputKey"]: output["OutputValue"] for output in given}


def failures(stack: str, cloudformation: "CloudFormationClient") -> str:
    """What failed last time. The newest events come first, back to the one by which the stack began to change."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return "；".join(
        f"{event.get('LogicalResourceId', stack)}：{event.get('ResourceStatusReason', '没有给出原因')}"
        for event in takewhile(lambda event: not _begins(stack, event), events)
        if event.get("ResourceStatus", "").endswith("_FAILED")
    )


def message(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))


def _begins(stack: str, event: "StackEventTypeDef") -> bool:
    began = event.get("ResourceStatus") in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
    return began and event.get("LogicalResourceId") == stack
