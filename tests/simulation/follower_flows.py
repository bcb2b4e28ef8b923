"""The flows of walks over the followers: who was there before us, who came or left unheard, and who acts meanwhile."""

from datetime import timedelta

from chalicelib.clock import shanghai_day
from chalicelib.followers import days, erasing, starting
from chalicelib.store.figures import Figures
from chalicelib.store.roster import Kind
from tests.simulation.flow import Flow, known
from tests.simulation.stage import SHOP, Stage

TRIES = 2
"""Of an operator, whether the first has worked or not."""


def walk(stage: Stage, kind: Kind) -> None:
    """An operator begins it; what fails, they try again."""
    for _ in range(TRIES):
        stage.operate(lambda stage: _begin(stage, kind))


def _begin(stage: Stage, kind: Kind) -> None:
    r = stage.world.runtime
    starting.begin(
        SHOP, kind, table=stage.world.table(), queues=r.queues, now=r.now(), new_id=r.new_id, pace=1
    )  # fmt: skip


def young(stage: Stage) -> None:
    """As if nothing had ever been counted before tomorrow: our own followers are walked through in two days."""
    first = stage.world.clock.now() + days.BEFORE - timedelta(days=1)
    stage.world.table().write([Figures(SHOP, shanghai_day(first)).put()])


def taken_over(stage: Stage) -> None:
    walk(stage, "import")
    stage.settle()


def compared(stage: Stage) -> None:
    walk(stage, "reconcile")
    stage.settle()


def all_unheard(stage: Stage) -> None:
    """Both follow, and neither follow ever reached us."""
    stage.unheard("follow")
    stage.unheard("follow", stage.neighbour)


def unheard_in_a_young_account(stage: Stage) -> None:
    young(stage)
    all_unheard(stage)


def one_left_unheard(stage: Stage) -> None:
    """Two members, of whom one has left unheard some minutes ago."""
    young(stage)
    stage.act("follow", stage.neighbour)
    known(stage)
    stage.unheard("unfollow")
    stage.world.clock.advance(600)


def left_and_back_unheard(stage: Stage) -> None:
    """Someone who opted out and left, and is back without our having heard."""
    known(stage)
    stage.say("退订")
    stage.act("unfollow")
    stage.settle()
    stage.world.clock.advance(600)
    stage.unheard("follow")


def erased_by_an_operator(stage: Stage) -> None:
    def erase(stage: Stage) -> None:
        r = stage.world.runtime
        erasing.erase(
            stage.follower,
            "request",
            credentials=r.accounts.find(SHOP),
            table=stage.world.table(),
            queues=r.queues,
            now=r.now(),
            new_id=r.new_id,
        )

    for _ in range(TRIES):
        stage.operate(erase)
    stage.evidence.erased.add(stage.follower)


def leave_and_return(stage: Stage) -> None:
    stage.act("unfollow")
    stage.act("follow")


FOLLOWER_FLOWS = (
    Flow("followers.import", taken_over, before=all_unheard, meanwhile=leave_and_return),
    Flow("followers.import.left", taken_over, before=all_unheard, meanwhile=lambda stage: stage.act("unfollow")),
    Flow("followers.import.known", taken_over, meanwhile=lambda stage: stage.say("新")),
    Flow("followers.import.back", taken_over, before=left_and_back_unheard),
    Flow("followers.reconcile", compared, before=one_left_unheard, meanwhile=lambda stage: stage.act("follow")),
    Flow("followers.found", compared, before=unheard_in_a_young_account),
    Flow("followers.erase", erased_by_an_operator),
)
