"""Provisioning a stage on moto's CloudFormation, and what an operator hears when CloudFormation refuses."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.store.keys import INDEX_KEYS
from infra import provision
from infra.provision import Provisioned, ProvisionError
from tests.support.aws import aws

STACK = "huiyuan-dev"


@pytest.fixture(params=["us-east-1", "cn-north-1"])
def region(request: pytest.FixtureRequest) -> Iterator[str]:
    with aws(region=request.param):
        yield str(request.param)


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    """CloudFormation's client, answered by hand."""
    client = boto3.client(
        "cloudformation", region_name="us-east-1", aws_access_key_id="nobody", aws_secret_access_key="nothing"
    )
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def test_a_stage_gets_its_table_and_its_queues(region: str) -> None:
    said: list[str] = []

    made = _provision(said)

    table = boto3.client("dynamodb").describe_table(TableName=made.table)["Table"]
    attributes = boto3.client("sqs").get_queue_attributes(QueueUrl=made.work_queue_url, AttributeNames=["All"])
    assert table["TableArn"].startswith("arn:aws-cn:" if region == "cn-north-1" else "arn:aws:")
    assert (made.table, made.work_queue) == (STACK, "huiyuan-dev-work")
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == set(INDEX_KEYS)
    assert attributes["Attributes"]["VisibilityTimeout"] == "180"
    assert made.work_dead_letters in attributes["Attributes"]["RedrivePolicy"]
    assert said[0] == "huiyuan-dev: creating the stack"


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
    assert len(said) == 1


def test_the_table_of_a_stage_refuses_to_be_deleted(region: str) -> None:
    made = _provision([])

    with pytest.raises(ClientError, match="DeletionProtectionEnabled"):
        boto3.client("dynamodb").delete_table(TableName=made.table)


@pytest.mark.parametrize(("options", "protection"), [([], "true"), (["--unprotected"], "false")])
def test_only_a_stage_that_is_called_unprotected_may_lose_its_table(
    region: str, options: list[str], protection: str, capsys: pytest.CaptureFixture[str]
) -> None:
    provision.main(["--stage", "dev", *options])

    stack = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    assert {"ParameterKey": "DeletionProtection", "ParameterValue": protection} in stack["Parameters"]
    assert capsys.readouterr().out.endswith(
        "table huiyuan-dev\nqueue huiyuan-dev-work\ndead letters huiyuan-dev-work-dead\n"
    )


def test_a_stack_that_is_up_to_date_is_left_alone(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
    stubber.add_client_error("update_stack", "ValidationError", "No updates are to be performed.")
    said: list[str] = []

    provision.apply(STACK, "dev", protected=True, cloudformation=client, say=said.append)

    assert said == ["huiyuan-dev: the stack is up to date"]


def test_a_changed_stack_is_updated_and_waited_for(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    stubber.add_response("describe_stacks", _stack("CREATE_COMPLETE"))
    stubber.add_response("update_stack", {"StackId": STACK})
    stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
    said: list[str] = []

    provision.apply(STACK, "dev", protected=True, cloudformation=client, say=said.append)

    assert said == ["huiyuan-dev: updating the stack"]


def test_the_operator_hears_which_resource_failed_and_why(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    events = [
        _event("ROLLBACK_COMPLETE", STACK),
        _event("CREATE_FAILED", "Table", "limit of tables reached"),
        _event("CREATE_COMPLETE", "WorkQueue"),
        _event("CREATE_IN_PROGRESS", STACK),
        _event("CREATE_FAILED", "WorkQueue", "trouble of another day"),
    ]
    stubber.add_client_error("describe_stacks", "ValidationError", "Stack with id huiyuan-dev does not exist")
    stubber.add_response("create_stack", {"StackId": STACK})
    stubber.add_response("describe_stacks", _stack("ROLLBACK_COMPLETE"))
    stubber.add_response("describe_stack_events", {"StackEvents": events})

    with pytest.raises(ProvisionError, match=r"^huiyuan-dev failed: Table: limit of tables reached$"):
        provision.apply(STACK, "dev", protected=True, cloudformation=client, say=print)


def test_a_stack_that_was_never_created_is_left_to_the_operator(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    stubber.add_response("describe_stacks", _stack("ROLLBACK_COMPLETE"))

    with pytest.raises(ProvisionError, match="delete this stack, then provision again"):
        provision.apply(STACK, "dev", protected=True, cloudformation=client, say=print)


@pytest.mark.parametrize("call", ["describe_stacks", "update_stack"])
def test_what_cloudformation_forbids_is_not_taken_for_something_else(call: str, stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    if call == "update_stack":
        stubber.add_response("describe_stacks", _stack("UPDATE_COMPLETE"))
    stubber.add_client_error(call, "AccessDenied", "not authorized")

    with pytest.raises(ClientError, match="not authorized"):
        provision.apply(STACK, "dev", protected=True, cloudformation=client, say=print)


def _provision(said: list[str]) -> Provisioned:
    return provision.provision(
        stage="dev",
        cloudformation=boto3.client("cloudformation"),
        dynamodb=boto3.client("dynamodb"),
        sqs=boto3.client("sqs"),
        say=said.append,
    )


def _stack(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackName": STACK, "CreationTime": "2026-01-01T00:00:00Z", "StackStatus": status}]}


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
