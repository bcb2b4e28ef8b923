"""An operator's answer to a ticket: sent while the follower may be written to, else when they next show themselves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from chalicelib.credentials import Credentials
from chalicelib.decision import Asked, Done
from chalicelib.errors import AppError, Conflict
from chalicelib.queues import Queues
from chalicelib.sending import intents
from chalicelib.sending.intents import Intent
from chalicelib.sending.reservation import window_left
from chalicelib.store import keys
from chalicelib.store import ticket as tickets
from chalicelib.store.job import Job
from chalicelib.store.journal import Entry
from chalicelib.store.member import Member
from chalicelib.store.push import Content, Push
from chalicelib.store.sends import Sends
from chalicelib.store.table import Change, Equals, Lost, Patch, Table
from chalicelib.store.ticket import Line, Ticket
from chalicelib.tickets import texts
from chalicelib.vault import Vault
from chalicelib.wechat.reply import TEXT_BYTES

KIND = "ticket.answer"
MOST_BYTES = TEXT_BYTES - len(texts.ANSWER.encode())
TRIES = 5


class Gone(AppError):
    """The follower has left, and their ticket with them. Nobody can be answered."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What answering needs of the outside."""

    table: Table
    queues: Queues
    credentials: Credentials
    now: Callable[[], datetime]
    new_id: Callable[[], str]


def answer(ticket: Ticket, words: str, desk: Desk) -> Literal["sent", "waits"]:
    """Write the answer into the ticket, and send it where WeChat lets us: within 48 hours of the follower's message.

    Raises Gone, and Conflict when the follower has written meanwhile: read that first.
    """
    now, line_id = desk.now(), desk.new_id()
    line = Line(ticket.account, ticket.openid, ticket.member_no, ticket.ticket_id, line_id, now, b"", "staff")
    line = replace(line, sealed=Vault(desk.credentials.data_key).seal(words, *line.place))
    answered = (ticket.moved("answered", now), _entry(ticket, "answered", line_id, now).put())
    for _ in range(TRIES):
        member, sends = _addressee(ticket, desk.table)
        push = _push(line, words, desk.credentials, now=now) if window_left(sends, member, now) else None
        try:
            desk.table.write([*answered, *(_sent(line, push) if push else _kept(line, member))])
        except Lost as lost:
            if lost.stood.get(ticket.key):
                raise
            continue  # the follower moved, or left, but did not write into the ticket
        if push:
            desk.queues.wake([push.name])
        return "sent" if push else "waits"
    raise Conflict("the member never stood still")


def _sent(line: Line, push: Push) -> tuple[Change, ...]:
    return replace(line, push_id=push.push_id).put(), *intents.changes(push)


def _kept(line: Line, member: Member) -> tuple[Change, ...]:
    """It sets out when the follower next shows themselves."""
    others = (one for one in member.unheard if one != line.ticket_id)
    return line.put(), replace(member, unheard=(*others, line.ticket_id)).put()


def close(ticket: Ticket, desk: Desk) -> None:
    """Done with, without an answer. Raises Conflict when the follower has written meanwhile."""
    now = desk.now()
    desk.table.write([ticket.moved("closed", now), _entry(ticket, "closed", desk.new_id(), now).put()])


def ask(job: Job, *, table: Table, credentials: Credentials, queues: Queues, now: datetime) -> Asked:
    """Send the answers that had to wait. Each has one key: doing it again sends nothing twice."""
    sent: list[Change] = []
    for line in _unsent(job, table):
        words = Vault(credentials.data_key).open(line.sealed, *line.place)
        intent = _intent(line, words)
        (planned,) = intents.plan([intent], credentials, table=table, queues=queues, now=now)
        sent.append(Patch(line.key, {"push_id": planned.push_id}, (Equals("member_no", line.member_no),)))
    outcome = "answered" if sent else "nothing"
    return lambda _table: Done(outcome, job.payload["member_no"], tuple(sent), {"answers": len(sent)})


def _unsent(job: Job, table: Table) -> list[Line]:
    """Nothing, where the follower has left meanwhile: their tickets have gone with them."""
    account, openid, member_no = job.account, job.payload["openid"], job.payload["member_no"]
    lines: list[Line] = []
    for ticket_id in job.payload["tickets"].split(","):
        lines += tickets.list_lines(table, account, openid, ticket_id)
    return [line for line in lines if line.member_no == member_no and line.by == "staff" and not line.push_id]


def _addressee(ticket: Ticket, table: Table) -> tuple[Member, Sends | None]:
    at = (keys.member(ticket.account, ticket.openid), keys.sends(ticket.account, ticket.openid))
    found = table.get_many(at)
    member = Member.from_item(found[at[0]]) if at[0] in found else None
    if member is None or member.member_no != ticket.member_no:
        raise Gone("the follower has left")
    return member, Sends.from_item(found[at[1]]) if at[1] in found else None


def _push(line: Line, words: str, credentials: Credentials, *, now: datetime) -> Push:
    return intents.as_push(_intent(line, words), credentials, now=now)


def _intent(line: Line, words: str) -> Intent:
    """Urgent: whoever asked a person is not disturbed by the answer."""
    content = Content(body={"msgtype": "text", "text": {"content": f"{texts.ANSWER}{words}"}})
    return Intent(
        line.openid, KIND, f"{line.ticket_id}#{line.line_id}", "kefu", "service", content, urgent=True,
    )  # fmt: skip


def _entry(ticket: Ticket, outcome: str, new_id: str, now: datetime) -> Entry:
    return Entry(ticket.account, f"ticket-{new_id}", now, "ticket", f"ticket.{outcome}", ticket.member_no)
