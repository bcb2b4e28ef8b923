"""A stage whose AWS clients are watched: which deployed function calls what. Everything else is the simulation's."""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from types import FrameType
from typing import Any

from app import app
from chalicelib.clock import epoch
from chalicelib.door import log
from chalicelib.parameters import SsmParameters
from chalicelib.push import events, signing
from chalicelib.runtime import Runtime
from chalicelib.store.dynamo import DynamoTable
from chalicelib.web import Answer, Request
from infra.local.memory.world import MemoryWorld
from tests.simulation.evidence import Item
from tests.simulation.invocations import Invocations, Process
from tests.simulation.notices import ORDER
from tests.simulation.stage import SHOP, Stage, Weather
from tests.simulation.variants import Variant
from tests.support.watched_clients import Call, MemoryLambda, MemorySsm, Note, WatchedClient

PRODUCT = Path(__file__).parents[2] / "chalicelib"
HTTP = ("callbacks/edge.py", "push/events.py")
"""Where the routes of `app.py` lead: what is called from there is called by the function of the routes."""
TILL, TILL_SECRET = "till-1", "7e" * 32


def function_at_work() -> str:
    """The deployed function whose door is innermost on the stack; empty when an operator is at work."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        door = _DOORS.get((frame.f_code.co_filename, frame.f_code.co_name))
        if door or frame.f_code.co_filename in _ROUTED:
            return door or "api_handler"
        frame = frame.f_back
    return ""


def _doors() -> dict[tuple[str, str], str]:
    places = ((source.handler_string.rpartition("."), source.name) for source in app.event_sources)
    return {(str(PRODUCT.parent / f"{module.replace('.', '/')}.py"), door): name for (module, _, door), name in places}


_DOORS = _doors()
_ROUTED = frozenset(str(PRODUCT / path) for path in HTTP)


class Watched(Stage):
    """Calls are written down by function: service, operation and request. Every act and every run finds a process that
    remembers nothing, as no function has another one's memory."""

    def __init__(self) -> None:
        self.calls: dict[str, list[Call]] = defaultdict(list)
        self.answers: list[Answer] = []
        """To those who knocked."""
        super().__init__()
        parameter = self.world.runtime.settings.event_parameter(SHOP)
        self.world.parameters.values[parameter] = json.dumps({TILL: TILL_SECRET})

    def items(self, prefix: str) -> list[Item]:
        """What stands in the partitions that begin so."""
        return self._items(prefix)

    def act(self, act: str, openid: str = "", **given: Any) -> None:
        self.world.restart()
        super().act(act, openid, **given)

    def work(self) -> int:
        self.world.restart()
        return super().work()

    def tick(self) -> None:
        self.world.restart()
        super().tick()

    def plan(self) -> None:
        self.world.restart()
        super().plan()

    def refresh_tokens(self) -> None:
        self.world.restart()
        super().refresh_tokens()

    def roll(self) -> None:
        """The clock has the figures brought up to date."""
        self.world.restart()
        self._invocations.run(self.world.roll)

    def watch(self) -> None:
        """The clock has an eye on the pushes."""
        self.world.restart()
        self._invocations.run(self.world.watch)

    def knock(self) -> None:
        """A till asks, over HTTP, that the follower be told of their order."""
        self.world.restart()
        event = {
            "openid": self.follower,
            "kind": "order",
            "key": "订单一",
            "template": ORDER,
            "data": {"thing1": "鲜奶"},
        }
        body, timestamp = json.dumps(event).encode(), str(epoch(self.world.clock.now()))
        signature = signing.sign(TILL_SECRET, account=SHOP, timestamp=timestamp, body=body)
        headers = {signing.KEY: TILL, signing.TIMESTAMP: timestamp, signing.SIGNATURE: signature}
        self._invocations.run(lambda: self.answers.append(events.receive(Request(SHOP, {}, body, headers))))

    def _built(self, seed: int, variant: Variant, weather: Weather) -> MemoryWorld:
        process = partial(WatchedProcess, invocations=self._invocations, note=self._note)
        self._invocations.world = world = MemoryWorld(
            seed=seed, faults=self.faults, courier=self._road, process=process
        )
        return world

    def _note(self, service: str, operation: str, request: Mapping[str, Any]) -> None:
        self.calls[function_at_work()].append((service, operation, request))


class WatchedProcess(Process):
    """Parameters and refreshes by the product's own clients, which the simulation leaves out, as is the log."""

    def __init__(self, world: MemoryWorld, invocations: Invocations, note: Note) -> None:
        self._note = note
        super().__init__(world, invocations, DynamoTable)
        log.setLevel("DEBUG")

    @cached_property
    def parameters(self) -> SsmParameters:
        return SsmParameters(self._client("ssm"))

    def refresh_token(self, account: str, refused: str) -> None:
        Runtime.refresh_token(self, account, refused)

    def _client(self, service: Any, *, read_seconds: float = 1) -> Any:
        clients: dict[str, Callable[[], Any]] = {
            "dynamodb": lambda: self._world.dynamo,
            "sqs": lambda: self._world.sqs,
            "ssm": lambda: MemorySsm(self._world.parameters),
            "lambda": lambda: MemoryLambda(self._world),
        }
        return WatchedClient(clients[service](), service, self._note)
