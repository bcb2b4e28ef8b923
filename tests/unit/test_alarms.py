"""Every alarm of the stack watches something that happens: what we count is brought about, what AWS counts is checked
against its documentation, and what an alarm names is there."""

import ast
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from functools import cache
from typing import Any

import pytest
from chalice.app import ScheduledEventConfig

from app import app
from chalicelib.settings import stage
from infra.policies import CHALICE, GRANTS, Function
from infra.template import named, resources
from tests.support.logs import logged
from tests.support.situations import SITUATIONS
from tests.support.watched import PRODUCT

ALARMS = resources("AWS::CloudWatch::Alarm")
RUNBOOK = PRODUCT.parent / "docs" / "runbook.md"
each_alarm = pytest.mark.parametrize("alarm", [made["Properties"] for made in ALARMS.values()], ids=list(ALARMS))

AWS_METRICS: Mapping[str, Mapping[str, frozenset[tuple[str, ...]]]] = {
    # docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    "AWS/ApiGateway": dict.fromkeys(
        ("4XXError", "5XXError", "Count", "Latency"), frozenset({("ApiName",), ("ApiName", "Stage")})
    ),
    # docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    "AWS/Lambda": dict.fromkeys(
        ("Duration", "Errors", "Invocations", "Throttles"), frozenset({("FunctionName",), ("FunctionName", "Resource")})
    ),
    # docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    "AWS/SQS": dict.fromkeys(
        ("ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"), frozenset({("QueueName",)})
    ),
    # docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    "AWS/DynamoDB": {
        **dict.fromkeys(
            ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"),
            frozenset({("TableName",), ("GlobalSecondaryIndexName", "TableName")}),
        ),
        "SystemErrors": frozenset({("Operation", "TableName")}),
    },
}
"""Names and dimensions of AWS's own metrics that we use, dimensions in the order of the alphabet."""


def _errors_in_the_code() -> Mapping[str, str]:
    """Every function that writes an error line: where it is, and its source."""
    return {
        f"{path.stem}.{node.name}": ast.unparse(node).replace("'", '"')
        for path in PRODUCT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and "log.error" in ast.unparse(node)
    }


def counted_in_the_code() -> frozenset[str]:
    """The names of all metrics of our own."""
    sources = "".join(path.read_text() for path in PRODUCT.rglob("*.py"))
    calls = re.findall(r"\bcount\((.*?),", sources, flags=re.DOTALL)
    return frozenset(name for call in calls for name in re.findall(r'"([A-Z][A-Za-z]+)"', call))


# What we count ourselves.


@pytest.mark.parametrize("metric", sorted(SITUATIONS))
def test_what_an_alarm_watches_is_counted_when_it_happens(metric: str) -> None:
    (alarm,) = [made["Properties"] for made in ALARMS.values() if made["Properties"].get("MetricName") == metric]
    dimensions = {one["Name"]: named(one["Value"], Stage=stage()) for one in alarm["Dimensions"]}

    counted = _brought_about(metric)

    values = [
        value for line in counted if _is_seen(line, alarm["Namespace"], metric, dimensions) for value in line[metric]
    ]
    assert values
    assert any(_raises(alarm, value) for value in values)


def test_what_happens_in_one_stage_raises_no_alarm_of_another() -> None:
    elsewhere = {"stage": "elsewhere"}

    assert not any(_is_seen(line, "Huiyuan", "DeadJobs", elsewhere) for line in _brought_about("DeadJobs"))


def test_every_situation_belongs_to_an_alarm() -> None:
    assert set(SITUATIONS) == {
        made["Properties"]["MetricName"] for made in ALARMS.values() if made["Properties"].get("Namespace") == "Huiyuan"
    }


@pytest.mark.parametrize(
    ("name", "function"),
    sorted(_errors_in_the_code().items()),
    ids=lambda given: given if given.count(".") == 1 else "",
)
def test_on_every_error_in_the_log_hangs_an_alarm(name: str, function: str) -> None:
    counted = re.findall(r'count\(\s*"([A-Za-z]+)"', function)

    assert set(counted) & set(SITUATIONS), f"{name}: nothing is counted beside it that an alarm watches"


def test_everything_that_is_counted_is_counted_for_the_stage_as_a_whole() -> None:
    lines = [line for metric in SITUATIONS for line in _brought_about(metric)]

    assert all(
        ["stage"] in directive["Dimensions"] for line in lines for directive in line["_aws"]["CloudWatchMetrics"]
    )


# What AWS counts.


@each_alarm
def test_an_alarm_watches_a_metric_that_there_is_under_its_dimensions(alarm: Mapping[str, Any]) -> None:
    for namespace, metric, dimensions in _watched(alarm):
        if namespace != "Huiyuan":
            assert tuple(sorted(dimensions)) in AWS_METRICS[namespace][metric]


@each_alarm
def test_what_an_alarm_names_is_there(alarm: Mapping[str, Any]) -> None:
    for _, _, dimensions in _watched(alarm):
        for name, value in dimensions.items():
            assert value in _THERE[name], (name, value)


def test_every_function_has_an_alarm_on_its_errors_and_on_its_throttles() -> None:
    watched = {(metric, dimensions.get("FunctionName")) for _, metric, dimensions in _all_watched()}

    functions = {Function(name, "dev").deployed_name for name in GRANTS}

    assert {(metric, name) for metric in ("Errors", "Throttles") for name in functions} <= watched


def test_every_function_that_the_clock_wakes_has_an_alarm_for_when_it_does_not() -> None:
    clocked = {source.name for source in app.event_sources if isinstance(source, ScheduledEventConfig)}

    stopped = {
        made["Properties"]["Dimensions"][0]["Value"]["Fn::Sub"].removeprefix("huiyuan-${Stage}-")
        for made in ALARMS.values()
        if made["Properties"].get("MetricName") == "Invocations"
    }

    assert stopped == clocked


def test_every_queue_has_an_alarm_on_its_oldest_message_or_on_what_lies_in_it() -> None:
    watched = {dimensions["QueueName"] for namespace, _, dimensions in _all_watched() if namespace == "AWS/SQS"}

    assert watched == set(resources("AWS::SQS::Queue"))


def test_server_errors_are_watched_for_every_operation_that_the_table_is_asked_for() -> None:
    written = re.findall(
        r"_client\.([a-z_]+)\(|\"((?:put|update|delete)_item)\"", (PRODUCT / "store/dynamo.py").read_text()
    )

    operations = {"".join(word.title() for word in "".join(names).split("_")) for names in written}

    assert operations == {
        dimensions["Operation"] for namespace, _, dimensions in _watched(ALARMS["TableFailing"]["Properties"])
    }


# How an alarm reaches an operator.


@each_alarm
def test_an_operator_hears_of_it_in_their_language(alarm: Mapping[str, Any]) -> None:
    assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert re.search(r"[\u4e00-\u9fff]", alarm["AlarmDescription"])


@each_alarm
def test_no_news_is_good_news_but_where_the_clock_has_stopped(alarm: Mapping[str, Any]) -> None:
    stopped = alarm.get("MetricName") == "Invocations"

    assert alarm["TreatMissingData"] == ("breaching" if stopped else "notBreaching")


@pytest.mark.parametrize("name", list(ALARMS))
def test_every_alarm_has_its_row_in_the_runbook(name: str) -> None:
    called = named(ALARMS[name]["Properties"]["AlarmName"], Stage="x").removeprefix("huiyuan-x-")

    assert called == re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
    assert f"\n| `{called}` |" in RUNBOOK.read_text()


def test_the_runbook_explains_no_alarm_that_there_is_not() -> None:
    section = RUNBOOK.read_text().partition("\n## Alarms\n")[2].partition("\n## ")[0]

    explained = re.findall(r"^\| `([a-z-]+)` \|", section, flags=re.MULTILINE)

    assert len(explained) == len(ALARMS)


@cache
def _brought_about(metric: str) -> list[dict[str, Any]]:
    """What is counted in a situation, line by line."""
    printed = io.StringIO()
    with redirect_stdout(printed), logged():
        SITUATIONS[metric]()
    return [json.loads(line) for line in printed.getvalue().splitlines() if line.startswith('{"_aws"')]


def _is_seen(line: Mapping[str, Any], namespace: str, metric: str, dimensions: Mapping[str, str]) -> bool:
    """Whether CloudWatch makes of the line a data point under exactly these dimensions."""
    return any(
        directive["Namespace"] == namespace
        and metric in {one["Name"] for one in directive["Metrics"]}
        and set(dimensions) in map(set, directive["Dimensions"])
        and all(line[name] == value for name, value in dimensions.items())
        for directive in line["_aws"]["CloudWatchMetrics"]
    )


def _raises(alarm: Mapping[str, Any], value: float) -> bool:
    """Whether values like this one do; how many it takes is the operator's patience."""
    if alarm["ComparisonOperator"] == "LessThanThreshold":
        return bool(value < alarm["Threshold"])
    return value >= 1


def _all_watched() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    for alarm in ALARMS.values():
        yield from _watched(alarm["Properties"])


def _watched(alarm: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Namespace, metric and dimensions of everything that the alarm looks at."""
    stats = (
        [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]
        if "Metrics" in alarm
        else [alarm]
    )
    for metric in stats:
        values = {one["Name"]: _value(one["Value"]) for one in metric["Dimensions"]}
        yield metric["Namespace"], metric["MetricName"], values


def _value(written: Any) -> str:
    """A name of the stage `dev`, or the logical name of the resource whose name it is."""
    if isinstance(written, Mapping) and "Fn::GetAtt" in written:
        return str(written["Fn::GetAtt"][0])
    return named(written, Stage="dev", Table="Table")


_OPERATIONS = {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
_THERE: Mapping[str, set[str]] = {
    "stage": {"dev"},
    "ApiName": {app.app_name},
    "Stage": {"dev"} & set(json.loads((CHALICE / "config.json").read_text())["stages"]),
    "FunctionName": {Function(name, "dev").deployed_name for name in GRANTS},
    "QueueName": set(resources("AWS::SQS::Queue")),
    "TableName": set(resources("AWS::DynamoDB::Table")),
    "GlobalSecondaryIndexName": {
        index["IndexName"] for index in resources()["Table"]["Properties"]["GlobalSecondaryIndexes"]
    },
    "Operation": _OPERATIONS,
}
