"""How a call to WeChat is made: wechatpy knows the paths and bodies, the rest is ours."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from wechatpy import WeChatClient as WechatpyClient

from chalicelib.wechat.connection import Connection
from chalicelib.wechat.errors import TokenRefused, UnknownOutcome

T = TypeVar("T")
LONGEST_TEXT = 200
"""Characters of a text about a follower or a template: the longest, a scene, has 64."""


class TokenSource(Protocol):
    """Where access tokens come from."""

    def get(self) -> str:
        """A token that should be good. Raises TokenRefused when none is to be had."""
        ...

    def renew(self, refused: str) -> str:
        """Another token than the one that WeChat has refused. Raises TokenRefused when there is none."""
        ...


class Calls(WechatpyClient):  # type: ignore[misc]  # wechatpy has no types
    """wechatpy's client, but for the way it calls.

    wechatpy's own way sets no timeout on token calls, renews a refused token without end, and puts the client with its
    secret and the request with its token into what it raises.
    """

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        super().__init__(appid="", secret="", auto_retry=False)
        self._connection = connection
        self._tokens = tokens

    def fetch_access_token(self) -> None:
        raise NotImplementedError("token_refresh alone fetches tokens")

    def _request(
        self,
        method: str,
        url_or_endpoint: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,
        result_processor: Callable[[Any], Any] = lambda answer: answer,
    ) -> Any:
        """Call with the token; if WeChat refuses it, once more with another. wechatpy calls this for everything.

        A path that begins with a slash is whole; others stand below `/cgi-bin/`.
        """
        path = url_or_endpoint if url_or_endpoint.startswith("/") else f"/cgi-bin/{url_or_endpoint}"
        query, token = dict(params or {}), self._tokens.get()
        try:
            answer = self._once(method, path, query, data, token)
        except TokenRefused:
            answer = None
        if answer is None:
            answer = self._once(method, path, query, data, self._tokens.renew(token))
        return shaped(result_processor, answer)

    def _once(
        self, method: str, path: str, query: Mapping[str, str], data: Mapping[str, Any] | None, token: str
    ) -> dict[str, Any]:
        signed = {"access_token": token, **query}
        if method == "get":
            return self._connection.get(path, signed)
        return self._connection.post(path, signed, data or {})


def clean(found: Any) -> str:
    """A text that the table can hold, whatever the escapes in JSON made of it."""
    return str(found or "")[:LONGEST_TEXT].encode(errors="replace").decode()


def shaped(parse: Callable[[Any], T], answer: Any) -> T:
    """The answer, parsed. What is misshapen counts as no answer."""
    try:
        return parse(answer)
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError, OSError):
        pass
    raise UnknownOutcome("misshapen answer")
