"""What a flow is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tests.simulation.stage import Stage

Act: TypeAlias = Callable[[Stage], object]


def known(stage: Stage) -> None:
    """The follower is a member, and WeChat has told what it knows of them."""
    stage.act("follow")
    stage.settle()


@dataclass(frozen=True, slots=True)
class Flow:
    """What is so before, what happens and is struck, and what else may happen meanwhile."""

    name: str
    act: Act
    before: Act = known
    meanwhile: Act = lambda stage: stage.say("停车")
