"""One API call as a handler sees it, and how it reads the fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.api.errors import ApiError
from infra.local.wechat_simulator.person import Person
from infra.local.wechat_simulator.switches import Switches
from infra.local.wechat_simulator.world import World

Json = dict[str, Any]
NOTHING_WRONG: Json = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call. The world is locked while its handler works."""

    world: World
    state: AccountState
    query: Mapping[str, str]
    body: Json
    now: datetime

    @property
    def switches(self) -> Switches:
        return self.world.switches

    def person(self, openid: object, *, code: int = 40003) -> Person:
        """Someone this account has an openid of."""
        person = self.state.people.get(openid) if isinstance(openid, str) else None
        if person is None:
            raise ApiError(code)
        return person


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path of the API."""

    handle: Handler
    needs_post: bool = True
    needs_token: bool = True


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
