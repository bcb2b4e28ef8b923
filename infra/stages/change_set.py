"""What CloudFormation would change, before it does: read from a change set, shown, and carried out or dropped."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from unicodedata import east_asian_width

from botocore.exceptions import ClientError

from infra.stages.stack import POLLS, SECONDS, StackError, message

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ChangeTypeDef, ParameterTypeDef

KINDS: Mapping[str, str] = {
    "AWS::DynamoDB::Table": "数据表",
    "AWS::SQS::Queue": "队列",
    "AWS::EC2::EIP": "固定 IP",
    "AWS::KMS::Key": "密钥",
}
"""What loses something that cannot be had back when it is removed or replaced, in the operator's words."""
ACTIONS: Mapping[str, str] = {"Add": "新建", "Modify": "修改", "Remove": "删除", "Import": "纳入", "Dynamic": "待定"}
MOST_NAMED = 4
NOTHING = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that would change."""

    action: str
    resource: str
    kind: str
    replaced: bool = False
    """True also where CloudFormation cannot tell before it is done."""

    @property
    def is_irreversible(self) -> bool:
        return self.kind in KINDS and (self.replaced or self.action == "Remove")


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change set that waits to be carried out."""

    stack: str
    name: str
    changes: tuple[Change, ...]

    @property
    def irreversible(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.is_irreversible)

    def execute(self, cloudformation: "CloudFormationClient") -> None:
        cloudformation.execute_change_set(StackName=self.stack, ChangeSetName=self.name)

    def drop(self, cloudformation: "CloudFormationClient") -> None:
        cloudformation.delete_change_set(StackName=self.stack, ChangeSetName=self.name)


def propose(
    stack: str,
    *,
    kind: Literal["CREATE", "UPDATE"],
    template: str,
    parameters: "Iterable[ParameterTypeDef]",
    cloudformation: "CloudFormationClient",
    sleep: Callable[[float], None],
) -> ChangeSet | None:
    """A change set that leads from the stack to the template; None when nothing would change. Raises StackError.

    What exists already under a static name becomes part of the stack instead of standing in its way.
    """
    name = f"huiyuan-{secrets.token_hex(8)}"
    try:
        cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=name,
            ChangeSetType=kind,
            TemplateBody=template,
            Parameters=list(parameters),
            ImportExistingResources=True,
        )
    except ClientError as error:
        if any(nothing in message(error) for nothing in NOTHING):
            return None
        raise
    if not _is_ready(stack, name, cloudformation, sleep):
        return None
    return ChangeSet(stack, name, tuple(_changes(stack, name, cloudformation)))


def _is_ready(stack: str, name: str, cloudformation: "CloudFormationClient", sleep: Callable[[float], None]) -> bool:
    """False for a change set without changes, which is taken away. Raises StackError."""
    for _ in range(POLLS):
        found = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        status, reason = found["Status"], found.get("StatusReason", "")
        if status == "CREATE_COMPLETE":
            return True
        if status == "FAILED":
            cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
            if any(nothing in reason for nothing in NOTHING):
                return False
            raise StackError(f"{stack}：CloudFormation 不接受这次改动：{reason}")
        sleep(SECONDS)
    raise StackError(f"{stack}：CloudFormation 一直没有算出改动，请稍后重新运行。")


def _changes(stack: str, name: str, cloudformation: "CloudFormationClient") -> "Iterable[Change]":
    page = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
    yield from map(_change, page.get("Changes", ()))
    while token := page.get("NextToken"):
        page = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name, NextToken=token)
        yield from map(_change, page.get("Changes", ()))


def _change(found: "ChangeTypeDef") -> Change:
    told = found.get("ResourceChange", {})
    return Change(
        action=told.get("Action", ""),
        resource=told.get("LogicalResourceId", ""),
        kind=told.get("ResourceType", ""),
        replaced=told.get("Replacement", "False") in ("True", "Conditional"),
    )


def table(changes: Iterable[Change]) -> str:
    """The changes as a short table for the terminal: first each that cannot be taken back, then the others by kind."""
    lost = [(f"{_verb(each)} ⚠ 不可恢复", _kind(each), each.resource) for each in changes if each.is_irreversible]
    alike: dict[tuple[str, str], list[str]] = {}
    for each in changes:
        if not each.is_irreversible:
            alike.setdefault((_verb(each), _kind(each)), []).append(each.resource)
    rows = [("操作", "类型", "资源"), *lost, *((*what, _named(which)) for what, which in sorted(alike.items()))]
    if len(rows) == 1:
        return "  没有资源改动，只有参数、标签或输出。"
    widths = [max(_width(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"  {_pad(verb, widths[0])}  {_pad(kind, widths[1])}  {which}" for verb, kind, which in rows)


def _verb(change: Change) -> str:
    return "替换" if change.replaced else ACTIONS.get(change.action, change.action)


def _kind(change: Change) -> str:
    return KINDS.get(change.kind, change.kind.removeprefix("AWS::"))


def _named(resources: list[str]) -> str:
    shown = "、".join(sorted(resources)[:MOST_NAMED])
    return f"{shown} 等 {len(resources)} 个" if len(resources) > MOST_NAMED else shown


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns of a terminal."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
