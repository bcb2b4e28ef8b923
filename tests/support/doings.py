"""What is done on a watched stage: the simulation's flows, and what else takes a way of its own through the code."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from chalicelib.store import keys
from chalicelib.store.keys import Key
from chalicelib.store.table import Put
from tests.simulation.flow import known
from tests.simulation.flows import FLOWS, in_business
from tests.simulation.push_flows import order
from tests.simulation.stage import SHOP, Stage
from tests.support.logs import logged
from tests.support.watched import Watched

TOKEN_SECONDS = 7200


def left_unheard(stage: Stage) -> None:
    """Who has left without our hearing of it."""
    known(stage)
    stage.unheard("unfollow")


def rich(stage: Watched) -> None:
    """A member of whom more is kept than themselves."""
    known(stage)
    member = keys.member(SHOP, stage.follower)
    (profile,) = [item for item in stage.items(member.pk) if item["sk"] == member.sk]
    stage.world.table().write([Put(Key(member.pk, "VISIT#1"), {"v": 1, "member_no": profile["member_no"]})])


def conversation(stage: Stage) -> None:
    """What one may say to us."""
    for text in ("我的数据", "人工", "退订", "订阅", "没有人懂的话", "删除我的数据", "取消"):
        stage.say(text)


def day(stage: Watched) -> None:
    """What other systems and the clock do, and once more when the token has expired."""
    stage.knock()
    stage.settle()
    stage.watch()
    stage.roll()
    stage.world.clock.advance(TOKEN_SECONDS)
    stage.watch()


@dataclass(frozen=True, slots=True)
class Doing:
    """What is so before, and what is done."""

    before: Callable[[Any], object]
    act: Callable[[Watched], object]


@dataclass(frozen=True, slots=True)
class Done:
    """A stage on which something was done, and all that its Lambdas wrote: every level of the log, and metrics."""

    stage: Watched
    written: str


DOINGS = (
    *(Doing(flow.before, flow.act) for flow in FLOWS.values()),
    Doing(known, conversation),
    Doing(known, day),
    Doing(rich, lambda stage: stage.act("unfollow")),
    Doing(left_unheard, order),
)


@cache
def everything_done() -> tuple[Done, ...]:
    """Each on a stage of its own, once, without faults."""
    return tuple(_done(doing) for doing in DOINGS)


def _done(doing: Doing) -> Done:
    stage = Watched()
    with logged() as written:
        in_business(stage)
        doing.before(stage)
        doing.act(stage)
        stage.settle()
    return Done(stage, written.text + "".join(stage.evidence.printed))
