"""Many followers at once, through eight threads: everything is counted once."""

import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from chalicelib.door import Deadline
from chalicelib.faq import publishing
from chalicelib.members.jobs import PROFILE
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.dynamo import DynamoTable
from infra.local.memory.world import MemoryRuntime, MemoryWorld
from infra.local.wechat_simulator import Outcome
from tests.support.shop import DATA_KEY, RELEASE, an_account
from tests.support.tables import SECONDS, TABLE, moto_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREADS = 8
ROUND = 20
SAID = {"停车": "faq.answer", "新": "faq.answer", "退订": "opted_out", "我的数据": "data.shown"}
Item = dict[str, Any]


class MotoRuntime(MemoryRuntime):
    """The same process, on moto's table."""

    def __init__(self, client: "DynamoDBClient", world: MemoryWorld) -> None:
        super().__init__(world, log_level="CRITICAL")
        self._moto = client

    def table(self, deadline: Deadline) -> DynamoTable:
        return DynamoTable(self._moto, TABLE, deadline=Deadline(max(deadline.left(), SECONDS)))


class Crowd:
    """A shop with an FAQ, and strangers who follow it: that they do never reached us."""

    def __init__(self, world: MemoryWorld, followers: int) -> None:
        self.world = world
        world.simulator.set_switches(breaker_failures=0, deliveries=1)
        world.add_account(an_account(callback_url="http://memory.invalid/wechat/shop"), data_key=DATA_KEY)
        publishing.publish(world.table(), "shop", RELEASE)
        self.openids = [world.simulator.add_follower("shop") for _ in range(followers)]
        world.simulator.add_fault("unreachable", times=followers, attempts=1)
        for openid in self.openids:
            world.simulator.follow(openid)
        world.simulator.set_switches(deliveries=3)

    def talk(self, numbers: range) -> None:
        """Everybody talks in turn, and each turn is another thread's."""
        with redirect_stdout(io.StringIO()), ThreadPoolExecutor(THREADS) as pool:
            outcomes = list(pool.map(self._say, numbers))
        assert all(outcome.saw[0]["type"] != "error" for outcome in outcomes)

    def _say(self, number: int) -> Outcome:
        return self.world.simulator.say(self.openids[number % len(self.openids)], said(number))


def said(number: int) -> str:
    return list(SAID)[number % len(SAID)]


def test_ten_thousand_messages_of_five_hundred_followers_are_settled_counted_and_journalled_once() -> None:
    world = MemoryWorld(process=lambda world: MemoryRuntime(world, log_level="CRITICAL"))
    crowd = Crowd(world, 500)

    crowd.talk(range(10_000))

    each_once([from_dynamo(item) for item in world.items()], followers=500, messages=10_000)


@pytest.mark.timeout(600)
def test_a_thousand_messages_through_boto3_are_settled_counted_and_journalled_once() -> None:
    kept: list[Item] = []
    with moto_client() as client:
        crowd = Crowd(MemoryWorld(process=partial(MotoRuntime, client)), 10)

        for start in range(0, 1_000, ROUND):
            crowd.talk(range(start, start + ROUND))
            kept += taken_away(client)

        kept += everything(client)
    each_once(kept, followers=10, messages=1_000)


def each_once(items: list[Item], *, followers: int, messages: int) -> None:
    """Every receipt is there once, every member's count is right, and the journal is equal to a recount."""
    each = messages // followers
    members = [item for item in items if item["pk"].startswith("M#")]
    entries = [item for item in items if item["pk"].startswith("L#")]
    receipts = [item["pk"] for item in items if item["pk"].startswith("R#")]
    assert len(receipts) == len(set(receipts)) == messages
    assert (
        {sum(map(int, member["hours"].split(","))) for member in members}
        == {member["version"] for member in members}
        == {each}
    )
    assert Counter(entry["member_no"] for entry in entries) == {member["member_no"]: each for member in members}
    assert Counter(entry["outcome"] for entry in entries) == Counter(SAID[said(number)] for number in range(messages))
    asked_about = [item for item in items if item["pk"].startswith("J#") and item["kind"] == PROFILE]
    assert len(members) == followers == len(asked_about)


def everything(client: "DynamoDBClient") -> list[Item]:
    pages = client.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
    return [from_dynamo(item) for page in pages for item in page["Items"]]


def taken_away(client: "DynamoDBClient") -> list[Item]:
    """What no later message asks for: moto copies the whole table in every transaction."""
    settled = [item for item in everything(client) if item["pk"][0] in "RLJ"]
    with boto3.resource("dynamodb", region_name=client.meta.region_name).Table(TABLE).batch_writer() as batch:
        for item in settled:
            batch.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    return settled
