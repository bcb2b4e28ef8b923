"""Where the outside world is put together, once. Only entries and `edge.py` call `runtime()`."""

import time
import uuid
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.clock import epoch
from chalicelib.credentials import Accounts
from chalicelib.door import Deadline, log
from chalicelib.parameters import SsmParameters
from chalicelib.queues import Queues
from chalicelib.settings import Settings
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.table import Table

if TYPE_CHECKING:
    from chalicelib.access_token import Memory, Refresh
    from chalicelib.event_keys import KnownKeys
    from chalicelib.wechat.client import WechatClient, WechatOf
    from chalicelib.wechat.connection import Connection

ANSWER_SECONDS = 4.2
"""WeChat cuts the connection after 5 s (official page on receiving messages); the rest is the way there and back."""

REFRESH_SECONDS = 25
"""How long a worker waits for `token_refresh`: less than its own 30 s."""


class Runtime:
    """A lazy property per collaborator; callers hand down what is needed, by keyword."""

    read_seconds: float = 1
    """How long AWS may take to answer one call."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        log.setLevel(settings.log_level)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self) -> str:
        """Random and unguessable, 32 hexadecimal digits."""
        return uuid.uuid4().hex

    def sleep(self, seconds: float) -> None:
        """Wait. Where time is simulated, it takes none."""
        time.sleep(seconds)

    def table(self, deadline: Deadline) -> DynamoTable:
        """The table, for work that must be over by the deadline."""
        return DynamoTable(self._dynamodb, self.settings.table_name, deadline=deadline)

    def accounts_in_turn(self, minutes: int) -> list[str]:
        """Names of the accounts that have credentials. For a schedule of so many minutes: each time another one is the
        first, so that none waits for ever."""
        path = self.settings.account_parameter("")
        names = sorted(name.removeprefix(path) for name in self.parameters.list_names(path))
        first = epoch(self.now()) // (60 * minutes) % max(1, len(names))
        return names[first:] + names[:first]

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.parameters, name=self.settings.account_parameter, now=self.now)

    @cached_property
    def event_keys(self) -> "KnownKeys":
        from chalicelib.event_keys import KnownKeys

        return KnownKeys(self.parameters, name=self.settings.event_parameter, now=self.now)

    @cached_property
    def parameters(self) -> SsmParameters:
        return SsmParameters(self._client("ssm"))

    @cached_property
    def queues(self) -> Queues:
        return Queues(self._client("sqs"), work=self.settings.work_queue, push=self.settings.push_queue)

    def wechat(self, account: str, table: Table) -> "WechatClient":
        """The client of an account for one invocation: it asks for at most two token refreshes."""
        from chalicelib.access_token import AccessTokens
        from chalicelib.wechat.client import WechatClient

        tokens = AccessTokens(account, table=table, refresh=self.refresh_token, now=self.now, memory=self._tokens)
        return WechatClient(self.wechat_connection, tokens)

    def wechat_of(self, table: Table) -> "WechatOf":
        """The clients of one invocation, by account."""
        return cache(lambda account: self.wechat(account, table))

    def refresh_token(self, account: str, refused: str) -> None:
        """Have `token_refresh` run: the only function that holds AppSecrets. Raises Unavailable."""
        self._refresh(account, refused)

    @cached_property
    def wechat_connection(self) -> "Connection":
        from chalicelib.wechat.connection import Connection

        return Connection(self.settings.wechat_api)

    @cached_property
    def _refresh(self) -> "Refresh":
        from chalicelib.access_token import refresh_by_invoke

        return refresh_by_invoke(self._client("lambda", read_seconds=REFRESH_SECONDS), self.settings.token_function)

    @cached_property
    def _tokens(self) -> "Memory":
        from chalicelib.access_token import Memory

        return Memory()

    @cached_property
    def _dynamodb(self) -> Any:
        return self._client("dynamodb")

    def _client(self, service: Any, *, read_seconds: float = 0) -> Any:
        """Short timeouts and no hidden retries: who calls retries within a deadline of its own."""
        import boto3
        from botocore.config import Config

        once = Config(
            connect_timeout=1, read_timeout=read_seconds or self.read_seconds, retries={"total_max_attempts": 1}
        )
        return boto3.client(service, config=once)


_current: Runtime | None = None


def runtime() -> Runtime:
    """The runtime of this process, built from the environment on first use."""
    if _current is None:
        return use(Runtime(Settings.read()))
    return _current


def use(built: Runtime) -> Runtime:
    """Make this the runtime of the process: for a world whose clock or WeChat is another."""
    global _current
    _current = built
    return built
