"""An operator's answer, while the follower goes on: written once, or refused with the reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict
from chalicelib.store import keys
from chalicelib.store import ticket as tickets
from chalicelib.store.member import Member
from chalicelib.store.table import Delete, Lost, Put, Table
from chalicelib.store.ticket import Line, Ticket, reopened
from chalicelib.tickets import answering, jobs
from chalicelib.tickets.answering import Desk, Gone
from chalicelib.work.worker import do
from tests.builders import ACCOUNT, NOON, OPENID, a_job, a_member
from tests.support.meddling import MeddledTable
from tests.support.workroom import Workroom

TICKET = Ticket(ACCOUNT, OPENID, "m-0001", "0304-aaaaaaaa", NOON, NOON)
WRITES_MORE = Line(ACCOUNT, OPENID, "m-0001", TICKET.ticket_id, "l-9", NOON + timedelta(seconds=1), b"sealed")
WROTE_LATELY = a_member(last_message_at=NOON, version=0)
SILENT = a_member(version=0)


def a_room(member: Member = WROTE_LATELY) -> Workroom:
    """A ticket, ten seconds old."""
    room = Workroom()
    room.holds(member.put(), TICKET.put())
    room.now += timedelta(seconds=10)
    return room


def desk(room: Workroom, table: Table | None = None) -> Desk:
    return Desk(table or room.table, room.queues, room.credentials, room.clock, room.new_id)


def answered(room: Workroom) -> list[Line]:
    return [line for line in tickets.list_lines(room.table, ACCOUNT, OPENID, TICKET.ticket_id) if line.by == "staff"]


def moves(room: Workroom) -> None:
    member = room.member()
    assert member is not None
    room.holds(member.put())


def leaves(room: Workroom) -> None:
    for key in (keys.member(ACCOUNT, OPENID), TICKET.key):
        room.table.write([Delete(key)])


def test_who_has_just_added_something_is_read_first() -> None:
    room = a_room()
    table = MeddledTable(room.table, lambda: room.table.write([WRITES_MORE.put(), reopened(WRITES_MORE)]))

    with pytest.raises(Conflict):
        answering.answer(TICKET, "可以", desk(room, table))

    assert answered(room) == []
    assert list(room.items("P#")) == []


def test_an_answer_that_must_wait_is_written_over_a_member_who_moves() -> None:
    room = a_room(SILENT)
    table = MeddledTable(room.table, lambda: moves(room), lambda: moves(room))

    assert answering.answer(TICKET, "可以", desk(room, table)) == "waits"

    member = room.member()
    assert member is not None
    assert (len(answered(room)), member.unheard) == (1, (TICKET.ticket_id,))


def test_a_member_who_never_stands_still_is_given_up() -> None:
    room = a_room(SILENT)
    table = MeddledTable(room.table, *[lambda: moves(room)] * answering.TRIES)

    with pytest.raises(Conflict, match="never stood still"):
        answering.answer(TICKET, "可以", desk(room, table))


def test_who_leaves_meanwhile_cannot_be_answered() -> None:
    room = a_room()
    table = MeddledTable(room.table, lambda: leaves(room))

    with pytest.raises(Gone):
        answering.answer(TICKET, "可以", desk(room, table))


def test_who_came_back_as_somebody_new_is_not_given_another_ones_answer() -> None:
    room = a_room()
    member = room.member()
    assert member is not None
    room.table.write([Put(keys.member(ACCOUNT, OPENID), replace(member, member_no="m-0002").to_item())])

    with pytest.raises(Gone):
        answering.answer(TICKET, "可以", desk(room))


def test_a_ticket_that_was_added_to_is_not_closed_unread() -> None:
    room = a_room()
    room.table.write([WRITES_MORE.put(), reopened(WRITES_MORE)])

    with pytest.raises(Lost):
        answering.close(TICKET, desk(room))


def test_what_waited_for_someone_who_left_is_not_sent() -> None:
    room = Workroom()
    job = replace(
        a_job(jobs.ANSWER), payload={"openid": OPENID, "member_no": "m-0001", "tickets": f"{TICKET.ticket_id},other"}
    )
    room.holds(job.put())

    do(job.name, room.tools)

    assert [entry.outcome for entry in room.journal()] == ["nothing"]
    assert list(room.items("P#")) == []


def test_a_job_that_is_done_again_sends_nothing_twice() -> None:
    room = a_room(SILENT)
    answering.answer(TICKET, "可以", desk(room))
    job = replace(a_job(jobs.ANSWER), payload={"openid": OPENID, "member_no": "m-0001", "tickets": TICKET.ticket_id})

    for _ in range(2):
        decide = answering.ask(job, table=room.table, credentials=room.credentials, queues=room.queues, now=room.now)
        decide(room.table)

    assert len(list(room.items("P#"))) == 1


def test_nobody_reads_a_ticket_in_a_log() -> None:
    assert OPENID not in repr(TICKET)
    assert "sealed" not in repr(WRITES_MORE)
