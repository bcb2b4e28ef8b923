"""The stack holds what the code looks for, under the same names."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.settings import Settings
from chalicelib.store.keys import INDEX_KEYS
from infra.provision import TEMPLATE, TIME_TO_LIVE

SETTINGS = Settings(stage="dev")


class _CloudFormationLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions: `!Sub x` reads as `{"Sub": "x"}`."""


def _short_function(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    assert isinstance(node, yaml.ScalarNode)
    return {name: loader.construct_scalar(node)}


_CloudFormationLoader.add_multi_constructor("!", _short_function)


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    stack = yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader=_CloudFormationLoader)
    return {name: resource | resource["Properties"] for name, resource in stack["Resources"].items()}


def test_the_table_and_its_indexes_have_the_keys_that_the_store_builds(resources: dict[str, Any]) -> None:
    table = resources["Table"]

    indexes = {index["IndexName"]: _keys(index) for index in table["GlobalSecondaryIndexes"]}
    attributes = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in table["AttributeDefinitions"]}

    assert _keys(table) == ("pk", "sk")
    assert indexes == INDEX_KEYS
    assert attributes == dict.fromkeys(["pk", "sk", *(name for names in INDEX_KEYS.values() for name in names)], "S")
    assert {index["Projection"]["ProjectionType"] for index in table["GlobalSecondaryIndexes"]} == {"KEYS_ONLY"}


def test_the_names_are_those_that_the_functions_ask_for(resources: dict[str, Any]) -> None:
    names = [resources["Table"]["TableName"], resources["WorkQueue"]["QueueName"]]

    assert [name["Sub"].replace("${Stage}", "dev") for name in names] == [SETTINGS.table_name, SETTINGS.work_queue]


def test_no_operator_loses_the_table_by_a_slip(resources: dict[str, Any]) -> None:
    table = resources["Table"]

    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert table["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_what_followers_left_behind_is_encrypted_and_expires(resources: dict[str, Any]) -> None:
    table = resources["Table"]

    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": TIME_TO_LIVE, "Enabled": True}
    assert resources["WorkQueue"]["SqsManagedSseEnabled"] is True
    assert resources["WorkDeadLetters"]["SqsManagedSseEnabled"] is True


def test_a_wake_up_that_keeps_failing_waits_for_an_operator_longer_than_it_lived(resources: dict[str, Any]) -> None:
    queue, dead = resources["WorkQueue"], resources["WorkDeadLetters"]

    assert queue["RedrivePolicy"] == {"deadLetterTargetArn": {"GetAtt": "WorkDeadLetters.Arn"}, "maxReceiveCount": 5}
    assert dead["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]
    assert dead["RedriveAllowPolicy"]["sourceQueueArns"][0]["Sub"].endswith(queue["QueueName"]["Sub"])


def test_the_template_is_clean_for_aws_and_for_aws_in_china() -> None:
    lint = Path(sys.executable).with_name("cfn-lint")

    said = subprocess.run(
        [
            lint,
            "--include-checks",
            "W",
            "I",
            "--regions",
            "us-east-1",
            "cn-north-1",
            "cn-northwest-1",
            "--template",
            TEMPLATE,
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stdout) == (0, "")


def _keys(schema: dict[str, Any]) -> tuple[str, str]:
    by_type = {key["KeyType"]: key["AttributeName"] for key in schema["KeySchema"]}
    return by_type["HASH"], by_type["RANGE"]
