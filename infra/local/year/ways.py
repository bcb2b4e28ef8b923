"""Three ways to treat silent followers: leave them alone, policies, and a script that writes to everybody each week."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol

from chalicelib.clock import SHANGHAI
from infra import reactivation_file
from infra.local.year.behaviour import NEWS
from infra.local.year.shop import ACCOUNT, Shop

POLICIES = Path(__file__).with_name("policies")
WEEK = timedelta(days=7)
WEDNESDAY, NOON = 2, time(12)
SEND = "/cgi-bin/message/template/send"
SECONDS_PER_CALL = 0.05


class Way(Protocol):
    """What a shop does besides answering."""

    name: str
    calls: Counter[str]
    """Its own calls of WeChat's API, besides the product's."""

    def open(self, shop: Shop) -> None:
        """Before the first day."""

    def next_round(self, after: datetime) -> datetime | None:
        """When it acts next by itself."""

    def go_round(self, shop: Shop) -> None:
        """Act."""


class Quiet:
    """Nobody is written to."""

    name = "off"

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def open(self, shop: Shop) -> None:
        """Nothing to prepare."""

    def next_round(self, after: datetime) -> datetime | None:
        """The machinery has a clock of its own."""
        del after
        return None

    def go_round(self, shop: Shop) -> None:
        """Nothing to do."""


class Policies(Quiet):
    """The product's reactivation, with the policies in `policies/`."""

    name = "policies"

    def open(self, shop: Shop) -> None:
        for path in sorted(POLICIES.glob("*.yaml")):
            shop.enable(reactivation_file.read(path, ACCOUNT))


class Weekly(Quiet):
    """As one finds it: the list of followers, a loop, a template message for each of them, whatever the answer is.

    No cap, no hold-out, no regard for who refused, blocks or has just been here.
    """

    name = "weekly"

    def next_round(self, after: datetime) -> datetime | None:
        local = after.astimezone(SHANGHAI)
        day = local.date() + timedelta(days=(WEDNESDAY - local.weekday()) % 7)
        at = datetime.combine(day, NOON, SHANGHAI)
        return at if at > after else at + WEEK

    def go_round(self, shop: Shop) -> None:
        asks = {"grant_type": "client_credential", "appid": shop.account.appid, "secret": shop.account.secret}
        token = self._call(shop, "POST", "/cgi-bin/stable_token", {}, asks)["access_token"]
        for openid in tuple(self._followers(shop, token)):
            body = {"touser": openid, "template_id": NEWS, "data": {"thing1": {"value": "本周到了新货，欢迎来看看"}}}
            self._call(shop, "POST", SEND, {"access_token": token}, body)
            shop.world.clock.advance(SECONDS_PER_CALL)

    def _followers(self, shop: Shop, token: str) -> Iterator[str]:
        start = ""
        while True:
            page = self._call(shop, "GET", "/cgi-bin/user/get", {"access_token": token, "next_openid": start}, {})
            yield from page.get("data", {}).get("openid", ())
            start = page.get("next_openid", "")
            if not start:
                return

    def _call(self, shop: Shop, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        self.calls[path] += 1
        sent = json.dumps(body, ensure_ascii=False).encode() if body else b""
        answer: dict[str, Any] = json.loads(shop.simulator.call(method, path, query, sent).body)
        return answer


WAYS: tuple[type[Quiet], ...] = (Policies, Weekly, Quiet)
"""The one that takes longest comes first."""


def way_of(name: str) -> Way:
    return next(way for way in WAYS if way.name == name)()
