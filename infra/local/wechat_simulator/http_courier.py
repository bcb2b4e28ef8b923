"""The courier that goes over HTTP."""

import time
from collections.abc import Mapping
from urllib.parse import urlencode

import urllib3

from infra.local.wechat_simulator.courier import CallbackResponse, CallbackTimeout, CallbackUnreachable

ANSWER_LIMIT = 1_000_000


class HttpCourier:
    """Follows no redirects, uses no proxy, and reads no more than a megabyte. Safe between threads."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)

    def post(
        self, url: str, *, query: Mapping[str, str], body: bytes, headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        return self._send("POST", url, query, body, headers, timeout)

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        return self._send("GET", url, query, None, headers, timeout)

    def close(self) -> None:
        self._pool.clear()

    def _send(
        self,
        method: str,
        url: str,
        query: Mapping[str, str],
        body: bytes | None,
        headers: Mapping[str, str],
        timeout: float,
    ) -> CallbackResponse:
        deadline = time.monotonic() + timeout
        try:
            answer = self._pool.request(
                method,
                with_query(url, query),
                body=body,
                headers=dict(headers),
                timeout=urllib3.Timeout(total=timeout),
                preload_content=False,
                redirect=False,
            )
            return _read(answer, deadline)
        except urllib3.exceptions.NewConnectionError as error:  # which urllib3 counts among the timeouts
            raise CallbackUnreachable("连接失败：地址不通或被拒绝") from error
        except urllib3.exceptions.TimeoutError as error:
            raise CallbackTimeout(f"{timeout:g} 秒内没有回应") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise CallbackUnreachable(f"连接失败：{type(error).__name__}") from error


def with_query(url: str, query: Mapping[str, str]) -> str:
    if not query:
        return url
    return url + ("&" if "?" in url else "?") + urlencode(query)


def _read(answer: urllib3.BaseHTTPResponse, deadline: float) -> CallbackResponse:
    """The whole body, as long as it comes before the deadline."""
    body = b""
    try:
        while chunk := answer.read1(16_384):  # what is there, without waiting for more
            body += chunk
            if time.monotonic() > deadline:
                raise CallbackTimeout("回应没有按时传完")
            if len(body) > ANSWER_LIMIT:
                raise CallbackUnreachable("回应超过 1 MB")
    except (CallbackTimeout, CallbackUnreachable):
        answer.close()
        raise
    answer.release_conn()
    return CallbackResponse(answer.status, body, dict(answer.headers))
