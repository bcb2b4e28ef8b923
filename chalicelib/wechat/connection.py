"""One call to WeChat over HTTP: bounded in time and size, and nothing secret in what it raises."""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError

from chalicelib.door import Deadline
from chalicelib.wechat.codes import error_for
from chalicelib.wechat.errors import UnknownOutcome, Unreachable, WechatError

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
MOST_BYTES = 1_000_000
CHUNK = 65_536
WRITTEN_CODE = re.compile(r"-?[0-9]{1,12}")
IDLE_SECONDS = 20.0
"""A connection that was idle for longer is not used again: while a Lambda is frozen, the other side gives it up."""


class Connection:
    """Speaks JSON with one base address. Follows no redirect, heeds no proxy or netrc, and never repeats a call."""

    def __init__(
        self,
        base: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base.rstrip("/")
        self._timeouts = (connect_seconds, read_seconds)
        self._monotonic = monotonic
        self._used_at = monotonic()
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """WeChat's JSON. Raises the WechatError that its code stands for, or UnknownOutcome, or Unreachable."""
        return self._call("GET", path, query, None)

    def post(self, path: str, query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        """As `get`, with a JSON body. WeChat refuses escapes (40033, 47002), so it is raw UTF-8."""
        return self._call("POST", path, query, json.dumps(body, ensure_ascii=False).encode(errors="replace"))

    def close(self) -> None:
        """Let go of what is kept open. It may be used again."""
        self._session.close()

    def _call(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> dict[str, Any]:
        answer = _parsed(self._exchange(method, path, query, body))
        code = _code(answer)
        if code:
            raise error_for(code, str(answer.get("errmsg", "")), path=path, answer=answer)
        return answer

    def _exchange(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> bytes:
        """The answer's bytes. What requests raises names the URL, and so the token: none of it is passed on."""
        try:
            return self._received(method, path, query, body)
        except (requests.RequestException, HTTPError) as error:
            trouble = _trouble(error)
        raise trouble

    def _received(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> bytes:
        self._leave_what_was_idle()
        deadline = Deadline(sum(self._timeouts), monotonic=self._monotonic)
        with self._session.request(
            method,
            self._base + path,
            params=query,
            data=body,
            headers={"Content-Type": "application/json; charset=utf-8"} if body is not None else None,
            timeout=self._timeouts,
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != requests.codes.ok:
                raise UnknownOutcome(f"HTTP {response.status_code}")
            return _body(response, deadline)

    def _leave_what_was_idle(self) -> None:
        last, self._used_at = self._used_at, self._monotonic()
        if self._used_at - last > IDLE_SECONDS:
            self.close()


def _body(response: requests.Response, deadline: Deadline) -> bytes:
    """All of it, piece by piece as it comes, so that neither a flood nor a trickle holds us."""
    received = bytearray()
    while piece := response.raw.read1(CHUNK, decode_content=True):
        received += piece
        if len(received) > MOST_BYTES:
            raise UnknownOutcome("answer too long")
        if deadline.left() < 0:
            raise UnknownOutcome("timeout")
    return bytes(received)


def _trouble(error: Exception) -> WechatError:
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError):
        return Unreachable("no connection")
    return UnknownOutcome("timeout" if isinstance(error, requests.Timeout | ReadTimeoutError) else "connection lost")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body.decode(errors="replace"), strict=False)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise UnknownOutcome("no JSON object")
    return answer


def _code(answer: Mapping[str, Any]) -> int:
    code = answer.get("errcode", 0)
    if isinstance(code, str) and WRITTEN_CODE.fullmatch(code):
        return int(code)
    if not isinstance(code, int):
        raise UnknownOutcome("no usable errcode")
    return code
