"""The whole stack on moto's CloudFormation, in both partitions, with everything that a stage may ask for."""

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from infra import template
from tests.support.aws import aws

EVERYTHING = {
    "OwnKey": "true",
    "FixedEgress": "true",
    "AlarmEmail": "operator@example.com",
    "MaxReadUnits": "2000",
    "MaxWriteUnits": "500",
    "LogDays": "30",
}
STACK = "huiyuan-dev"


@pytest.fixture(params=["us-east-1", "cn-north-1"])
def region(request: pytest.FixtureRequest) -> Iterator[str]:
    with aws(region=request.param):
        yield str(request.param)


def test_a_stage_that_asks_for_nothing_gets_no_network_and_no_key(region: str) -> None:
    outputs = create({})

    assert set(template.load()["Outputs"]) - set(outputs) == {
        "KeyArn",
        "EgressAddress",
        "EgressSubnetIds",
        "EgressSecurityGroupId",
    }
    assert boto3.client("ec2").describe_nat_gateways()["NatGateways"] == []


def test_a_stage_that_asks_for_everything_gets_it(region: str) -> None:
    outputs = create(EVERYTHING)

    (address,) = boto3.client("ec2").describe_addresses()["Addresses"]
    queue = boto3.client("sqs").get_queue_attributes(QueueUrl=url(outputs["WorkQueueName"]), AttributeNames=["All"])
    (log, *_) = boto3.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/huiyuan-dev")["logGroups"]
    assert outputs["EgressAddress"] == address["PublicIp"]
    assert outputs["EgressSubnetIds"] in {one["SubnetId"] for one in boto3.client("ec2").describe_subnets()["Subnets"]}
    assert queue["Attributes"]["KmsMasterKeyId"] == outputs["KeyArn"]
    assert log["retentionInDays"] == 30
    assert subscribers(outputs["AlarmTopicArn"]) == ["operator@example.com"]


def test_alarms_of_the_stack_are_seen_where_operators_look(region: str) -> None:
    outputs = create({})

    alarms = boto3.client("cloudwatch").describe_alarms(MaxRecords=100)["MetricAlarms"]

    (dead,) = [alarm for alarm in alarms if alarm["AlarmName"] == "huiyuan-dev-job-dead"]
    assert len(alarms) == len(template.resources("AWS::CloudWatch::Alarm"))
    assert dead["Dimensions"] == [{"Name": "stage", "Value": "dev"}]
    assert all(alarm["AlarmActions"] == [outputs["AlarmTopicArn"]] for alarm in alarms)


def test_alarms_change_and_go_with_their_stack(region: str) -> None:
    create({})
    cloudformation, cloudwatch = boto3.client("cloudformation"), boto3.client("cloudwatch")

    changed = template.load()
    changed["Resources"]["JobDead"]["Properties"]["Threshold"] = 7
    cloudformation.update_stack(StackName=STACK, TemplateBody=template.dense(changed), Parameters=told({}))
    after = cloudwatch.describe_alarms(AlarmNames=["huiyuan-dev-job-dead"])["MetricAlarms"]
    cloudformation.delete_stack(StackName=STACK)

    assert [alarm["Threshold"] for alarm in after] == [7]
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def create(asked: Mapping[str, str]) -> Mapping[str, str]:
    """The outputs of the new stack."""
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=template.dense(template.load()), Parameters=told(asked))
    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def told(asked: Mapping[str, str]) -> list[Any]:
    given = {"Stage": "dev", "DeletionProtection": "false", **asked}
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]


def subscribers(topic: str) -> list[str]:
    found = boto3.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return [subscription["Endpoint"] for subscription in found]


def url(queue: str) -> str:
    return str(boto3.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"])
