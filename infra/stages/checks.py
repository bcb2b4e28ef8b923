"""Whether a deployed stage works: asked from outside, as WeChat would."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.credentials import Credentials
from chalicelib.door import Deadline
from chalicelib.errors import BadContent
from chalicelib.settings import Settings
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.table import Table
from infra.stages import callback, record, token
from infra.stages.accounts import AccountParameters
from infra.stages.aws import Aws

TRIES = 10
PAUSE = 3.0
"""Seconds. A new API answers a few seconds after it was made, a mapping is enabled within a minute."""
TABLE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and what is wrong with it or worth knowing."""

    what: str
    is_fine: bool
    note: str = ""

    def __str__(self) -> str:
        return f"  {'✓' if self.is_fine else '✗'} {self.what}" + (f"：{self.note}" if self.note else "")


def check_stage(
    stage: str, address: str, *, sources: Mapping[str, str], aws: Aws, sleep: Callable[[float], None]
) -> Iterator[Finding]:
    """Everything about a stage, one after another. `sources` are the functions that queues and the clock open: by
    name, ``sqs`` or ``schedule``."""
    yield _health(address, aws, sleep)
    functions = record.function_names(stage, aws)
    for name, kind in sources.items():
        yield _mapping(name, functions.get(name, name), aws, sleep) if kind == "sqs" else _rule(stage, name, aws)
    settings = Settings(stage=stage)
    for account in AccountParameters(aws.ssm, settings).names():
        yield from check_account(account, address, settings=settings, aws=aws)


def check_account(account: str, address: str, *, settings: Settings, aws: Aws) -> Iterator[Finding]:
    """The parameters of one account, its callback address, its access token."""
    parameters = AccountParameters(aws.ssm, settings)
    try:
        credentials = parameters.credentials(account)
    except BadContent as error:
        yield Finding(f"{account} 的参数", False, str(error))
        return
    yield Finding(f"{account} 的参数", True, "密钥轮换还没有完成" if _is_rotating(credentials) else "")
    yield _callback(credentials, address, aws)
    if not parameters.has_secret(account):
        yield Finding(f"{account} 的 AppSecret", False, "还没有：再运行一次 ops account add，只会补上它")
        return
    yield check_token(account, settings=settings, aws=aws)


def check_token(account: str, *, settings: Settings, aws: Aws) -> Finding:
    state = token.fetch_token(
        account, function=settings.token_function, functions=aws.functions, table=table_of(settings, aws), now=aws.now
    )
    return Finding(f"{account} 的 access_token", state.until is not None, str(state))


def table_of(settings: Settings, aws: Aws) -> Table:
    return DynamoTable(aws.dynamodb, settings.table_name, deadline=Deadline(TABLE_SECONDS))


def _is_rotating(credentials: Credentials) -> bool:
    return len(credentials.aes_keys) > 1 or len(credentials.tokens) > 1


def _callback(credentials: Credentials, address: str, aws: Aws) -> Finding:
    what = f"{credentials.account} 的回调地址"
    if not address:
        return Finding(what, False, "还没有部署")
    url = callback.url_of(address, credentials.account)
    trouble = callback.trouble(url, token=credentials.token, fetch=aws.fetch, now=aws.now())
    return Finding(what, not trouble, trouble)


def _health(address: str, aws: Aws, sleep: Callable[[float], None]) -> Finding:
    def ask() -> Finding:
        status, body = aws.fetch(f"{address.rstrip('/')}/healthz")
        fine = (status, body) == (200, "ok")
        return Finding("接口能访问", fine, "" if fine else f"/healthz 回答了 {status or '（没有回答）'}")

    return _patiently(ask, sleep)


def _mapping(name: str, function: str, aws: Aws, sleep: Callable[[float], None]) -> Finding:
    def ask() -> Finding:
        found = aws.functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        states = [each["State"] for each in found]
        return Finding(f"队列唤醒 {name}", states == ["Enabled"], "" if states == ["Enabled"] else _told(states))

    return _patiently(ask, sleep)


def _rule(stage: str, name: str, aws: Aws) -> Finding:
    rules: list[Mapping[str, Any]] = aws.rules.list_rules(NamePrefix=f"{record.APP}-{stage}-{name}-")["Rules"]
    states = [rule["State"] for rule in rules]
    return Finding(f"时钟唤醒 {name}", states == ["ENABLED"], "" if states == ["ENABLED"] else _told(states))


def _told(states: list[str]) -> str:
    return f"状态是 {'、'.join(states)}" if states else "没有找到"


def _patiently(ask: Callable[[], Finding], sleep: Callable[[float], None]) -> Finding:
    for _ in range(TRIES - 1):
        finding = ask()
        if finding.is_fine:
            return finding
        sleep(PAUSE)
    return ask()
