"""From the simulated WeChat straight into the edge."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from chalicelib.callbacks import edge
from chalicelib.door import answering
from chalicelib.web import BROKEN, Answer, Request
from infra.local.memory.faults import Crashed
from infra.local.wechat_simulator import CallbackResponse, CallbackUnreachable


class EdgeCourier:
    """Implements the simulator's `Courier`. A process that dies is a connection that breaks."""

    def __init__(
        self, *, receive: Callable[[Request], Answer] = edge.receive, died: Callable[[], None] = lambda: None
    ) -> None:
        self._receive = receive
        self._died = died

    def post(
        self, url: str, *, query: Mapping[str, str], body: bytes, headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        del headers, timeout  # the gateway's business, and nothing here takes time
        return self._carried(lambda: self._receive(_request(url, query, body)))

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str], timeout: float
    ) -> CallbackResponse:
        del headers, timeout
        return self._carried(lambda: edge.verify(_request(url, query, b"")))

    def _carried(self, entry: Callable[[], Answer]) -> CallbackResponse:
        try:
            answer = answering(entry, name="receive", instead=BROKEN)()
        except Crashed as crash:
            self._died()
            raise CallbackUnreachable(str(crash)) from None
        return CallbackResponse(answer.status, answer.body.encode(), {"Content-Type": answer.content_type})


def _request(url: str, query: Mapping[str, str], body: bytes) -> Request:
    account = urlsplit(url).path.rsplit("/", 1)[-1]
    return Request(account, {name: (value,) for name, value in query.items()}, body)
