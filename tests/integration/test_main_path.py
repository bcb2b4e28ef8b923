"""A follower's way through the whole system: simulated WeChat, gateway, table, queue, worker and back."""

import pytest

from chalicelib.door import Deadline
from chalicelib.faq import publishing
from chalicelib.store.release import FaqEntry, Release
from infra.local.wechat_simulator import Outcome
from tests.support.shop import Shop, add_shop, an_account


def texts(outcome: Outcome) -> list[str]:
    return [str(message.get("text", message["type"])) for message in outcome.saw]


def test_a_follower_who_scans_a_channel_code_is_welcomed_and_remembered_with_it(shop: Shop) -> None:
    openid = shop.follower(scene=None)

    outcome = shop.world.simulator.follow(openid, "store-01")

    assert texts(outcome) == ["谢谢您来店里"]
    member = shop.member(openid)
    assert member is not None
    assert member["channel"]["S"] == "store-01"


def test_what_wechat_knows_of_a_new_follower_is_fetched_by_the_worker(shop: Shop) -> None:
    openid = shop.follower(scene="store-01")

    shop.quiet()

    member = shop.member(openid)
    assert member is not None
    assert member["subscribe_scene"]["S"] == "ADD_SCENE_QR_CODE"
    assert shop.journal("profile")


def test_a_question_is_answered_and_a_keyword_tags(shop: Shop) -> None:
    openid = shop.follower()

    answers = [shop.answer(openid, "你们几点开门啊"), shop.answer(openid, "新")]

    assert answers == ["每天 7:00 到 22:00", "新客满 39 减 12"]
    member = shop.member(openid)
    assert member is not None
    assert member["tags"] == {"L": [{"S": "新客"}]}


def test_a_doubtful_question_is_asked_back_and_a_number_answers_it(shop: Shop) -> None:
    openid = shop.follower()

    asked = shop.answer(openid, "开车来可以吗")

    assert "您是不是想问" in asked
    assert "能停车吗" in asked
    assert shop.answer(openid, "1") == "店后有停车位"


def test_an_unknown_question_is_answered_honestly_and_offers_human_service(shop: Shop) -> None:
    openid = shop.follower()

    miss = shop.answer(openid, "量子纠缠是什么")

    assert "人工" in miss
    assert texts(shop.say(openid, "人工"))[-1].startswith("已转接") or shop.say(openid, "在吗").saw


def test_who_unfollows_is_gone_from_the_table_and_returns_still_opted_out(shop: Shop) -> None:
    openid = shop.follower(scene="store-01")
    shop.say(openid, "退订")
    before = shop.member(openid)

    shop.world.simulator.unfollow(openid)
    shop.quiet()

    assert before is not None
    assert not [item for item in shop.items() if openid in str(item)]
    shop.world.simulator.follow(openid)
    after = shop.member(openid)
    assert after is not None
    assert "opted_out_at" in after
    assert after["member_no"] != before["member_no"]


def test_who_asks_for_erasure_is_erased_and_still_follows(shop: Shop) -> None:
    openid = shop.follower()
    shop.say(openid, "新")

    asked = shop.answer(openid, "删除我的数据")
    done = shop.answer(openid, "确认删除")
    shop.quiet()

    assert "确认删除" in asked
    assert "全部删除" in done
    assert not [item for item in shop.items() if openid in str(item)]


def test_the_next_message_is_answered_from_a_release_published_meanwhile(shop: Shop) -> None:
    running = add_shop(shop.world, an_account("release"))
    openid = running.follower()
    before = running.answer(openid, "停车")
    table = shop.world.runtime.table(Deadline(20))

    publishing.publish(table, "release", Release(0, (FaqEntry("p", "停车", "停车请到地下一层"),)))

    assert before == "店后有停车位"
    assert running.answer(openid, "停车") == "停车请到地下一层"
    publishing.rollback(table, "release", 1)
    assert running.answer(openid, "停车") == "店后有停车位"


@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_an_account_in_another_mode_is_answered_in_its_mode(shop: Shop, mode: str) -> None:
    running = add_shop(shop.world, an_account(f"mode-{mode}", mode=mode))
    openid = running.follower()

    assert running.answer(openid, "停车") == "店后有停车位"


def test_two_accounts_of_one_deployment_keep_their_followers_apart(shop: Shop) -> None:
    other = add_shop(shop.world, an_account("other"))
    openid = other.follower()

    other.say(openid, "新")

    assert shop.member(openid) is None
    assert other.member(openid) is not None


def test_wechats_check_of_the_address_succeeds(shop: Shop) -> None:
    assert shop.world.simulator.verify(shop.account).ok


def test_a_wake_up_that_was_lost_is_made_up_for_by_the_clock(shop: Shop) -> None:
    sqs = shop.world.aws.client("sqs")
    queue = sqs.get_queue_url(QueueName=shop.world.runtime.settings.work_queue)["QueueUrl"]
    shop.world.pump.stop()
    openid = shop.follower()
    sqs.purge_queue(QueueUrl=queue)

    shop.world.pump.start()
    shop.world.clock.advance(61)
    shop.quiet()

    member = shop.member(openid)
    assert member is not None
    assert "subscribe_scene" in member
