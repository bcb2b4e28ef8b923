"""The clock plans every account's policies."""

from datetime import timedelta

from chalicelib.store import keys
from chalicelib.store.table import Put
from tests.support.logs import logged
from tests.support.policies import a_policy
from tests.support.shop import DATA_KEY, an_account
from tests.unit.reactivation.silence import Silence


def test_the_clock_plans_who_is_due() -> None:
    silence = Silence()
    silence.save(a_policy())
    silence.save(a_policy(name="asleep", enabled=False))
    silence.silent(14)

    silence.world.plan()
    silence.world.plan()

    assert silence.states() == {"planned": 1}


def test_a_policy_that_cannot_be_planned_stops_no_other() -> None:
    silence = Silence()
    silence.save(a_policy(name="broken", rungs=()))
    silence.save(a_policy())
    silence.silent(14)

    with logged() as said:
        silence.world.plan()

    assert [line["door"] for line in said.lines if line["message"] == "door.failed"] == ["reactivation_plan"]
    assert silence.states() == {"planned": 1}


def test_an_account_that_cannot_be_read_stops_no_other() -> None:
    silence = Silence()
    silence.world.add_account(an_account("market"), data_key=DATA_KEY)
    silence.commit(Put(keys.policy("market", "winback"), {"v": 1}))
    silence.save(a_policy())
    silence.silent(14)

    for _ in range(2):
        silence.world.plan()
        silence.later(minutes=5)

    assert silence.states() == {"planned": 1}


def test_what_is_planned_is_sent_by_the_senders() -> None:
    silence = Silence()
    simulator = silence.world.simulator
    simulator.add_template("shop", "points", "积分", {"thing1": "事项"})
    follower = silence.shop.follower()
    silence.world.rest()
    silence.save(a_policy())

    silence.later(days=14)
    silence.world.plan()
    silence.world.rest()
    silence.later(minutes=1)
    simulator.run_due()

    assert [one["type"] for one in simulator.inbox(follower) if one["type"] == "template"] == ["template"]
    assert silence.states() == {"delivered": 1}


def test_who_comes_back_before_the_message_leaves_is_told_nothing() -> None:
    silence = Silence()
    silence.world.simulator.add_template("shop", "points", "积分", {"thing1": "事项"})
    follower = silence.shop.follower()
    silence.world.rest()
    silence.save(a_policy())
    silence.later(days=14, hours=13)
    silence.world.plan()

    silence.later(minutes=10)
    silence.shop.say(follower, "停车")
    silence.world.rest()

    assert silence.states() == {"held returned": 1}
    (entry,) = [one for one in silence.journal("text", "faq.answer") if "trials" in one.details]
    assert entry.details["trials"] == "winback/treatment/2026-03-18/0"
    assert silence.member(follower).trials["winback"].returned_at is not None


def test_who_comes_back_is_counted_once_and_who_leaves_once() -> None:
    silence = Silence()
    silence.world.simulator.add_template("shop", "points", "积分", {"thing1": "事项"})
    follower = silence.shop.follower()
    silence.world.rest()
    silence.save(a_policy())
    silence.later(days=14)
    silence.world.plan()
    silence.world.rest()

    silence.later(days=2)
    silence.shop.say(follower, "停车")
    silence.later(hours=1)
    silence.shop.say(follower, "停车")
    silence.later(days=1)
    silence.world.simulator.act(follower, "unfollow", {})
    silence.world.rest(until=silence.world.is_idle)
    silence.later(hours=30)
    silence.world.roll()
    figures = [item for item in silence.world.items("D#shop") if item["sk"]["S"].startswith("DAY#")]

    counted = [group for item in figures for group in item["counts"]["M"] if group.startswith("trial.")]
    told = [entry for entry in silence.journal("text", "faq.answer") if "trials" in entry.details]
    (left,) = silence.journal("event.unsubscribe", "unfollowed")
    assert len(told) == 1
    assert left.details["trials"] == "winback/treatment/2026-03-18/73"
    assert set(counted) <= {"trial.assigned", "trial.returned", "trial.lost"}


def test_lambdas_that_are_late_by_an_hour_plan_each_cohort_once() -> None:
    silence = Silence()
    silence.save(a_policy())
    for days in range(8, 15):
        silence.silent(days)

    for _ in range(20):
        silence.world.plan()
        silence.later(hours=7)
    silence.world.skew = timedelta(hours=-1)
    silence.world.plan()

    assert len(silence.pushes()) == 7
