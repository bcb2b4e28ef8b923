"""What goes wrong between us and the table: waiting, giving up, and recognising our own work."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, SSLError

from chalicelib.door import Deadline
from chalicelib.errors import Unavailable
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.keys import INDEX_KEYS, Key
from chalicelib.store.receipt import Receipt
from chalicelib.store.table import Absent, Add, AtMost, Change, Check, Delete, Equals, Lost, Patch, Put
from infra.local.memory.dynamo import MemoryDynamo
from infra.local.memory.faults import Fault, Faults
from tests.builders import ACCOUNT, NOON, a_member
from tests.support.tables import TABLE, memory_client, table_on

A, B, C = Key("P", "A"), Key("P", "B"), Key("P", "C")
RECEIPT = Receipt(ACCOUNT, "r1", "attempt-1", NOON, None, ())
LOST_ANSWERS = pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.ERROR_AFTER], ids=lambda fault: fault.name)
PASSING = pytest.mark.parametrize(
    "fault",
    [Fault.THROTTLED, Fault.CONFLICT, Fault.UNREACHED, Fault.ERROR_BEFORE, Fault.TIMEOUT_BEFORE],
    ids=lambda fault: fault.name,
)


class Trouble:
    """A table in memory whose faults can be planned."""

    def __init__(self, faults: Faults | None = None, *, seconds: float = 60) -> None:
        self.faults = faults or Faults()
        self.client = memory_client(faults=self.faults)
        self.table: DynamoTable = table_on(self.client, seconds=seconds)
        self.other: DynamoTable = table_on(self.client)
        """Another Lambda's."""

    def while_waiting(self, act: Callable[[], None]) -> DynamoTable:
        """A table on which this happens during its first pause."""

        def sleep(_: float) -> None:
            act()

        return DynamoTable(self.client, TABLE, deadline=Deadline(60), sleep=sleep)


@PASSING
@pytest.mark.parametrize("changes", [[Put(A, {"n": 1})], [Put(A, {"n": 1}), Put(B, {"n": 1})]], ids=["one", "two"])
def test_a_write_is_tried_again_when_the_trouble_passes_by_itself(fault: Fault, changes: list[Change]) -> None:
    trouble = Trouble()
    trouble.faults.plan(fault)

    trouble.table.write(changes)

    assert trouble.table.get_many(change.key for change in changes).keys() == {change.key for change in changes}


@PASSING
def test_a_read_is_tried_again_too(fault: Fault) -> None:
    trouble = Trouble()
    trouble.table.write([Put(A, {"n": 1})])
    reads: list[Callable[[], object]] = [
        lambda: trouble.table.get(A),
        lambda: trouble.table.get_many([A])[A],
        lambda: trouble.table.list_partition("P").items[0],
    ]

    for read in reads:
        trouble.faults.plan(fault)
        assert read() == {"pk": "P", "sk": "A", "n": 1}


def test_a_broken_connection_of_any_kind_passes_by_itself() -> None:
    trouble = Trouble()

    class Breaking(MemoryDynamo):
        broken = False

        def get_item(self, **request: object) -> dict[str, object]:
            if not self.broken:
                self.broken = True
                raise SSLError(endpoint_url="https://memory.invalid", error=OSError("EOF occurred"))
            return trouble.client.get_item(**request)

    assert table_on(Breaking(TABLE, INDEX_KEYS)).get(A) is None


def test_a_table_that_never_recovers_is_unavailable_before_the_deadline_passes() -> None:
    trouble = Trouble(Faults(shares={Fault.THROTTLED: 1.0}), seconds=4.2)

    for call in (
        lambda: trouble.table.get(A),
        lambda: trouble.table.get_many([A]),
        lambda: trouble.table.write([Put(A, {})]),
        lambda: trouble.table.write([Put(A, {}), Put(B, {})]),
        lambda: trouble.table.list_partition("P"),
        lambda: trouble.table.list_index("by_due", "DUE#1"),
    ):
        with pytest.raises(Unavailable):
            call()


def test_keys_that_were_left_out_are_asked_for_again_not_taken_for_absent() -> None:
    trouble = Trouble(Faults(seed=3, unprocessed=0.5))
    keys = [Key("P", str(number)) for number in range(50)]
    trouble.table.write([Put(key, {}) for key in keys])

    found = trouble.table.get_many([*keys, C])

    assert found.keys() == set(keys)
    assert trouble.client.counts.calls["BatchGetItem"] > 2


def test_keys_that_are_always_left_out_make_the_table_unavailable() -> None:
    trouble = Trouble(Faults(unprocessed=1.0), seconds=1)

    with pytest.raises(Unavailable):
        trouble.table.get_many([A])


@LOST_ANSWERS
@pytest.mark.parametrize(
    "changes",
    [
        [RECEIPT.put()],
        [RECEIPT.put(), a_member(version=0).put()],
        [RECEIPT.put(), Put(A, {"n": 1}), Check(B, (Absent(),))],
        [Patch(C, {"n": 2}, (Equals("n", 1),), remove=("m",))],
        [Patch(C, {"n": 2}, (Equals("n", 1),)), RECEIPT.put()],
        [Delete(C, (Equals("n", 1),))],
        [Delete(C, (Equals("n", 1),)), RECEIPT.put()],
        [Delete(C, (AtMost("n", 1),)), Put(A, {})],
    ],
    ids=lambda changes: "+".join(type(change).__name__ for change in changes),
)
def test_a_write_whose_answer_was_lost_is_recognised_as_done(fault: Fault, changes: list[Change]) -> None:
    trouble = Trouble()
    trouble.table.write([Put(C, {"n": 1, "m": 1})])
    trouble.client.counts.clear()
    trouble.faults.plan(fault)

    trouble.table.write(changes)

    assert trouble.client.counts.round_trips == 2


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_BEFORE, Fault.ERROR_BEFORE], ids=lambda fault: fault.name)
def test_what_another_writer_left_is_not_taken_for_our_own(fault: Fault) -> None:
    trouble = Trouble()
    theirs = Receipt(ACCOUNT, "r1", "attempt-2", NOON, None, ())
    trouble.faults.plan(fault)
    table = trouble.while_waiting(lambda: trouble.other.write([theirs.put()]))

    with pytest.raises(Lost):
        table.write([RECEIPT.put()])


def test_an_equal_item_of_another_writer_does_not_hide_that_ours_was_never_written() -> None:
    trouble = Trouble()
    member = a_member(version=0)

    def meanwhile() -> None:
        trouble.other.write([member.put(), Receipt(ACCOUNT, "r2", "attempt-2", NOON, None, ()).put()])

    trouble.faults.plan(Fault.TIMEOUT_BEFORE)
    table = trouble.while_waiting(meanwhile)

    with pytest.raises(Lost):
        table.write([RECEIPT.put(), member.put()])

    assert trouble.table.get(RECEIPT.put().key) is None


def test_an_item_that_moved_on_after_our_lost_answer_is_not_ours_any_more() -> None:
    trouble = Trouble()
    trouble.table.write([Put(C, {"n": 1, "m": 1})])
    ours = Patch(C, {"n": 2}, (Equals("n", 1),), remove=("m",))

    def meanwhile() -> None:
        trouble.other.write([Put(C, {"n": 2, "m": 9})])

    trouble.faults.plan(Fault.TIMEOUT_AFTER)
    table = trouble.while_waiting(meanwhile)

    with pytest.raises(Lost):
        table.write([ours])


def test_a_check_that_objects_is_never_our_own_work() -> None:
    trouble = Trouble()
    trouble.faults.plan(Fault.TIMEOUT_AFTER)

    def meanwhile() -> None:
        trouble.other.write([Put(B, {})])

    table = trouble.while_waiting(meanwhile)

    with pytest.raises(Lost):
        table.write([Put(A, {}, (Absent(),)), Check(B, (Absent(),))])


def test_a_first_attempt_that_lost_has_simply_lost() -> None:
    trouble = Trouble()
    trouble.other.write([RECEIPT.put()])

    with pytest.raises(Lost):
        trouble.table.write([RECEIPT.put()])


@pytest.mark.parametrize(
    "changes",
    [[Put(A, {"s": "x" * 410_000})], [Put(A, {}), Put(B, {"due_pk": ""})], [Put(A, {}), Delete(A)]],
    ids=["too large", "index key", "one item twice"],
)
def test_a_mistake_of_ours_is_not_tried_again(changes: list[Change]) -> None:
    trouble = Trouble()

    with pytest.raises(ClientError, match="ValidationException"):
        trouble.table.write(changes)

    assert trouble.client.counts.round_trips == 1


def test_what_the_item_makes_impossible_is_not_tried_again_either() -> None:
    trouble = Trouble()
    trouble.table.write([Put(A, {"s": "x" * 400_000})])

    with pytest.raises(ClientError, match="TransactionCanceledException"):
        trouble.table.write([Patch(A, {"t": "x" * 20_000}, ()), Put(B, {})])

    assert trouble.client.counts.round_trips == 2


def test_a_read_of_another_table_is_a_mistake_too() -> None:
    trouble = Trouble()
    table = DynamoTable(trouble.client, "other", deadline=Deadline(60))

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        table.get(A)


@PASSING
def test_what_is_written_at_most_once_is_not_tried_again(fault: Fault) -> None:
    trouble = Trouble()
    trouble.table.write([Add(A, "n", 5)])
    trouble.faults.plan(fault)

    with pytest.raises(Unavailable):
        trouble.table.write_at_most_once(Add(A, "n", -1))

    assert _number(trouble) == 5


@LOST_ANSWERS
def test_what_is_written_at_most_once_may_have_been_written(fault: Fault) -> None:
    trouble = Trouble()
    trouble.table.write([Add(A, "n", 5)])
    trouble.faults.plan(fault)

    with pytest.raises(Unavailable):
        trouble.table.write_at_most_once(Add(A, "n", -1))

    assert _number(trouble) == 4


def test_what_may_not_be_written_at_all_is_no_passing_trouble() -> None:
    class Forbidden(MemoryDynamo):
        def update_item(self, **_: object) -> dict[str, object]:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "UpdateItem")

    with pytest.raises(ClientError, match="AccessDenied"):
        table_on(Forbidden(TABLE, INDEX_KEYS)).write_at_most_once(Add(A, "n", -1))


def _number(trouble: Trouble) -> object:
    item = trouble.table.get(A)
    return item and item["n"]
