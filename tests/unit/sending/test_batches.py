"""Planning a mass: all of it or nothing, as often as it is asked for."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from chalicelib.errors import AppError
from chalicelib.sending import batches
from chalicelib.sending.batches import PART
from chalicelib.store import batch as stored
from infra.local.memory.faults import Crashed, Fault
from tests.builders import ACCOUNT
from tests.support.masses import a_mass
from tests.support.meddling import MeddledTable
from tests.support.workroom import Workroom

OPENIDS = [f"oFollower{number:020d}" for number in range(PART * 2 + 1)]


def plan(room: Workroom, *meddlers: Callable[[], object]) -> tuple[batches.PlannedBatch, ...]:
    table = MeddledTable(room.table, *meddlers)
    return batches.plan_mass(a_mass(), OPENIDS, ACCOUNT, table=table, queues=room.queues, now=room.now)


def test_the_recipients_stand_in_parts_in_their_order_and_one_job_is_woken() -> None:
    room = Workroom()

    (planned,) = plan(room)

    batch = stored.find(room.table, ACCOUNT, planned.batch_id)
    assert batch is not None
    parts = [stored.find_part(room.table, batch, number) for number in range(batch.parts)]
    assert [openid for part in parts if part for openid in part.openids] == OPENIDS
    assert (planned.recipients, planned.outcome, batch.parts) == (len(OPENIDS), "planned", 3)
    assert room.wakeups() == [f"J#{ACCOUNT}#push.mass-{planned.batch_id}-0"]


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
@pytest.mark.parametrize("skip", range(5))
def test_whoever_dies_while_planning_asks_again_and_it_is_planned_once(fault: Fault, skip: int) -> None:
    room = Workroom()
    room.faults.plan(fault, skip=skip)
    with suppress(Crashed, AppError):
        plan(room)

    (planned,) = plan(room)

    heads = [item for item in room.items("B#") if item["sk"] == "HEAD"]
    assert len(heads) == len(list(room.items("J#"))) == 1
    assert len(list(room.items("B#"))) == 4
    assert planned.recipients == len(OPENIDS)


@pytest.mark.parametrize("writes_before", range(4))
def test_of_two_who_plan_the_same_at_once_one_plans_it(writes_before: int) -> None:
    room = Workroom()
    waits: list[Callable[[], object]] = [lambda: None] * writes_before

    (second,) = plan(room, *waits, lambda: plan(room))

    assert second.outcome == "known"
    assert len(list(room.items("J#"))) == 1


def test_neither_wish_nor_batch_shows_texts_or_recipients_by_accident() -> None:
    room = Workroom()
    (planned,) = plan(room)
    batch = stored.find(room.table, ACCOUNT, planned.batch_id)
    assert batch is not None

    shown = f"{a_mass()!r} {batch!r} {stored.find_part(room.table, batch, 0)!r}"

    assert "九折" not in shown
    assert OPENIDS[0] not in shown
