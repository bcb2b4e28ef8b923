"""Creates or updates what holds a stage's state: the stack of `stack.yaml`, safely as often as one likes.

python -m infra.provision --stage dev
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError, WaiterError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, StackEventTypeDef
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

TEMPLATE = Path(__file__).parent / "stack.yaml"
TIME_TO_LIVE = "expires_at"
POLL_SECONDS = 5
POLLS = 120


class ProvisionError(Exception):
    """CloudFormation could not bring the stack to where it should be. The message names each failed resource."""


@dataclass(frozen=True, slots=True)
class Provisioned:
    """The names of what a stage keeps its state in."""

    table: str
    work_queue: str
    work_dead_letters: str
    work_queue_url: str
    """As SQS itself says: the stack's own reference is another host where AWS is imitated locally."""


def provision(
    *,
    stage: str,
    cloudformation: "CloudFormationClient",
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    say: Callable[[str], None],
    protected: bool = True,
) -> Provisioned:
    """Bring the stage's stack up to date and wait until it is. Raises ProvisionError."""
    stack = f"huiyuan-{stage}"
    apply(stack, stage, protected=protected, cloudformation=cloudformation, say=say)
    outputs = _outputs(stack, cloudformation)
    _expire_items(outputs["TableName"], dynamodb, say)
    return Provisioned(
        table=outputs["TableName"],
        work_queue=outputs["WorkQueueName"],
        work_dead_letters=outputs["WorkDeadLettersName"],
        work_queue_url=sqs.get_queue_url(QueueName=outputs["WorkQueueName"])["QueueUrl"],
    )


def apply(
    stack: str, stage: str, *, protected: bool, cloudformation: "CloudFormationClient", say: Callable[[str], None]
) -> None:
    """Create or update the stack, and wait. Raises ProvisionError."""
    template = TEMPLATE.read_text(encoding="utf-8")
    parameters: list[ParameterTypeDef] = [
        {"ParameterKey": "Stage", "ParameterValue": stage},
        {"ParameterKey": "DeletionProtection", "ParameterValue": str(protected).lower()},
    ]
    if not _exists(stack, cloudformation):
        say(f"{stack}: creating the stack")
        cloudformation.create_stack(StackName=stack, TemplateBody=template, Parameters=parameters)
        _wait("stack_create_complete", stack, cloudformation)
        return
    try:
        cloudformation.update_stack(StackName=stack, TemplateBody=template, Parameters=parameters)
    except ClientError as error:
        if "No updates are to be performed" not in _message(error):
            raise
        say(f"{stack}: the stack is up to date")
        return
    say(f"{stack}: updating the stack")
    _wait("stack_update_complete", stack, cloudformation)


def _exists(stack: str, cloudformation: "CloudFormationClient") -> bool:
    """Raises ProvisionError for a stack whose creation failed: only an operator may delete it."""
    try:
        status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in _message(error):
            return False
        raise
    if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"):
        raise ProvisionError(f"{stack} was never created ({status}): delete this stack, then provision again")
    return True


def _wait(
    state: Literal["stack_create_complete", "stack_update_complete"],
    stack: str,
    cloudformation: "CloudFormationClient",
) -> None:
    waiter = cloudformation.get_waiter(state)
    try:
        waiter.wait(StackName=stack, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": POLLS})
    except WaiterError as error:
        raise ProvisionError(f"{stack} failed: {_failures(stack, cloudformation) or error}") from error


def _failures(stack: str, cloudformation: "CloudFormationClient") -> str:
    """What failed this time. The newest events come first, back to the one by which the stack began to change."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return "; ".join(
        f"{event.get('LogicalResourceId', stack)}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in takewhile(lambda event: not _begins(stack, event), events)
        if event.get("ResourceStatus", "").endswith("_FAILED")
    )


def _begins(stack: str, event: "StackEventTypeDef") -> bool:
    began = event.get("ResourceStatus") in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
    return began and event.get("LogicalResourceId") == stack


def _outputs(stack: str, cloudformation: "CloudFormationClient") -> Mapping[str, str]:
    outputs = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def _expire_items(table: str, dynamodb: "DynamoDBClient", say: Callable[[str], None]) -> None:
    """The stack asks for this already; an imitation of CloudFormation may have passed over it."""
    status = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"].get("TimeToLiveStatus")
    if status in ("ENABLED", "ENABLING"):
        return
    say(f"{table}: switching on expiry by {TIME_TO_LIVE}")
    dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"AttributeName": TIME_TO_LIVE, "Enabled": True}
    )


def _message(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))


def main(arguments: list[str] | None = None) -> None:
    """Provision a stage of the AWS account that the shell is logged in to."""
    import boto3

    parser = argparse.ArgumentParser(prog="python -m infra.provision", description=main.__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--unprotected", action="store_true", help="let the table be deleted: a throw-away stage")
    given = parser.parse_args(arguments)
    made = provision(
        stage=given.stage,
        cloudformation=boto3.client("cloudformation"),
        dynamodb=boto3.client("dynamodb"),
        sqs=boto3.client("sqs"),
        say=print,
        protected=not given.unprotected,
    )
    print(f"table {made.table}\nqueue {made.work_queue}\ndead letters {made.work_dead_letters}")


if __name__ == "__main__":
    main()
