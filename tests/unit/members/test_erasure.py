"""What else stands under a member who left is removed, and nothing of who came back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.decision import Asked, Done
from chalicelib.members import erasure, jobs
from chalicelib.sending import intents
from chalicelib.store import keys
from chalicelib.store import push as pushes
from chalicelib.store.keys import Key
from chalicelib.store.push import Push
from chalicelib.store.table import Put, Table
from tests.builders import ACCOUNT, OPENID, a_job, a_ledger, a_member, a_push
from tests.support.meddling import MeddledTable
from tests.support.workroom import Workroom

JOB = a_job(jobs.ERASURE)
PARTITION = keys.member_partition(ACCOUNT, OPENID)


def points(number: int, *, member_no: str = "m-0001") -> Put:
    return Put(Key(PARTITION, f"POINTS#{number:04d}"), {"v": 1, "member_no": member_no, "points": 5})


def asked(room: Workroom, table: Table | None = None) -> Asked:
    return erasure.ask(JOB, table=table or room.table, credentials=room.credentials, now=room.now)


def given_up(room: Workroom, **changes: Any) -> Push:
    """A push to the member that waits for an operator."""
    group = room.credentials.handle(OPENID)[: intents.GROUP]
    push = a_push(state="dead", reason="47001", group=group, member_no="m-0001", version=0)
    return replace(push, **changes)


def left_under(room: Workroom) -> list[str]:
    return [item["sk"] for item in room.items("M#")]


def test_everything_of_the_member_who_left_goes() -> None:
    room = Workroom()
    room.holds(a_ledger(version=0).put(), *(points(number) for number in range(30)))

    done = asked(room)(room.table)

    assert done == Done("erased", "m-0001")
    assert left_under(room) == []


def test_who_came_back_keeps_what_is_theirs() -> None:
    room = Workroom()
    room.holds(points(1), points(2, member_no="m-0002"), a_member(member_no="m-0002", version=0).put())

    asked(room)

    assert left_under(room) == ["POINTS#0002", "PROFILE"]


def test_an_item_that_becomes_the_new_members_while_we_look_stays() -> None:
    room = Workroom()
    room.holds(points(1), points(2))
    table = MeddledTable(room.table, lambda: room.holds(points(1, member_no="m-0002")))

    asked(room, table)

    assert left_under(room) == ["POINTS#0001"]


def test_erasing_twice_does_no_harm() -> None:
    room = Workroom()
    room.holds(points(1))

    asked(room)

    assert asked(room)(room.table) == Done("erased", "m-0001")


def test_a_push_that_was_given_up_names_who_left_no_more() -> None:
    room = Workroom()
    room.holds(given_up(room).put())

    asked(room)
    asked(room)

    push = pushes.find(room.table, given_up(room).name)
    assert push is not None
    assert (push.state, push.reason, push.openid, push.content.data) == ("held", "left", "", {})
    assert OPENID not in str(list(room.items("P#")))
    assert [(entry.what, entry.outcome) for entry in room.journal()] == [("push", "released"), ("push", "held")]


@pytest.mark.parametrize(
    "changes",
    [{"member_no": "m-0002"}, {"group": "f" * 16}, {"account": "other"}, {"state": "planned"}],
    ids=["who came back", "someone else", "another account", "not given up"],
)
def test_other_pushes_wait_on(changes: dict[str, str]) -> None:
    room = Workroom()
    push = given_up(room, **changes)
    room.holds(push.put())

    asked(room)

    assert pushes.find(room.table, push.name) == replace(push, version=1)


def test_a_push_that_an_operator_releases_meanwhile_is_left_to_its_next_look() -> None:
    room = Workroom()
    push = given_up(room)
    room.holds(push.put())
    again = replace(push, state="planned", version=1)

    asked(room, MeddledTable(room.table, lambda: room.holds(again.put())))

    assert pushes.find(room.table, push.name) == replace(again, version=2)


def test_a_push_that_the_index_still_lists_is_looked_at_itself() -> None:
    room = Workroom(index_lag=timedelta(hours=1))
    push = given_up(room)
    room.holds(push.put())
    room.now += timedelta(hours=2)
    again = replace(push, state="planned", version=1)
    room.holds(again.put())

    asked(room)

    assert pushes.find(room.table, push.name) == replace(again, version=2)


def test_the_neighbours_are_left_alone() -> None:
    room = Workroom()
    neighbour = a_member(openid=OPENID + "2", version=0)
    room.holds(neighbour.put())

    asked(room)

    assert left_under(room) == ["PROFILE"]
