"""The AWS account that the shell is logged in to, and how to ask the stage from outside."""

import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_ssm import SSMClient

Say: TypeAlias = Callable[[str], None]
Fetch: TypeAlias = Callable[[str], tuple[int, str]]
"""From an address to status and body; status 0 when nobody answered."""

TIMEOUT = 10
REFRESH_SECONDS = 40
"""Longer than `token_refresh` may run."""


def fetch(url: str) -> tuple[int, str]:
    """Implements `Fetch`. Addresses come from AWS itself, and are https."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 - see above
            return int(answer.status), answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Aws:
    """Clients of everything that a stage consists of."""

    cloudformation: "CloudFormationClient"
    dynamodb: "DynamoDBClient"
    functions: "LambdaClient"
    ssm: "SSMClient"
    rules: Any
    apis: Any
    logs: Any
    fetch: Fetch = field(default=fetch)
    now: Callable[[], datetime] = field(default=now)

    @property
    def region(self) -> str:
        return self.functions.meta.region_name

    @property
    def domain(self) -> str:
        """What the addresses of this partition end with."""
        return "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"


def of_this_shell() -> Aws:
    import boto3
    from botocore.config import Config

    patient = Config(read_timeout=REFRESH_SECONDS, retries={"total_max_attempts": 1})
    return Aws(
        cloudformation=boto3.client("cloudformation"),
        dynamodb=boto3.client("dynamodb"),
        functions=boto3.client("lambda", config=patient),
        ssm=boto3.client("ssm"),
        rules=boto3.client("events"),
        apis=boto3.client("apigateway"),
        logs=boto3.client("logs"),
    )
