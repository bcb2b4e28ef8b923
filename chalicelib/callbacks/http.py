"""Chalice's request and response, to and from what the edge knows."""

from collections.abc import Callable

from chalice.app import Chalice, Response

from chalicelib.callbacks.edge import BROKEN, Answer, Request
from chalicelib.door import answering


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
    return Request(account, query, body.encode() if isinstance(body, str) else bytes(body))


def _response(answer: Answer) -> Response:
    return Response(answer.body, status_code=answer.status, headers={"Content-Type": answer.content_type})
