"""The stack holds what the code looks for, under the same names, and nothing in it is open that need not be."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from chalice.app import SQSEventConfig

from app import app
from chalicelib.settings import Settings
from chalicelib.store.keys import INDEX_KEYS
from infra import template
from infra.policies import CHALICE, GRANTS, Function
from infra.provision import TIME_TO_LIVE
from infra.stages import project
from infra.template import TEMPLATE, dense, named, resources

SETTINGS = Settings(stage="dev")
MOST_BYTES = 51_200
"""Of a template that travels in the request and not by way of a bucket (CloudFormation's quotas)."""
QUEUES = ("Work", "Push")
each_queue = pytest.mark.parametrize("queue", QUEUES)


def test_the_table_and_its_indexes_have_the_keys_that_the_store_builds() -> None:
    table = _properties("Table")

    indexes = {index["IndexName"]: _keys(index) for index in table["GlobalSecondaryIndexes"]}
    attributes = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in table["AttributeDefinitions"]}

    assert _keys(table) == ("pk", "sk")
    assert indexes == INDEX_KEYS
    assert attributes == dict.fromkeys(["pk", "sk", *(name for names in INDEX_KEYS.values() for name in names)], "S")
    assert {index["Projection"]["ProjectionType"] for index in table["GlobalSecondaryIndexes"]} == {"KEYS_ONLY"}


def test_the_names_are_those_that_the_functions_ask_for() -> None:
    queues = [named(_properties(f"{queue}Queue")["QueueName"], Stage="dev") for queue in QUEUES]

    assert named(_properties("Table")["TableName"], Stage="dev") == SETTINGS.table_name
    assert queues == [SETTINGS.work_queue, SETTINGS.push_queue]


def test_every_queue_that_wakes_a_function_is_there() -> None:
    woken = {source.queue for source in app.event_sources if isinstance(source, SQSEventConfig)}

    made = {named(queue["Properties"]["QueueName"], Stage="dev") for queue in resources("AWS::SQS::Queue").values()}

    assert woken < made


def test_what_waits_in_a_queue_leaves_room_for_followers_who_wait_for_an_answer() -> None:
    most = {
        source.name: source.maximum_concurrency for source in app.event_sources if isinstance(source, SQSEventConfig)
    }

    assert most == {"work_do": 10, "push_send": 30}
    assert "reserved_concurrency" not in (CHALICE / "config.json").read_text()


def test_no_operator_loses_the_table_by_a_slip() -> None:
    table = resources()["Table"]

    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert template.load()["Parameters"]["DeletionProtection"]["Default"] == "true"


def test_what_followers_left_behind_is_encrypted_and_expires() -> None:
    table = _properties("Table")

    assert table["SSESpecification"]["SSEEnabled"] is True
    assert table["TimeToLiveSpecification"] == {"AttributeName": TIME_TO_LIVE, "Enabled": True}
    for queue in resources("AWS::SQS::Queue").values():
        assert queue["Properties"]["SqsManagedSseEnabled"] == _if("HasOwnKey", {"Ref": "AWS::NoValue"}, True)


def test_an_operators_own_key_encrypts_all_that_is_kept() -> None:
    key = _if("HasOwnKey", {"Fn::GetAtt": ["Key", "Arn"]}, {"Ref": "AWS::NoValue"})

    assert _properties("Table")["SSESpecification"]["KMSMasterKeyId"] == key
    for kept in (*resources("AWS::SQS::Queue").values(), *resources("AWS::SNS::Topic").values()):
        assert kept["Properties"]["KmsMasterKeyId"] == key


def test_the_key_serves_the_account_itself_and_only_through_what_keeps_something() -> None:
    statements = {statement["Sid"]: statement for statement in _properties("Key")["KeyPolicy"]["Statement"]}

    through = statements["ThroughTableAndQueues"]["Condition"]
    alarms = statements["AlarmsTell"]

    assert through["StringEquals"] == {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}
    assert [named(service, **{"AWS::Region": "cn-north-1"}) for service in through["StringLike"]["kms:ViaService"]] == [
        "dynamodb.cn-north-1.amazonaws.com*",
        "sqs.cn-north-1.amazonaws.com*",
    ]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@each_queue
def test_a_wake_up_that_keeps_failing_waits_for_an_operator_longer_than_it_lived(queue: str) -> None:
    alive, dead = _properties(f"{queue}Queue"), _properties(f"{queue}DeadLetters")

    redrive = {"deadLetterTargetArn": {"Fn::GetAtt": [f"{queue}DeadLetters", "Arn"]}, "maxReceiveCount": 5}
    assert alive["RedrivePolicy"] == redrive
    assert dead["MessageRetentionPeriod"] > alive["MessageRetentionPeriod"]
    assert dead["RedriveAllowPolicy"]["sourceQueueArns"][0]["Fn::Sub"].endswith(alive["QueueName"]["Fn::Sub"])


@pytest.mark.parametrize(("queue", "function"), [("Work", "work_do"), ("Push", "push_send")])
def test_a_wake_up_stays_hidden_six_times_as_long_as_its_function_may_run(queue: str, function: str) -> None:
    timeout = _config()["lambda_functions"][function]["lambda_timeout"]

    assert _properties(f"{queue}Queue")["VisibilityTimeout"] == 6 * timeout


def test_sends_to_one_member_never_run_side_by_side_and_those_to_many_do() -> None:
    queue = _properties("PushQueue")

    assert queue["FifoQueue"] is True
    assert queue["ContentBasedDeduplication"] is False
    assert (queue["DeduplicationScope"], queue["FifoThroughputLimit"]) == ("messageGroup", "perMessageGroupId")


def test_every_function_writes_into_a_log_that_ends() -> None:
    logs = [log["Properties"] for log in resources("AWS::Logs::LogGroup").values()]

    names = {named(log["LogGroupName"], Stage="dev") for log in logs}

    assert names == {f"/aws/lambda/{Function(name, 'dev').deployed_name}" for name in GRANTS}
    assert all(log["RetentionInDays"] == {"Ref": "LogDays"} for log in logs)


def test_the_table_has_a_most_expensive_hour_where_the_operator_wants_one() -> None:
    table = _properties("Table")

    limits = [table["OnDemandThroughput"], *(index["OnDemandThroughput"] for index in table["GlobalSecondaryIndexes"])]

    assert all(limit == limits[0] for limit in limits)
    assert limits[0]["Fn::If"][0] == "LimitsUse"
    assert limits[0]["Fn::If"][2] == {"Ref": "AWS::NoValue"}


def test_only_who_wants_a_fixed_address_pays_for_one() -> None:
    network = {name: made for name, made in resources().items() if made["Type"].startswith("AWS::EC2::")}

    assert {made.get("Condition") for made in network.values()} == {"HasFixedEgress"}
    assert template.load()["Parameters"]["FixedEgress"]["Default"] == "false"


def test_behind_the_fixed_address_nobody_calls_in_and_only_https_goes_out() -> None:
    group = _properties("EgressSecurityGroup")

    assert "SecurityGroupIngress" not in group
    assert [(out["FromPort"], out["ToPort"]) for out in group["SecurityGroupEgress"]] == [(443, 443)]


def test_the_deployment_finds_the_subnets_of_the_fixed_address() -> None:
    outputs = template.load()["Outputs"]

    assert {project.SUBNETS, project.SECURITY_GROUP, "EgressAddress"} == {
        name for name, output in outputs.items() if output.get("Condition") == "HasFixedEgress"
    }


def test_what_a_stage_gets_without_being_asked_stands_at_the_head_of_the_template() -> None:
    head = TEMPLATE.read_text(encoding="utf-8").partition("\nParameters:")[0]

    assert all(f"\n#   {name} " in head for name in template.load()["Parameters"])


def test_every_stage_has_its_own_name_at_the_gateway_by_which_its_metrics_are_told_apart() -> None:
    assert {stage: settings["api_gateway_stage"] for stage, settings in _config()["stages"].items()} == {
        stage: stage for stage in _config()["stages"]
    }


def test_the_template_travels_in_the_request() -> None:
    assert len(dense(template.load()).encode()) <= MOST_BYTES


def test_the_template_is_clean_for_aws_and_for_aws_in_china() -> None:
    lint = Path(sys.executable).with_name("cfn-lint")
    regions = ("us-east-1", "cn-north-1", "cn-northwest-1")

    said = subprocess.run(
        [lint, "--include-checks", "W", "I", "--regions", *regions, "--template", TEMPLATE],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stdout) == (0, "")


def test_no_partition_is_written_down() -> None:
    written = json.dumps(template.load())

    assert "arn:aws:" not in written
    assert "arn:aws-cn:" not in written


def _properties(name: str) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = resources()[name]["Properties"]
    return properties


def _config() -> Mapping[str, Any]:
    config: Mapping[str, Any] = json.loads((CHALICE / "config.json").read_text(encoding="utf-8"))
    return config


def _if(condition: str, then: object, otherwise: object) -> Mapping[str, Any]:
    return {"Fn::If": [condition, then, otherwise]}


def _keys(schema: Mapping[str, Any]) -> tuple[str, str]:
    by_type = {key["KeyType"]: key["AttributeName"] for key in schema["KeySchema"]}
    return by_type["HASH"], by_type["RANGE"]
