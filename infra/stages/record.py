"""What is deployed of a stage, asked of AWS itself, in the form in which Chalice keeps it.

Chalice writes down what it deployed in a file beside the project, and only when it came to the end. Without that
file it makes a second API with another address, and fails on the queue that is already listened to. Names follow from
the stage, so the file is written anew from AWS before each run: it cannot be lost, stale, or someone else's.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.stages.aws import Aws

APP = "huiyuan"
Resource = Mapping[str, str]


class RecordError(Exception):
    """What is deployed is ambiguous. The message tells the operator what to remove."""


def deployed(stage: str, aws: Aws) -> tuple[Resource, ...]:
    """Every function, role, rule, queue mapping and API of the stage. Raises RecordError."""
    return (*_functions(stage, aws), *_rules(stage, aws), *_api(stage, aws))


def write(resources: tuple[Resource, ...], *, stage: str, project: Path) -> None:
    """Put the record where Chalice looks for it."""
    file = project / ".chalice" / "deployed" / f"{stage}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    record = {"resources": list(resources), "schema_version": "2.0", "backend": "api"}
    file.write_text(json.dumps(record, indent=2), encoding="utf-8")


def address(stage: str, aws: Aws) -> str:
    """The API's address with a slash at its end; nothing where none is deployed. Raises RecordError."""
    return next((each["rest_api_url"] for each in _api(stage, aws)), "")


def function_names(stage: str, aws: Aws) -> Mapping[str, str]:
    """Chalice's name of each deployed function, and its ARN."""
    own = f"{APP}-{stage}"
    pages = aws.functions.get_paginator("list_functions").paginate()
    found = {each["FunctionName"]: each["FunctionArn"] for page in pages for each in page["Functions"]}
    named = {name: arn for name, arn in found.items() if name == own or name.startswith(f"{own}-")}
    return {"api_handler" if name == own else name.removeprefix(f"{own}-"): arn for name, arn in sorted(named.items())}


def _functions(stage: str, aws: Aws) -> Iterator[Resource]:
    for name, arn in function_names(stage, aws).items():
        role = aws.functions.get_function_configuration(FunctionName=arn)["Role"]
        if role.endswith(f":role/{APP}-{stage}-{name}"):
            yield {"name": f"{name}_role", "resource_type": "iam_role", "role_arn": role,
                   "role_name": f"{APP}-{stage}-{name}"}  # fmt: skip
        yield {"name": name, "resource_type": "lambda_function", "lambda_arn": arn}
        yield from _mappings(name, arn, aws)


def _mappings(name: str, arn: str, aws: Aws) -> Iterator[Resource]:
    pages = aws.functions.get_paginator("list_event_source_mappings").paginate(FunctionName=arn)
    for mapping in (each for page in pages for each in page["EventSourceMappings"]):
        queue = mapping["EventSourceArn"]
        yield {
            "name": f"{name}-sqs-event-source",
            "resource_type": "sqs_event",
            "queue_arn": queue,
            "event_uuid": mapping["UUID"],
            "queue": queue.rsplit(":", 1)[1],
            "lambda_arn": arn,
        }


def _rules(stage: str, aws: Aws) -> Iterator[Resource]:
    own = f"{APP}-{stage}-"
    for page in aws.rules.get_paginator("list_rules").paginate(NamePrefix=own):
        for rule in page["Rules"]:
            name = rule["Name"]
            yield {"name": name.removeprefix(own), "resource_type": "cloudwatch_event", "rule_name": name}


def _api(stage: str, aws: Aws) -> Iterator[Resource]:
    """The API whose routes lead to the stage's function: its own name is the same for every stage."""
    pages = aws.apis.get_paginator("get_rest_apis").paginate()
    named = [api["id"] for page in pages for api in page["items"] if api["name"] == APP]
    found = [each for each in named if _leads_to(each, f"function:{APP}-{stage}/invocations", aws)]
    if len(found) > 1:
        raise RecordError(
            f"有 {len(found)} 个 REST API 通向 {APP}-{stage}：{'、'.join(found)}。"
            "请在 API Gateway 控制台里只留下公众号后台正在使用的那一个，再重新运行。"
        )
    for each in found:
        stages = [str(made["stageName"]) for made in aws.apis.get_stages(restApiId=each)["item"]]
        url = f"https://{each}.execute-api.{aws.region}.{aws.domain}/{''.join(stages[:1])}/"
        yield {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": each, "rest_api_url": url}


def _leads_to(api: str, function: str, aws: Aws) -> bool:
    try:
        pages = list(aws.apis.get_paginator("get_resources").paginate(restApiId=api, embed=["methods"]))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":  # removed meanwhile
            return False
        raise
    methods: list[Mapping[str, Any]] = [
        method for page in pages for item in page["items"] for method in item.get("resourceMethods", {}).values()
    ]
    return any(function in method.get("methodIntegration", {}).get("uri", "") for method in methods)
