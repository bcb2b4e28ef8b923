"""Refusals as boto3 raises them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from infra.local.memory.values import Typed


class Invalid(Exception):
    """The request or an item breaks a rule: a ValidationException, or a cancellation reason within a transaction."""


class ConditionFailed(Exception):
    """The condition does not hold for `stood`."""

    def __init__(self, stood: Typed | None) -> None:
        super().__init__("The conditional request failed")
        self.stood = stood


def refusal(code: str, message: str, operation: str, **response: Any) -> ClientError:
    """What boto3 raises; `response` holds what stands beside the error, such as CancellationReasons."""
    said: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}, **response}
    return ClientError(said, operation)


def condition_failed(failed: ConditionFailed, operation: str, *, shows: bool) -> ClientError:
    """The refusal of a single write; `shows` the item where the request asked for it."""
    beside = {"Item": failed.stood} if shows and failed.stood is not None else {}
    return refusal("ConditionalCheckFailedException", str(failed), operation, **beside)


def cancelled(reasons: Sequence[Mapping[str, Any]]) -> ClientError:
    """The refusal of a transaction, with one reason per action."""
    codes = ", ".join(str(reason["Code"]) for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return refusal(
        "TransactionCanceledException", message, "TransactWriteItems", CancellationReasons=[dict(r) for r in reasons]
    )


def check_parameters(
    request: Mapping[str, Any], *, required: Collection[str], known: Collection[str], where: str = "input"
) -> None:
    """What boto3 refuses before it sends anything: missing and unknown names."""
    complaints = [f'Missing required parameter in {where}: "{name}"' for name in required if name not in request]
    complaints += [
        f'Unknown parameter in {where}: "{name}", must be one of: {", ".join(sorted({*required, *known}))}'
        for name in request
        if name not in required and name not in known
    ]
    if complaints:
        raise not_sent("\n".join(complaints))


def not_sent(complaint: str) -> ParamValidationError:
    """What boto3 raises for a request that it does not even send."""
    return ParamValidationError(report=complaint)
