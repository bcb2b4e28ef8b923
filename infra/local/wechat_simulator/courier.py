"""The road from WeChat's server to the account's: what a courier must be able to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CallbackResponse:
    """What the account's server answered."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class CallbackTimeout(Exception):
    """No complete answer came in time. The server may have done its work all the same."""


class CallbackUnreachable(Exception):
    """No connection, or it broke before an answer came."""


class Courier(Protocol):
    """Carries one request. Raises CallbackTimeout or CallbackUnreachable."""

    def post(
        self, url: str, *, query: Mapping[str, str], body: bytes, headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse: ...

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse: ...
