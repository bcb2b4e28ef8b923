"""How others send: what the platforms do, and what Powertools' idempotency makes of it.

Both keep our ledger's items, so that the same invariants can be asked of them; what comes before the call is the
product's own.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency import base as idempotency
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
)
from aws_lambda_powertools.utilities.idempotency.persistence import base, datarecord, dynamodb

from chalicelib.errors import Unavailable
from chalicelib.push.kit import Kit, kit
from chalicelib.queues import woken
from chalicelib.runtime import runtime
from chalicelib.sending.channels import deliver
from chalicelib.sending.gate import judge
from chalicelib.sending.intents import entry
from chalicelib.sending.look import look
from chalicelib.sending.verdict import Stop, Wait
from chalicelib.store import push as pushes
from chalicelib.store.push import Push
from chalicelib.wechat.errors import WechatError
from infra.local import lambdas

SECONDS = 30


def naive(event: dict[str, Any]) -> None:
    """A loop: send, then note it down. What raises comes again, by the queue or by the clock."""
    tools = kit(lot=10)
    for record in event["Records"]:
        _sent(woken(record["body"]), tools, keyed=False)


def with_powertools(event: dict[str, Any]) -> None:
    """The same under `@idempotent_function`, one record per push, as its documentation has it."""
    tools = kit(lot=10)
    layer = DynamoDBPersistenceLayer(
        table_name=runtime().settings.table_name,
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value="I#powertools",
        boto3_client=runtime()._dynamodb,
    )
    config = IdempotencyConfig(expires_after_seconds=3600)
    context: Any = lambdas.context("push_send", seconds=SECONDS)
    config.register_lambda_context(context)
    decorate: Any = idempotent_function(data_keyword_argument="name", persistence_store=layer, config=config)
    send_once = decorate(lambda name: _sent(name, tools))

    with _powertools_clock():
        for record in event["Records"]:
            name = woken(record["body"])
            push = pushes.find(tools.table, name)
            if push and push.is_open and push.due_at <= tools.now():
                _done(partial(send_once, name=name))


def _done(send: Callable[[], object]) -> None:
    """What Powertools raises fails the batch, as it does in its own batch processor."""
    try:
        send()
    except (IdempotencyPersistenceLayerError, IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
        raise Unavailable("Powertools could not keep its record") from None


def _sent(name: str, tools: Kit, *, keyed: bool = True) -> str:
    """The state that the push comes to."""
    push = pushes.find(tools.table, name)
    if push is None or not push.is_open or push.due_at > tools.now():
        return "nothing"
    known = look(push, tools.table, tools.accounts, now=tools.now())
    match judge(push, known):
        case Stop(reason):
            return _noted(push.closed("held", reason), tools)
        case Wait(until, reason):
            return _noted(replace(push, state="deferred", reason=reason, due_at=until), tools)
        case _:
            pass
    tools.allowance.take(push, known.quota)
    member_no = known.member.member_no if known.member else ""
    push = replace(push, member_no=member_no, attempts=push.attempts + 1)
    try:
        named = push if keyed else replace(push, push_id=runtime().new_id())
        msgid = deliver(named, tools.wechat(push.account))
    except WechatError as error:
        if error.code is None and push.attempts < 3:
            raise
        return _noted(push.closed("failed", str(error.code)), tools)
    return _noted(replace(push, msgid=msgid).closed("sent"), tools)


def _noted(push: Push, tools: Kit) -> str:
    """Whatever stands there by now."""
    changes = [replace(push.put(), when=())]
    if push.state != "deferred":
        tools.table.write([*changes, entry(push, push.state, at=tools.now()).put()])
    else:
        tools.table.write(changes)
    return push.state


@contextmanager
def _powertools_clock() -> Iterator[None]:
    """Powertools asks the machine for the time; here it is the world's."""
    world = runtime()

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "Clock":
            at = world.now().astimezone(tz)
            return cls.fromtimestamp(at.timestamp(), tz)

    modules: tuple[ModuleType, ...] = (base, datarecord, dynamodb, idempotency)
    for module in modules:
        vars(module)["dt"] = SimpleNamespace(datetime=Clock, timedelta=dt.timedelta, timezone=dt.timezone)
    try:
        yield
    finally:
        for module in modules:
            vars(module)["dt"] = dt
