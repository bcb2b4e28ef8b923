"""Alarms on moto: its CloudFormation passes over them, although its CloudWatch knows them."""

from collections.abc import Mapping
from typing import Any

from moto.cloudformation import parsing
from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends
from moto.core.common_models import CloudFormationModel


def know_alarms() -> None:
    """Have moto look at the resources that it knows once more: `StackAlarm` may have come after the first look."""
    for known in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        known.cache_clear()


class StackAlarm(CloudFormationModel):
    """An alarm of a stack."""

    def __init__(self, alarm: Alarm) -> None:
        self.name = alarm.name
        self.arn = alarm.alarm_arn

    @property
    def physical_resource_id(self) -> str:
        return self.name

    @staticmethod
    def cloudformation_name_type() -> str:
        return "AlarmName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::CloudWatch::Alarm"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return {"Arn": self.arn}[attribute_name]

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> "StackAlarm":
        told = {"AlarmName": resource_name, **cloudformation_json["Properties"]}
        return cls(_put(cloudwatch_backends[account_id][region_name], told))

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: "StackAlarm",  # noqa: ARG003 - an alarm is put anew, whatever it was
        new_resource_name: str,
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
    ) -> "StackAlarm":
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Mapping[str, Any],  # noqa: ARG003 - moto gives it
        account_id: str,
        region_name: str,
    ) -> None:
        cloudwatch_backends[account_id][region_name].delete_alarms([resource_name])


def _put(cloudwatch: CloudWatchBackend, told: Mapping[str, Any]) -> Alarm:
    return cloudwatch.put_metric_alarm(
        name=told["AlarmName"],
        namespace=told.get("Namespace", ""),
        metric_name=told.get("MetricName", ""),
        comparison_operator=told["ComparisonOperator"],
        evaluation_periods=int(told["EvaluationPeriods"]),
        period=int(told.get("Period", 0)),
        threshold=float(told["Threshold"]),
        statistic=told.get("Statistic", ""),
        extended_statistic=told.get("ExtendedStatistic"),
        description=told["AlarmDescription"],
        dimensions=told.get("Dimensions", []),
        alarm_actions=told["AlarmActions"],
        treat_missing_data=told["TreatMissingData"],
    )
