"""Where moto differs from DynamoDB and the in-memory table does not: the one list.

Random requests (`requests.py`) stay clear of these, so that no failing comparison is ever ignored; a test asks both
tables about each, so that a gap that moto closes is noticed.
"""

from dataclasses import dataclass
from typing import Any

from tests.support.dynamo import key, number, put, text
from tests.support.requests import Call
from tests.support.tables import TABLE

DEEP: dict[str, Any] = {"L": []}
for _ in range(33):
    DEEP = {"L": [DEEP]}


@dataclass(frozen=True, slots=True)
class Gap:
    """The last call has this outcome on DynamoDB, and that one on moto."""

    why: str
    calls: tuple[Call, ...]
    dynamodb: str
    moto: str


def put_item(condition: str = "", value: Any = None, **attributes: Any) -> Call:
    said = {"ConditionExpression": condition} if condition else {}
    values = {"ExpressionAttributeValues": {":v": value}} if value else {}
    return Call("put_item", {"TableName": TABLE, "Item": key() | attributes, **said, **values})


def transact(*actions: dict[str, Any], **parameters: Any) -> Call:
    named = [{kind: {"TableName": TABLE, **request} for kind, request in action.items()} for action in actions]
    return Call("transact_write_items", {"TransactItems": named, **parameters})


def update(expression: str, **values: Any) -> dict[str, Any]:
    said = {"ExpressionAttributeValues": {f":{name}": value for name, value in values.items()}} if values else {}
    return {"Update": {"Key": key(), "UpdateExpression": expression, **said}}


def query(condition: str, value: Any, **parameters: Any) -> Call:
    request = {"TableName": TABLE, "KeyConditionExpression": condition, "ExpressionAttributeValues": {":v": value}}
    return Call("query", request | parameters)


GET = Call("get_item", {"TableName": TABLE, "Key": key()})
REFUSED = "ValidationException"
COUNT_ONE = transact(update("ADD n :one", one=number(1)), ClientRequestToken="once")

GAPS = (
    Gap("values that no expression uses pass", (put_item("attribute_not_exists(pk)", number(1)),), REFUSED, "done"),
    Gap("numbers of 39 digits pass", (put_item(n=number("9" * 39)),), REFUSED, "done"),
    Gap("numbers of any magnitude pass", (put_item(n=number("1e126")),), REFUSED, "done"),
    Gap("numbers keep needless zeros", (put_item(n=number("1.50")), GET), "n = 1.5", "n = 1.50"),
    Gap("numbers keep their exponent", (put_item(n=number("1e3")), GET), "n = 1000", "n = 1e3"),
    Gap("an index key of another type passes", (put_item(due_pk=number(1)),), REFUSED, "done"),
    Gap("33 levels of nesting pass", (put_item(deep=DEEP),), REFUSED, "done"),
    Gap("a value with two types passes", (put_item(s={"S": "1", "N": "1"}),), REFUSED, "done"),
    Gap(
        "a transaction of more than 4 MB passes",
        (transact(*(put(str(sk), s=text("x" * 400_000)) for sk in range(11))),),
        REFUSED,
        "done",
    ),
    Gap(
        "26 items in a batch pass",
        (
            Call(
                "batch_write_item",
                {"RequestItems": {TABLE: [{"PutRequest": {"Item": key(str(sk))}} for sk in range(26)]}},
            ),
        ),
        REFUSED,
        "done",
    ),
    Gap(
        "an item that makes an action impossible refuses the transaction without a reason",
        (transact(update("SET n = gone")),),
        "TransactionCanceledException [ValidationError]",
        REFUSED,
    ),
    Gap("a ClientRequestToken is ignored", (COUNT_ONE, COUNT_ONE, GET), "n = 1", "n = 2"),
    Gap(
        "a missing attribute equals NULL",
        (put_item("gone <> :v", {"NULL": True}), put_item("gone <> :v", {"NULL": True})),
        "done",
        "ConditionalCheckFailedException",
    ),
    Gap(
        "values of two types have no order, and it crashes",
        (put_item(s=text("a")), put_item("s < :v", number(1))),
        "ConditionalCheckFailedException",
        "TypeError",
    ),
    Gap(
        "an order of values that have none is no mistake",
        (put_item("s < :v", {"BOOL": True}),),
        REFUSED,
        "ConditionalCheckFailedException",
    ),
    Gap(
        "a prefix that is a number is no mistake",
        (put_item("begins_with(s, :v)", number(1)),),
        REFUSED,
        "ConditionalCheckFailedException",
    ),
    Gap("an undefined value crashes", (put_item("n = :v"),), REFUSED, "KeyError"),
    Gap("a syntax error crashes", (put_item("n = = n"),), REFUSED, "ValueError"),
    Gap(
        "an update without an expression crashes",
        (Call("update_item", {"TableName": TABLE, "Key": key()}),),
        "done",
        "AttributeError",
    ),
    Gap(
        "a key of another type finds nothing",
        (Call("get_item", {"TableName": TABLE, "Key": key() | {"sk": number(1)}}),),
        REFUSED,
        "done",
    ),
    Gap("a partition of another type is empty", (query("pk = :v", number(1)),), REFUSED, "end"),
    Gap("an OR of keys crashes", (query("pk = :v OR sk = :v", text("P")),), REFUSED, "AssertionError"),
    Gap(
        "a page may start anywhere",
        (query("pk = :v", text("P"), ExclusiveStartKey=key(pk="other")),),
        REFUSED,
        "end",
    ),
    Gap(
        "an index that does not exist is a missing resource",
        (query("due_pk = :v", text("P"), IndexName="by_name"),),
        REFUSED,
        "ResourceNotFoundException",
    ),
    Gap(
        "a page that is just full is the last one",
        (put_item(), query("pk = :v", text("P"), Limit=1)),
        "more",
        "end",
    ),
)
