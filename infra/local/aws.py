"""AWS on this machine: moto's server, with the one lock that makes its transactions atomic."""

from collections.abc import Callable
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from moto.dynamodb.responses import DynamoHandler
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from infra.local.moto_alarms import know_alarms
from infra.local.moto_changes import know_change_sets
from infra.local.moto_queries import look_below_the_key
from infra.local.moto_transactions import keep_what_is_named

REGION = "cn-north-1"


class LocalAws:
    """moto's server on loopback, and clients that know only it."""

    def __init__(self, port: int) -> None:
        self.url = ""
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)

    def start(self) -> None:
        keep_what_is_named()
        look_below_the_key()
        guard_transactions()
        know_alarms()
        know_change_sets()
        moto_api_backend.reset()  # moto keeps its state in the process, also that of a server before this one
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"

    def stop(self) -> None:
        self._server.stop()

    @property
    def environment(self) -> dict[str, str]:
        """For a shell whose commands shall know only this AWS. The credentials mean nothing."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "NO_PROXY": "127.0.0.1",
        }

    def client(self, service: Any, *, seconds: float = 10) -> Any:
        """A client of the local AWS. Its credentials mean nothing."""
        once = Config(connect_timeout=2, read_timeout=seconds, retries={"total_max_attempts": 1}, proxies={})
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - moto takes anything
            config=once,
        )


def guard_transactions() -> None:
    """moto's TransactWriteItems is not atomic under threads: one lock around every DynamoDB action makes it so."""
    unguarded = DynamoHandler.call_action
    if getattr(unguarded, "is_guarded", False):
        return
    lock = Lock()

    def call_action(handler: DynamoHandler) -> Any:
        with lock:
            return unguarded(handler)

    guarded: Callable[[DynamoHandler], Any] = call_action
    setattr(guarded, "is_guarded", True)  # noqa: B010 - a mark on a function
    setattr(DynamoHandler, "call_action", guarded)  # noqa: B010
