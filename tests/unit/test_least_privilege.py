"""Policies hold what the functions do, no less and no more: every flow is run once on watched clients.

What this cannot see: a call on a way through the code that no flow takes. Such a call is refused on AWS, which an alarm
tells; that each call written in the code is made by some flow is tested here, which function makes it on which way is
what the flows show. What Lambda itself does with a function's role follows from its triggers.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from chalice.app import SQSEventConfig

from app import app
from infra.local.memory.world import STAGE
from infra.policies import GRANTS, TAKE_MESSAGES, Function, policy
from tests.support.doings import everything_done
from tests.support.permissions import PLACE, Ask, allows, asks_of, covers
from tests.support.watched import HTTP, PRODUCT
from tests.support.watched_clients import Call

every_function = pytest.mark.parametrize("name", GRANTS)


@every_function
def test_a_function_may_do_all_that_it_does(name: str) -> None:
    statements = _statements(name)

    refused = [ask for ask in _asks(name) if not any(allows(statement, ask) for statement in statements)]

    assert refused == []


@every_function
def test_a_function_may_do_nothing_that_it_never_does(name: str) -> None:
    asks = _asks(name)

    unused = {
        (name, action, resource.rsplit("-", 1)[-1])
        for statement in _statements(name)
        for action in statement["Action"]
        for resource in statement["Resource"]
        if not any(allows(statement, ask) and covers(resource, ask) and action == ask.action for ask in asks)
    }

    assert unused == set()


def test_every_call_that_is_written_in_the_code_is_made_by_some_flow() -> None:
    written = set(_written())

    made = {(service, operation) for calls in _watched().values() for service, operation, _ in calls}

    assert made == written


def test_every_function_of_the_app_is_watched() -> None:
    assert {name for name in _watched() if name} == {source.name for source in app.event_sources} | {"api_handler"}


def test_every_route_leads_to_where_the_routes_function_is_told_by() -> None:
    tree = ast.parse((PRODUCT.parent / "app.py").read_text())
    imports = [
        f"{node.module}.{name.name}".replace(".", "/").removeprefix("chalicelib/") + ".py"
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    ]

    assert set(imports) - {"web.py"} == set(HTTP)


def test_a_permission_that_is_missing_or_too_wide_is_noticed() -> None:
    (statement,) = [one for one in _statements("tick") if "dynamodb:Query" in one["Action"]]
    wanted = next(ask for ask in _asks("tick") if ask.action == "dynamodb:Query")
    member = Ask("dynamodb:Query", wanted.resource.partition("/index")[0], frozenset({"M#shop#openid"}))

    assert allows(statement, wanted)
    assert not allows(statement, member)
    assert not allows({**statement, "Action": ["dynamodb:GetItem"]}, wanted)


def _statements(name: str) -> list[Mapping[str, Any]]:
    return list(policy(Function(name, STAGE))["Statement"])


@cache
def _watched() -> Mapping[str, list[Call]]:
    """Calls of every flow, by function."""
    calls = defaultdict[str, list[Call]](list)
    for done in everything_done():
        for function, made in done.stage.calls.items():
            calls[function] += made
    return calls


@cache
def _asks(name: str) -> frozenset[Ask]:
    made = (ask for call in _watched()[name] for ask in asks_of(*call))
    return frozenset((*made, *_by_lambda_itself(name)))


def _by_lambda_itself(name: str) -> Iterator[Ask]:
    group = f"arn:aws-cn:logs:{PLACE}:log-group:/aws/lambda/{Function(name, STAGE).deployed_name}"
    yield from (Ask(f"logs:{action}", f"{group}:log-stream:today") for action in ("CreateLogStream", "PutLogEvents"))
    for source in app.event_sources:
        if source.name == name and isinstance(source, SQSEventConfig):
            queue = str(source.queue).replace("huiyuan-dev", f"huiyuan-{STAGE}")
            yield from (Ask(f"sqs:{action}", f"arn:aws-cn:sqs:{PLACE}:{queue}") for action in TAKE_MESSAGES)


def _written() -> Iterator[tuple[str, str]]:
    """Every call of an AWS client in the product: what `client` or `_client` is asked for, by the file's service."""
    for path in PRODUCT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name("getattr"), args=[ast.Attribute(attr="_client"), ast.Subscript(value=ways)]
                ):
                    yield from ((SERVICES[path.name], way) for way in ast.literal_eval(ways).values())
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("client") | ast.Attribute(attr="_client"), attr=operation)
                ):
                    paginated = operation == "get_paginator"
                    yield SERVICES[path.name], ast.literal_eval(node.args[0]) if paginated else operation


SERVICES = {"dynamo.py": "dynamodb", "queues.py": "sqs", "parameters.py": "ssm", "access_token.py": "lambda"}
"""What the client of a file is."""
