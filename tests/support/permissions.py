"""What a call of an AWS client asks of IAM, and whether a policy allows it.

Only what our clients call and our policies say is known here; anything else is an error and never passed over.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

OWN_ACCOUNT = {"aws:ResourceAccount": "${aws:PrincipalAccount}"}
PLACE = "cn-north-1:123456789012"


@dataclass(frozen=True, slots=True)
class Ask:
    """One action on one resource. `keys` are partition keys of items, `context` is what KMS is told."""

    action: str
    resource: str
    keys: frozenset[str] = frozenset()
    context: Mapping[str, str] = field(default_factory=dict, hash=False)


def asks_of(service: str, operation: str, request: Mapping[str, Any]) -> Iterator[Ask]:
    """The permissions that AWS wants for a call, by its Service Authorization Reference.

    A transaction is authorized item by item; a batch of messages as the sending of one; a parameter is decrypted in the
    name of who reads it.
    """
    yield from _ASKS[service](operation, request)


def allows(statement: Mapping[str, Any], ask: Ask) -> bool:
    """Whether the statement covers the ask."""
    assert statement["Effect"] == "Allow"
    return (
        ask.action in statement["Action"]
        and any(covers(pattern, ask) for pattern in statement["Resource"])
        and all(_meets(operator, wanted, ask) for operator, wanted in statement["Condition"].items())
    )


def covers(pattern: str, ask: Ask) -> bool:
    """Whether a resource of a statement is that of the ask."""
    return fnmatchcase(ask.resource, pattern)


def _meets(operator: str, wanted: Mapping[str, Any], ask: Ask) -> bool:
    if operator == "StringEquals":
        assert wanted == OWN_ACCOUNT
        return True
    if operator == "ForAllValues:StringLike":
        assert list(wanted) == ["dynamodb:LeadingKeys"]
        return all(any(fnmatchcase(key, like) for like in wanted["dynamodb:LeadingKeys"]) for key in ask.keys)
    assert operator == "StringLike", operator
    return all(fnmatchcase(ask.context.get(name, ""), like) for name, like in wanted.items())


def _dynamodb(operation: str, request: Mapping[str, Any]) -> Iterator[Ask]:
    match operation:
        case "get_item":
            yield _of_table("GetItem", request["TableName"], [request["Key"]])
        case "put_item":
            yield _of_table("PutItem", request["TableName"], [request["Item"]])
        case "delete_item" | "update_item":
            action = {"delete_item": "DeleteItem", "update_item": "UpdateItem"}[operation]
            yield _of_table(action, request["TableName"], [request["Key"]])
        case "batch_get_item":
            for table, wanted in request["RequestItems"].items():
                yield _of_table("BatchGetItem", table, wanted["Keys"])
        case "query":
            index = f"/index/{request['IndexName']}" if "IndexName" in request else ""
            # Of an index the leading key is the index's own: no policy of ours says anything about it.
            yield _of_table("Query", request["TableName"] + index, [{"pk": value} for value in _partition(request)])
        case "transact_write_items":
            for item in request["TransactItems"]:
                ((kind, change),) = item.items()
                yield _of_table(_IN_TRANSACTION[kind], change["TableName"], [change.get("Item") or change["Key"]])
        case _:
            raise LookupError(f"dynamodb.{operation}")


def _partition(request: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """What the key condition, which begins with the partition, compares it with."""
    name = request["KeyConditionExpression"].split()[2]
    return [request["ExpressionAttributeValues"][name]]


_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def _of_table(action: str, path: str, items: Sequence[Mapping[str, Any]]) -> Ask:
    return Ask(f"dynamodb:{action}", _arn("dynamodb", f"table/{path}"), frozenset(item["pk"]["S"] for item in items))


def _sqs(operation: str, request: Mapping[str, Any]) -> Iterator[Ask]:
    action = {"get_queue_url": "GetQueueUrl", "send_message_batch": "SendMessage"}[operation]
    queue = request["QueueName"] if operation == "get_queue_url" else request["QueueUrl"].rsplit("/", 1)[-1]
    yield Ask(f"sqs:{action}", _arn("sqs", queue))


def _ssm(operation: str, request: Mapping[str, Any]) -> Iterator[Ask]:
    if operation == "get_parameters_by_path":
        assert not request["WithDecryption"]
        # Whether the slash at the end belongs to the resource is written nowhere: a policy must allow both.
        for path in (request["Path"], request["Path"].rstrip("/")):
            yield Ask("ssm:GetParametersByPath", _arn("ssm", "parameter" + path))
        return
    assert operation == "get_parameter", operation
    parameter = _arn("ssm", "parameter" + request["Name"])
    yield Ask("ssm:GetParameter", parameter)
    if request["WithDecryption"]:
        told = {"kms:EncryptionContext:PARAMETER_ARN": parameter, "kms:ViaService": "ssm.cn-north-1.amazonaws.com.cn"}
        yield Ask("kms:Decrypt", _arn("kms", "key/of-the-parameter"), context=told)


def _lambda(operation: str, request: Mapping[str, Any]) -> Iterator[Ask]:
    yield Ask(
        f"lambda:{ {'invoke': 'InvokeFunction'}[operation] }", _arn("lambda", f"function:{request['FunctionName']}")
    )


def _arn(service: str, resource: str) -> str:
    return f"arn:aws-cn:{service}:{PLACE}:{resource}"


_ASKS: Mapping[str, Callable[[str, Mapping[str, Any]], Iterator[Ask]]] = {
    "dynamodb": _dynamodb,
    "sqs": _sqs,
    "ssm": _ssm,
    "lambda": _lambda,
}
