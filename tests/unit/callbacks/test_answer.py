"""One message from start to end, with everything that may come between."""

import pytest

from chalicelib.callbacks import edge
from infra.local.memory.faults import Fault
from tests.support.memory import MemoryShop, a_memory_shop


@pytest.fixture
def shop() -> MemoryShop:
    return a_memory_shop()


def statuses(outcome: object) -> list[int | None]:
    return [delivery.status for delivery in outcome.deliveries]  # type: ignore[attr-defined]


def test_a_first_delivery_takes_two_round_trips_and_a_retry_one(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.world.rest()
    shop.say(openid, "停车")  # the release is in memory now
    shop.world.dynamo.counts.clear()

    shop.say(openid, "停车")
    first = shop.world.dynamo.counts.round_trips
    shop.world.simulator.add_fault("duplicate", copies=2)
    shop.say(openid, "停车")

    assert first == 2
    assert shop.world.dynamo.counts.round_trips == 2 + 2 + 1


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.CONFLICT, Fault.ERROR_BEFORE, Fault.TIMEOUT_BEFORE])
def test_what_passes_by_itself_is_not_seen_by_the_follower(shop: MemoryShop, fault: Fault) -> None:
    openid = shop.follower()
    shop.world.faults.plan(fault, skip=1)

    outcome = shop.say(openid, "停车")

    assert statuses(outcome) == [200]
    assert outcome.saw[0]["text"] == "店后有停车位"
    assert len(shop.journal("faq.answer")) == 1


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER, Fault.TIMEOUT_AFTER])
def test_a_commit_whose_answer_was_lost_is_recognised(shop: MemoryShop, fault: Fault) -> None:
    openid = shop.follower()
    before = shop.member(openid)
    shop.world.faults.plan(fault, skip=1)

    outcome = shop.say(openid, "停车")

    after = shop.member(openid)
    assert statuses(outcome) == [200]
    assert before is not None
    assert after is not None
    assert int(after["version"]["N"]) == int(before["version"]["N"]) + 1


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_process_that_dies_at_the_commit_is_made_up_for_by_the_retry(shop: MemoryShop, fault: Fault) -> None:
    openid = shop.follower()
    shop.world.faults.plan(fault, skip=1)

    outcome = shop.say(openid, "停车")

    assert statuses(outcome) == [None, 200]
    assert outcome.saw[0]["text"] == "店后有停车位"
    assert len(shop.journal("faq.answer")) == 1


def test_a_question_is_answered_from_memory_while_the_table_is_away(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.say(openid, "停车")
    written = shop.world.dynamo.counts.items_written
    shop.world.faults.shares = {Fault.UNREACHED: 1.0}

    answers = [shop.answer(openid, "停车"), shop.answer(openid, "你们几点开门")]

    assert answers == ["店后有停车位", "每天 7:00 到 22:00"]
    assert shop.world.dynamo.counts.items_written == written


@pytest.mark.parametrize("text", ["量子纠缠是什么", "人工", "退订"])
def test_what_needs_the_table_is_left_to_the_retry_while_it_is_away(shop: MemoryShop, text: str) -> None:
    openid = shop.follower()
    shop.say(openid, "停车")
    shop.world.faults.shares = {Fault.THROTTLED: 1.0}

    outcome = shop.say(openid, text)

    assert statuses(outcome) == [500, 500, 500]
    assert outcome.saw[0]["type"] == "error"


def test_an_event_that_cannot_be_settled_is_left_to_the_retry(shop: MemoryShop) -> None:
    openid = shop.follower(scene=None)
    shop.world.faults.shares = {Fault.THROTTLED: 1.0}

    outcome = shop.world.simulator.follow(openid)

    assert statuses(outcome) == [500, 500, 500]
    assert shop.member(openid) is None


def test_a_process_that_has_loaded_nothing_yet_says_nothing_while_the_table_is_away(shop: MemoryShop) -> None:
    openid = shop.follower()
    edge.releases.cache_clear()
    shop.world.faults.shares = {Fault.THROTTLED: 1.0}

    assert statuses(shop.say(openid, "停车")) == [500, 500, 500]


def test_a_member_that_others_keep_moving_is_decided_again(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.world.rest()
    mover = _Mover(shop, openid, times=3)
    shop.world.runtime.__dict__["_dynamodb"] = mover

    outcome = shop.say(openid, "新")

    assert statuses(outcome) == [200]
    member = shop.member(openid)
    assert member is not None
    assert member["tags"]["L"] == [{"S": "新客"}]
    assert member["remark"]["S"] == "moved 3 times"


def test_a_member_that_others_never_leave_alone_is_left_to_the_retry(shop: MemoryShop) -> None:
    openid = shop.follower()
    shop.world.rest()
    shop.world.runtime.__dict__["_dynamodb"] = _Mover(shop, openid, times=1000)

    outcome = shop.say(openid, "新")

    assert statuses(outcome) == [500, 500, 500]


class _Mover:
    """A client that lets someone else write the member right before each commit, so many times."""

    def __init__(self, shop: MemoryShop, openid: str, *, times: int) -> None:
        self._shop, self._openid, self._times, self._moved = shop, openid, times, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._shop.world.dynamo, name)

    def transact_write_items(self, **request: object) -> object:
        if self._moved < self._times:
            self._moved += 1
            self._move()
        return self._shop.world.dynamo.transact_write_items(**request)

    def _move(self) -> None:
        member = dict(self._shop.member(self._openid) or {})
        member["version"] = {"N": str(int(member["version"]["N"]) + 1)}
        member["remark"] = {"S": f"moved {self._moved} times"}
        self._shop.world.dynamo.put_item(TableName=self._shop.world.runtime.settings.table_name, Item=member)
