"""From a follower's silence to the report: the real planner, callbacks, journal and figures."""

import pytest

from chalicelib.clock import shanghai_day
from infra.reactivation.counted import Cohort
from infra.reactivation.gathering import gather
from infra.reactivation.report import Asked
from tests.support.policies import a_policy
from tests.unit.reactivation.silence import Silence


@pytest.mark.parametrize(("hold_out", "arm"), [(0, "treatment"), (100, "control")])
def test_who_falls_silent_comes_back_and_leaves_is_in_the_report(hold_out: int, arm: str) -> None:
    silence = Silence()
    silence.world.roll()
    silence.world.simulator.add_template("shop", "points", "积分", {"thing1": "事项"})
    back, gone = silence.shop.follower(), silence.shop.follower()
    silence.world.rest()
    policy = silence.save(a_policy(hold_out=hold_out))
    silence.later(days=14)
    silence.world.plan()
    day = shanghai_day(silence.now)

    silence.later(days=2)
    silence.shop.say(back, "停车")
    silence.world.simulator.act(gone, "unfollow", {})
    silence.world.rest(until=silence.world.is_idle)
    silence.later(days=8)
    silence.world.roll()

    for by_person in (False, True):
        found = gather(Asked(policy, day, day, by_person), silence.table, now=silence.now)
        assert found.counted.total(arm) == Cohort(assigned=2, returned=1, lost=1)
        assert found.treated.assigned + found.control.assigned == 2
        assert found.unclosed == ()
        assert found.pushes.planned == 2
