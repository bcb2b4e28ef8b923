"""One API call as a handler sees it, and how it reads the fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.api.credentials import Check, by_token
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.api.wire import Json
from infra.local.wechat_simulator.media import Upload
from infra.local.wechat_simulator.person import Person
from infra.local.wechat_simulator.switches import Switches
from infra.local.wechat_simulator.world import World

NOTHING_WRONG: Json = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call. The world is locked while its handler works."""

    world: World
    state: AccountState
    query: Mapping[str, str]
    body: Json
    now: datetime
    upload: Upload | None = None

    @property
    def switches(self) -> Switches:
        return self.world.switches

    def person(self, openid: object, *, code: int = 40003) -> Person:
        """Someone this account has an openid of."""
        person = self.state.people.get(openid) if isinstance(openid, str) else None
        if person is None:
            raise ApiError(code)
        return person

    def media_id(self, media_id: str) -> str:
        """The id as it is. With the switch it must be one that this account has."""
        if self.switches.unknown_media_refused and not self.state.has_media(media_id, self.now):
            raise ApiError(40007)
        return media_id


@dataclass(frozen=True, slots=True)
class Download:
    """An answer that is a file."""

    name: str
    content: bytes
    content_type: str


Handler = Callable[[Call], Json | Download]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path of the API. What takes a file comes as a form and not as JSON."""

    handle: Handler
    needs_post: bool = True
    check: Check = by_token
    takes_file: bool = False


def text(body: Json, name: str, *, code: int = 40035, default: str | None = None) -> str:
    """A text field. Without a default it must be there and not be empty."""
    value = body.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise ApiError(code, f"{name} is missing or no text" if code == 40035 else "")
    return value


def whole(body: Json, name: str, *, code: int = 40035, default: int | None = None) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ApiError(code, f"{name} is missing or no number" if code == 40035 else "")
    return value


def part(body: Json, name: str, *, code: int = 40035) -> Json:
    value = body.get(name)
    if not isinstance(value, dict):
        raise ApiError(code, f"{name} is missing or no object" if code == 40035 else "")
    return value


def texts(body: Json, name: str, *, code: int = 40031) -> list[str]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ApiError(code)
    return value


def parts(body: Json, name: str, *, code: int = 40035) -> list[Json]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ApiError(code)
    return value
