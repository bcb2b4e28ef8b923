"""What else stands under a member who left is removed, and nothing of who came back."""

from chalicelib.members import erasure, jobs
from chalicelib.members.work import Done
from chalicelib.store import keys
from chalicelib.store.keys import Key
from chalicelib.store.table import Put
from tests.builders import ACCOUNT, OPENID, a_job, a_ledger, a_member
from tests.support.meddling import MeddledTable
from tests.support.workroom import Workroom

JOB = a_job(jobs.ERASURE)
PARTITION = keys.member_partition(ACCOUNT, OPENID)


def points(number: int, *, member_no: str = "m-0001") -> Put:
    return Put(Key(PARTITION, f"POINTS#{number:04d}"), {"v": 1, "member_no": member_no, "points": 5})


def left_under(room: Workroom) -> list[str]:
    return [item["sk"] for item in room.items("M#")]


def test_everything_of_the_member_who_left_goes() -> None:
    room = Workroom()
    room.holds(a_ledger(version=0).put(), *(points(number) for number in range(30)))

    done = erasure.ask(JOB, table=room.table)(room.table)

    assert done == Done("erased", "m-0001")
    assert left_under(room) == []


def test_who_came_back_keeps_what_is_theirs() -> None:
    room = Workroom()
    room.holds(points(1), points(2, member_no="m-0002"), a_member(member_no="m-0002", version=0).put())

    erasure.ask(JOB, table=room.table)

    assert left_under(room) == ["POINTS#0002", "PROFILE"]


def test_an_item_that_becomes_the_new_members_while_we_look_stays() -> None:
    room = Workroom()
    room.holds(points(1), points(2))
    table = MeddledTable(room.table, lambda: room.holds(points(1, member_no="m-0002")))

    erasure.ask(JOB, table=table)

    assert left_under(room) == ["POINTS#0001"]


def test_erasing_twice_does_no_harm() -> None:
    room = Workroom()
    room.holds(points(1))

    erasure.ask(JOB, table=room.table)

    assert erasure.ask(JOB, table=room.table)(room.table) == Done("erased", "m-0001")


def test_the_neighbours_are_left_alone() -> None:
    room = Workroom()
    neighbour = a_member(openid=OPENID + "2", version=0)
    room.holds(neighbour.put())

    erasure.ask(JOB, table=room.table)

    assert left_under(room) == ["PROFILE"]
