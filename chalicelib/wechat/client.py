"""The calls to WeChat that we make, named by what they do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, Self, TypeVar

from wechatpy import WeChatClient as WechatpyClient

from chalicelib.wechat.connection import Connection
from chalicelib.wechat.errors import TokenRefused, UnknownOutcome

T = TypeVar("T")
LONGEST_TEXT = 200
"""Characters of a text about a follower: the longest, a scene, has 64."""
LONGEST_TEMPORARY = 2_592_000
"""Seconds that a temporary QR code lives at most: 30 days (official page: creating QR codes)."""


class TokenSource(Protocol):
    """Where access tokens come from."""

    def get(self) -> str:
        """A token that should be good. Raises TokenRefused when none is to be had."""
        ...

    def renew(self, refused: str) -> str:
        """Another token than the one that WeChat has refused. Raises TokenRefused when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class UserInfo:
    """What WeChat tells about a follower. Of someone who does not follow it tells only that."""

    following: bool
    unionid: str = field(default="", repr=False)
    remark: str = field(default="", repr=False)
    tag_ids: tuple[int, ...] = ()
    subscribe_scene: str = ""
    scene: str = ""
    """The scene of the QR code that brought them."""
    subscribed_at: datetime | None = None

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        """Raises LookupError, OSError, OverflowError, TypeError or ValueError when it is misshapen."""
        subscribed = answer.get("subscribe_time")
        return cls(
            following=bool(answer["subscribe"]),
            unionid=_text(answer.get("unionid")),
            remark=_text(answer.get("remark")),
            tag_ids=tuple(int(tag) for tag in answer.get("tagid_list", ())),
            subscribe_scene=_text(answer.get("subscribe_scene")),
            scene=_text(answer.get("qr_scene_str") or answer.get("qr_scene")),
            subscribed_at=datetime.fromtimestamp(int(subscribed), tz=UTC) if subscribed else None,
        )


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code that leads to the account. `url` is what it says; WeChat draws it for the `ticket`."""

    ticket: str
    url: str


class WechatClient:
    """Calls for one account. Each raises a WechatError; a stale token is renewed once, never in a loop."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._calls = _Calls(connection, tokens)

    def user_info(self, openid: str) -> UserInfo:
        return _shaped(UserInfo.from_answer, self._calls.user.get(openid))

    def tag_names(self) -> Mapping[int, str]:
        """The account's tags, by id. The system's own have the ids 0, 1 and 2."""
        return _shaped(lambda tags: {int(tag["id"]): _text(tag["name"]) for tag in tags}, self._calls.tag.get())

    def create_menu(self, menu: Mapping[str, Any]) -> None:
        """Replace the menu below every chat. Followers see it within five minutes."""
        self._calls.menu.create(menu)

    def create_qrcode(self, scene: str, *, permanent: bool = False, seconds: int = LONGEST_TEMPORARY) -> QrCode:
        """A code for a scene of 1 to 64 characters. `seconds` holds for a temporary one.

        An account has 100,000 permanent codes in all, and none can be deleted.
        """
        action: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        if permanent:
            action |= {"action_name": "QR_LIMIT_STR_SCENE"}
        else:
            action |= {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
        answer = self._calls.qrcode.create(action)
        return _shaped(lambda made: QrCode(str(made["ticket"]), str(made["url"])), answer)


class _Calls(WechatpyClient):  # type: ignore[misc]  # wechatpy has no types
    """wechatpy's client, which knows the paths and bodies. How a call is made is ours.

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
        """Call with the token; if WeChat refuses it, once more with another. wechatpy calls this for everything."""
        path, query = f"/cgi-bin/{url_or_endpoint}", dict(params or {})
        token = self._tokens.get()
        try:
            answer = self._once(method, path, query, data, token)
        except TokenRefused:
            answer = None
        if answer is None:
            answer = self._once(method, path, query, data, self._tokens.renew(token))
        return _shaped(result_processor, answer)

    def _once(
        self, method: str, path: str, query: Mapping[str, str], data: Mapping[str, Any] | None, token: str
    ) -> dict[str, Any]:
        signed = {"access_token": token, **query}
        if method == "get":
            return self._connection.get(path, signed)
        return self._connection.post(path, signed, data or {})


def _text(found: Any) -> str:
    """A text that the table can hold, whatever the escapes in JSON made of it."""
    return str(found or "")[:LONGEST_TEXT].encode(errors="replace").decode()


def _shaped(parse: Callable[[Any], T], answer: Any) -> T:
    """The answer, parsed. What is misshapen counts as no answer."""
    try:
        return parse(answer)
    except (LookupError, TypeError, ValueError, OverflowError, OSError):
        pass
    raise UnknownOutcome("misshapen answer")
