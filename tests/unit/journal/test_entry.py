"""The figures of the whole system, rolled by the clock."""

import json

from chalicelib.journal.entry import journal_roll
from chalicelib.store import figures as stored
from chalicelib.store import keys
from chalicelib.store.figures import Figures
from infra.local import lambdas
from infra.policies import Function, policy
from tests.support.logs import logged
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.shop import DATA_KEY, an_account


def rolled(shop: MemoryShop, day: str = "2026-03-04") -> Figures:
    shop.world.roll()
    found = stored.find(shop.world.table(), shop.account, day)
    assert found is not None
    return found


def test_what_followers_do_is_in_the_figures() -> None:
    shop = a_memory_shop()
    stays, leaves = shop.follower(scene="store-01"), shop.follower(scene="store-01")
    shop.say(stays, "停车")
    shop.say(stays, "退订")
    shop.world.simulator.unfollow(leaves)
    shop.world.rest()

    counts = rolled(shop).counts

    assert counts["follows"] == {"new": 2}
    assert counts["unfollows"] == {"told": 1}
    assert (counts["channels.in"], counts["channels.out"]) == ({"store-01": 2}, {"store-01": 1})
    assert counts["messages"] == {"text": 2}
    assert (counts["faq"], counts["marketing"]) == ({"answer": 1}, {"opted_out": 1})
    assert "other" not in counts


def test_who_comes_back_is_one_who_returned() -> None:
    shop = a_memory_shop()
    openid = shop.follower()
    shop.world.clock.advance(60)
    shop.world.simulator.unfollow(openid)
    shop.world.clock.advance(60)
    shop.world.simulator.follow(openid)

    assert rolled(shop).counts["follows"] == {"new": 1, "returned": 1}


def test_retried_deliveries_are_counted_once() -> None:
    shop = a_memory_shop()
    openid = shop.follower()
    shop.world.simulator.add_fault("duplicate", times=1)
    outcome = shop.say(openid, "停车")

    assert len(outcome.deliveries) > 1
    assert rolled(shop).counts["messages"] == {"text": 1}


def test_one_account_that_cannot_be_rolled_does_not_stop_the_others() -> None:
    shop = a_memory_shop()
    table = shop.world.table()
    broken = keys.open_day("broken")
    shop.world.dynamo.put_item(
        TableName="huiyuan-memory", Item={"pk": {"S": broken.pk}, "sk": {"S": broken.sk}, "day": {"S": "0"}}
    )
    shop.world.parameters.values[shop.world.runtime.settings.account_parameter("broken")] = "{}"

    with logged() as said:
        shop.world.roll()

    assert stored.find(table, shop.account, "2026-03-04") is not None
    assert [line["door"] for line in said.lines if line["message"] == "door.failed"] == ["journal_roll"]


def test_each_time_another_account_is_the_first() -> None:
    shop = a_memory_shop()
    shop.world.add_account(an_account("annex", callback_url="http://memory.invalid/wechat/annex"), data_key=DATA_KEY)

    assert {first_rolled(shop), first_rolled(shop)} == {"shop", "annex"}


def first_rolled(shop: MemoryShop) -> str:
    shop.world.clock.advance(15 * 60)
    with logged() as said:
        shop.world.roll()
    return next(str(line["account"]) for line in said.lines if line["message"] == "journal.rolled")


def test_a_stage_without_accounts_has_nothing_to_roll() -> None:
    shop = a_memory_shop()
    shop.world.parameters.values.clear()

    shop.world.roll()

    assert not shop.world.items("D#")


def test_figures_and_tallies_name_no_follower() -> None:
    shop = a_memory_shop()
    openid = shop.follower(scene="store-01")
    shop.say(openid, "停车")
    item = shop.member(openid)
    assert item is not None

    shop.world.roll()

    kept = json.dumps(shop.world.items("D#"), default=str)
    assert openid not in kept
    assert item["member_no"]["S"] not in kept


def test_the_function_reaches_journal_and_figures_and_nothing_else() -> None:
    statements = policy(Function("journal_roll", "dev"))["Statement"]
    table = [one for one in statements if one["Action"][0].startswith("dynamodb")]
    reached = {one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"][0]: one["Action"] for one in table}

    assert reached == {"L#*": ["dynamodb:Query"], "D#*": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]}
    assert keys.journal_partition("demo", "2026-03-04", 3).startswith("L#")
    for key in (keys.figures("demo", "2026-03-04"), keys.open_day("demo"), keys.tally("demo", "2026-03-04", 1, 2)):
        assert key.pk.startswith("D#")
    for other in (keys.access_token("demo"), keys.member("demo", "o"), keys.sends("demo", "o"), keys.job("demo", "j")):
        assert not other.pk.startswith(("L#", "D#"))


def test_the_clock_opens_the_door_with_its_own_event() -> None:
    shop = a_memory_shop()

    journal_roll(
        lambdas.schedule_event("journal_roll", shop.world.clock.now()), lambdas.context("journal_roll", seconds=120)
    )

    assert shop.world.items("D#shop")
