"""What a shop does besides answering."""

from datetime import timedelta

from chalicelib.reactivation.policy_checks import problems
from chalicelib.store import policy as policies
from chalicelib.store.policy import Policy
from infra import reactivation_file
from infra.local.year.shop import ACCOUNT, START, Shop, quiet
from infra.local.year.ways import POLICIES, SEND, Policies, Quiet, Weekly, way_of


def test_each_way_is_known_by_its_name() -> None:
    assert [type(way_of(name)) for name in ("policies", "weekly", "off")] == [Policies, Weekly, Quiet]


def test_the_scripts_day_is_wednesday_noon() -> None:
    first = Weekly().next_round(START)
    assert first is not None

    then = Weekly().next_round(first)

    assert (first - START) == timedelta(days=6, hours=12)
    assert then == first + timedelta(days=7)
    assert Quiet().next_round(START) is None


def test_the_script_goes_on_whatever_wechat_answers() -> None:
    with quiet():
        shop, way = Shop(seed=1), Weekly()
        follower, muted, stranger = map(shop.newcomer, range(3))
        for openid in (follower, muted):
            shop.act(openid, "follow", {"scene": ""})
        shop.simulator.act(muted, "receive_off")

        way.go_round(shop)
        shop.go_to(shop.now + timedelta(seconds=5))
        shop.run()

    assert way.calls[SEND] == 2
    news = [[one["type"] for one in shop.simulator.inbox(openid)] for openid in (follower, muted, stranger)]
    assert [types.count("template") for types in news] == [1, 0, 0]


def test_the_policies_are_such_as_an_operator_may_save() -> None:
    read = [reactivation_file.read(path, ACCOUNT) for path in sorted(POLICIES.glob("*.yaml"))]

    found = [problem for policy in read for problem in problems(policy, None, today="2026-01-01")]

    assert [problem for problem in found if problem.refused] == []
    assert {policy.hold_out for policy in read} == {30}


def test_the_policies_run_from_the_first_day() -> None:
    with quiet():
        shop = Shop(seed=1)

        Policies().open(shop)

    saved: list[Policy] = list(policies.list_all(shop.world.table(), ACCOUNT))
    assert [policy.name for policy in saved] == ["answer", "monthly", "points", "season"]
    assert all(policy.enabled for policy in saved)
