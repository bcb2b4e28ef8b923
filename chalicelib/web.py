"""HTTP as the doors know it: a request freed of the framework, an answer, and the way there and back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chalice.app import Chalice, Response

from chalicelib.door import answering


@dataclass(frozen=True, slots=True)
class Request:
    """What came in. `headers` find a name however it is written."""

    account: str
    query: Mapping[str, Sequence[str]]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out. An empty body says no more than its status."""

    status: int
    body: str = ""
    content_type: str = "text/plain"
    retry_after: int = 0
    """Seconds after which asking again may help; 0 says nothing of it."""


FORBIDDEN = Answer(403)
UNKNOWN = Answer(404)
TOO_LARGE = Answer(413)
BROKEN = Answer(500)


def serve(app: Chalice, account: str, answer: Callable[[Request], Answer]) -> Response:
    """Answer the request at hand. What no one expected becomes an empty 500, never Chalice's JSON."""
    guarded = answering(lambda: answer(_request(app, account)), name=answer.__name__, instead=BROKEN)
    return _response(guarded())


def _request(app: Chalice, account: str) -> Request:
    """With every value of a repeated query parameter."""
    current = app.current_request
    if current is None:
        raise LookupError("no request is being served")
    given = current.query_params
    query = {name: tuple(given.getlist(name)) for name in given} if given else {}
    body = current.raw_body
    return Request(account, query, body.encode() if isinstance(body, str) else bytes(body), current.headers)


def _response(answer: Answer) -> Response:
    headers: dict[str, str | list[str]] = {"Content-Type": answer.content_type}
    if answer.retry_after:
        headers["Retry-After"] = str(answer.retry_after)
    return Response(answer.body, status_code=answer.status, headers=headers)
