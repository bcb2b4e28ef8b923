"""A shop on the in-memory table, and WeChat's deliveries to it: sealed, signed, each a message of its own."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from logging import StreamHandler
from pathlib import Path
from random import Random

from chalicelib.callbacks import edge
from chalicelib.clock import epoch
from chalicelib.door import log
from chalicelib.faq import publishing
from chalicelib.store.release import Release
from chalicelib.web import Answer, Request
from infra.local.demo import content
from infra.local.memory.world import MemoryWorld
from infra.local.wechat_simulator import Account
from infra.local.wechat_simulator.account import generated
from infra.local.wechat_simulator.parcel import Parcel, Seal, wrap
from infra.local.wechat_simulator.push import Push
from tests.bench.timing import Meter
from tests.builders import GH_ID, event_xml

ACCOUNT = "shop"
DATA_KEY = "5a" * 32
Serve = Callable[[], str]
"""Answers one request that lies ready; returns the body."""


class Shop:
    """One account with the demo's FAQ, and its WeChat. The same seed seals the same bytes."""

    def __init__(self, release: Release | None = None, *, seed: int = 1, meter: Meter | None = None) -> None:
        self.meter = meter or Meter()
        self.world = MemoryWorld(seed=seed, faults=self.meter)
        self.account: Account = generated(
            Random(seed), account=ACCOUNT, callback_url="http://memory.invalid/wechat/shop"
        )
        self.world.add_account(self.account, data_key=DATA_KEY)
        publishing.publish(self.world.table(), ACCOUNT, release or content.shop())
        self._random = Random(seed)
        self._numbers = count(24_000_000_000_000_000)

    def parcel(self, kind: str, openid: str, **said: object) -> Parcel:
        """What WeChat would post now."""
        number = next(self._numbers)
        told = said if kind.startswith("event.") else {"MsgId": str(number), **said}
        xml = event_xml(kind, openid=openid, created=self.world.clock.now(), **told)
        push = Push(ACCOUNT, openid, xml.replace(GH_ID, self.account.gh_id).encode())
        stamp, random = epoch(self.world.clock.now()), self._random.randbytes(16)
        return wrap(self.account, push, Seal(stamp, str(number), random, self.account.key, self.account.appid))

    def openids(self, members: int) -> tuple[str, ...]:
        return tuple(map(openid_of, range(members)))

    def follows(self, number: int) -> str:
        """A follower of this number comes; returns the openid."""
        openid = openid_of(number)
        receive(self.parcel("event.subscribe", openid, key="qrscene_store-01"))
        return openid


def openid_of(number: int) -> str:
    return f"oFollower{number:019d}"


def request(parcel: Parcel) -> Request:
    return Request(ACCOUNT, {name: (value,) for name, value in parcel.query.items()}, parcel.body)


def receive(parcel: Parcel) -> Answer:
    """One delivery, straight into the edge."""
    answer = edge.receive(request(parcel))
    if answer.status != 200:
        raise RuntimeError(f"a delivery was answered with {answer.status}")
    return answer


@contextmanager
def log_unread() -> Iterator[None]:
    """The log is written, and nobody reads it."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        before = [
            (handler, handler.setStream(nowhere)) for handler in log.handlers if isinstance(handler, StreamHandler)
        ]
        try:
            yield
        finally:
            for handler, stream in before:
                handler.setStream(stream)
