"""Faults: planned or by chance, before or after the call took effect."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from infra.local.memory.faults import Crashed, Fault, Faults
from tests.support.dynamo import World, cancelled, put, refused


@pytest.mark.parametrize(
    ("fault", "error", "applied"),
    [
        (Fault.UNREACHED, ConnectTimeoutError, False),
        (Fault.TIMEOUT_BEFORE, ReadTimeoutError, False),
        (Fault.TIMEOUT_AFTER, ReadTimeoutError, True),
        (Fault.ERROR_BEFORE, ClientError, False),
        (Fault.ERROR_AFTER, ClientError, True),
        (Fault.THROTTLED, ClientError, False),
        (Fault.CONFLICT, ClientError, False),
        (Fault.CRASH_BEFORE, Crashed, False),
        (Fault.CRASH_AFTER, Crashed, True),
    ],
)
def test_a_call_fails_before_or_after_it_took_effect(fault: Fault, error: type[BaseException], applied: bool) -> None:
    world = World()
    world.faults.plan(fault)

    with pytest.raises(error):
        world.put()

    assert (world.get() is not None) is applied


def test_a_planned_fault_waits_for_its_call() -> None:
    world = World()
    world.faults.plan(Fault.THROTTLED, skip=2)

    world.get()
    world.get()
    with refused("ThrottlingException"):
        world.get()
    world.get()

    assert world.faults.calls == 4


def test_a_transaction_is_refused_in_its_own_way() -> None:
    world = World()

    world.faults.plan(Fault.THROTTLED)
    with cancelled("ThrottlingError"):
        world.transact(put())

    world.faults.plan(Fault.CONFLICT)
    with cancelled("TransactionConflict"):
        world.transact(put())


def test_a_conflict_is_an_exception_of_its_own_for_a_single_write_and_nothing_for_a_read() -> None:
    world = World()

    world.faults.plan(Fault.CONFLICT)
    with refused("TransactionConflictException"):
        world.put()

    world.faults.plan(Fault.CONFLICT)
    world.get()


def outcomes(faults: Faults, calls: int) -> list[str]:
    """What became of so many calls."""

    def outcome(call: Callable[[str, Callable[[], str]], str]) -> str:
        try:
            return call("PutItem", lambda: "done")
        except (ClientError, ReadTimeoutError) as error:
            return type(error).__name__

    return [outcome(faults.around) for _ in range(calls)]


def test_faults_by_chance_come_about_as_often_as_asked_and_again_in_the_same_places() -> None:
    shares = {Fault.THROTTLED: 0.2, Fault.TIMEOUT_AFTER: 0.1}

    first = outcomes(Faults(seed=7, shares=shares), 1000)

    assert first == outcomes(Faults(seed=7, shares=shares), 1000)
    assert first != outcomes(Faults(seed=8, shares=shares), 1000)
    assert 150 < first.count("ClientError") < 250
    assert 60 < first.count("ReadTimeoutError") < 140


def test_a_call_takes_its_time() -> None:
    world = World()
    world.faults.latency = 0.02
    before = world.clock.now()

    world.get()

    assert (world.clock.now() - before).total_seconds() == 0.02


def test_others_may_act_just_before_a_call() -> None:
    world = World()

    def act() -> None:
        world.put("B")

    world.faults.interrupt(act, skip=1)

    assert world.get("B") is None
    assert world.get("B") is not None


def test_faults_stop_when_told() -> None:
    world = World(faults=Faults(shares={Fault.THROTTLED: 1.0}, unprocessed=1.0))
    with refused("ThrottlingException"):
        world.get()
    world.faults.plan(Fault.TIMEOUT_AFTER)

    world.faults.stop()

    assert world.get() is None
    assert not world.faults.leaves_out()
    assert world.faults.struck == 1
