"""Pushes of a mass that come up by themselves: while their batch is at work, and after it was given up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.sending.batches import next_job
from chalicelib.store import job as jobs
from chalicelib.store.batch import Batch, Result
from chalicelib.store.push import Push
from tests.support.masses import a_shop_with, calls, ledger_of, pass_time, plan, pushes, states, step, the_batch
from tests.support.memory import MemoryShop

A_DAY_LATER = timedelta(hours=25, minutes=1)


def a_frozen_batch() -> tuple[MemoryShop, Batch, str]:
    shop, openids = a_shop_with(2)
    (planned,) = plan(shop, openids)
    assert step(shop) == "mass.frozen"
    return shop, the_batch(shop, planned), openids[0]


def give_up(shop: MemoryShop, batch: Batch) -> None:
    """As after five workers that died."""
    job = jobs.find(shop.world.table(), next_job(batch, batch.not_before).name)
    assert job is not None
    shop.world.table().write([replace(job, dead=True).put()])


def test_a_claimed_push_that_comes_up_while_its_batch_is_at_work_is_neither_sent_nor_ended() -> None:
    shop, _, _ = a_frozen_batch()
    for item in pushes(shop):
        push = Push.from_item(item)
        shop.world.table().write([replace(push, due_at=shop.world.clock.now()).put()])
        shop.world.runtime.queues.wake([push.name])

    shop.world.pump()

    assert (states(shop), calls(shop)) == ({"claimed": 2}, 0)

    shop.world.rest()

    assert (states(shop), calls(shop)) == ({"sent": 2}, 1)


@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        ({}, "held", "batch_over"),
        ({"calling": True, "attempts": 1}, "unknown", "crashed"),
        ({"doubtful": True, "attempts": 1}, "unknown", "crashed"),
        ({"phase": "closing", "msgid": "3000123", "result": Result("sent")}, "sent", ""),
        ({"phase": "closing", "result": Result("failed", "45028")}, "failed", "45028"),
    ],
)
def test_what_a_batch_that_was_given_up_leaves_behind_ends_with_what_is_known_of_it(
    found: dict[str, object], state: str, reason: str
) -> None:
    shop, batch, openid = a_frozen_batch()
    batch = as_found(batch, found)
    shop.world.table().write([batch.put()])
    give_up(shop, batch)

    shop.world.clock.advance(A_DAY_LATER.total_seconds())
    pass_time(shop, 3)

    ledger = ledger_of(shop, openid)
    assert {(push["state"], push.get("reason", ""), push.get("msgid", "")) for push in pushes(shop)} == {
        (state, reason, batch.msgid)
    }
    assert calls(shop) == 0
    assert ledger is not None
    assert [sent.state for sent in ledger.recent] == ([state] if state in ("sent", "unknown") else [])


def test_a_push_whose_batch_is_gone_from_the_table_ends_as_unknown() -> None:
    shop, batch, _ = a_frozen_batch()
    give_up(shop, batch)
    shop.world.dynamo.delete_item(TableName="huiyuan-memory", Key=head(batch))

    shop.world.clock.advance(A_DAY_LATER.total_seconds())
    pass_time(shop, 3)

    assert states(shop) == {"unknown": 2}


def as_found(batch: Batch, found: dict[str, object]) -> Batch:
    item = batch.to_item() | {name: value for name, value in found.items() if name != "result"}
    result = found.get("result")
    return replace(Batch.from_item(item), result=result if isinstance(result, Result) else None)


def head(batch: Batch) -> dict[str, dict[str, str]]:
    key = batch.put().key
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
