"""The flows of reactivation: silent followers, a clock that plans, and what comes between."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.store import policy as policies
from chalicelib.store.policy import Audience, Limits, Policy, Rung, Step
from tests.simulation.flow import Flow
from tests.simulation.notices import CIRCULAR, MISSED, ORDER, WINBACK
from tests.simulation.stage import SHOP, Stage

SCENE = "store-01"
"""Whoever came by this code is in the audience; the bystander did not."""
DAY = 86400
FORTNIGHT, THREE_WEEKS = 14, 21
NAME = "winback"
FIRST = Rung((Step("template", "service", ORDER, {"thing1": WINBACK}),), days=FORTNIGHT)
SECOND = Rung((Step("template", "service", ORDER, {"thing1": MISSED}),), days=THREE_WEEKS)
POLICY = Policy(SHOP, NAME, (FIRST,), Audience(channels=(SCENE,)), hold_out=30, enabled=True)
LADDER = replace(POLICY, rungs=(FIRST, SECOND), stop_unfollows=50)
BY_MASS = replace(POLICY, rungs=(Rung((Step("mass", "public", text=CIRCULAR),), days=FORTNIGHT),))
HURRIED = Limits(per_tick=2, per_day=3)


def save(stage: Stage, policy: Policy = POLICY) -> None:
    stage.world.table().write([policy.put()])


def days_pass(stage: Stage, days: float) -> None:
    """Nobody does anything, and no clock ticks."""
    stage.world.clock.advance(days * DAY)


def company(stage: Stage) -> None:
    """Five followers who came by the code, and WeChat has told what it knows of them."""
    for openid in (stage.follower, stage.neighbour, *(stage.newcomer() for _ in range(3))):
        stage.act("follow", openid, scene=SCENE)
    stage.settle()


def silent(stage: Stage) -> None:
    """A fortnight ago they came, and have been silent since."""
    save(stage)
    company(stage)
    days_pass(stage, FORTNIGHT)


def silent_in_haste(stage: Stage) -> None:
    """The same, but only so many may be planned."""
    save(stage, replace(POLICY, limits=HURRIED))
    company(stage)
    days_pass(stage, FORTNIGHT)


def silent_for_mass(stage: Stage) -> None:
    save(stage, BY_MASS)
    company(stage)
    days_pass(stage, FORTNIGHT)


def missed(stage: Stage) -> None:
    """The clock ticked until the day before it was their turn, and then not for three days."""
    save(stage)
    company(stage)
    days_pass(stage, FORTNIGHT - 1)
    stage.plan()
    days_pass(stage, 3)


def told_once(stage: Stage) -> None:
    """They have been spoken to, and are silent for three weeks now."""
    save(stage, LADDER)
    company(stage)
    days_pass(stage, FORTNIGHT)
    stage.plan()
    stage.settle()
    days_pass(stage, THREE_WEEKS - FORTNIGHT - 1)
    stage.plan()
    days_pass(stage, 1)


def lagging(stage: Stage) -> None:
    """One of them has just acted, which the index does not know yet."""
    silent(stage)
    stage.world.dynamo.set_index_lag(timedelta(minutes=5))
    stage.say("停车")


def disable(stage: Stage) -> None:
    """An operator has had enough; what they wrote last stands."""
    table = stage.world.table()
    policy = policies.find(table, SHOP, NAME)
    if policy and policy.enabled:
        table.write([replace(policy, enabled=False).put()])


def erase(stage: Stage) -> None:
    stage.say("删除我的数据")
    stage.say("确认删除")


def leave(stage: Stage) -> None:
    stage.act("unfollow")


def come_back(stage: Stage) -> None:
    stage.say("停车")


def ticks(stage: Stage) -> None:
    """The clock ticks as it does, every five minutes."""
    for _ in range(4):
        stage.plan()
        stage.world.clock.advance(300)


def tick_and_leave(stage: Stage) -> None:
    stage.plan()
    leave(stage)


def tick_and_return(stage: Stage) -> None:
    stage.plan()
    come_back(stage)


REACTIVATION_FLOWS = (
    Flow("reactivation.tick", Stage.plan, before=silent, meanwhile=leave),
    Flow("reactivation.ticks", ticks, before=silent_in_haste, meanwhile=Stage.plan),
    Flow("reactivation.missed", Stage.plan, before=missed, meanwhile=come_back),
    Flow("reactivation.ladder", Stage.plan, before=told_once, meanwhile=come_back),
    Flow("reactivation.lag", Stage.plan, before=lagging, meanwhile=leave),
    Flow("reactivation.disabled", ticks, before=silent, meanwhile=disable),
    Flow("reactivation.erased", Stage.plan, before=silent, meanwhile=erase),
    Flow("reactivation.mass", ticks, before=silent_for_mass, meanwhile=leave),
    Flow("reactivation.left", tick_and_leave, before=silent, meanwhile=come_back),
    Flow("reactivation.returned", tick_and_return, before=silent, meanwhile=leave),
)
