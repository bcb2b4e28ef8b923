"""How a ticket begins and grows. Pure.

All act on a member who already carries this act, and say when somebody will be there.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.clock import SHANGHAI
from chalicelib.decision import Decision, Facts
from chalicelib.store.member import Conversation, Member
from chalicelib.store.ticket import Line, Ticket, reopened
from chalicelib.tickets import jobs, texts
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound

LISTENS_FOR = timedelta(minutes=30)
"""What is written within that time of the last word belongs to the ticket; then the FAQ answers again."""


def opened(event: Inbound, facts: Facts, wanted: Decision, *, opening: datetime, words: str) -> Decision:
    """A ticket for who wanted a person in vain. `words` are its first line, where they were not the wish alone."""
    member = _member(wanted)
    ticket = Ticket(
        account=facts.account,
        openid=member.openid,
        member_no=member.member_no,
        ticket_id=number_of(event, facts.now),
        opened_at=facts.now,
        last_at=facts.now,
        entry_id=str(wanted.details.get("entry", "")),
    )
    first = (_line(event, facts, member, ticket.ticket_id, words).put(),) if words else ()
    said = texts.noted if words else texts.opened
    return replace(
        wanted,
        outcome="ticket.opened",
        reply=reply.text(said(opening, facts.now)),
        save=(_listening(member, ticket.ticket_id, opening, facts.now),),
        jobs=(*wanted.jobs, jobs.notify(event, facts)),
        changes=(*wanted.changes, ticket.put(), *first),
    )


def added(event: Inbound, facts: Facts, member: Member, *, opening: datetime, words: str) -> Decision:
    """One more message to the ticket that is open in the chat."""
    (ticket_id,) = member.conversation.options if member.conversation else ("",)
    listening = _listening(member, ticket_id, opening, facts.now)
    decision = Decision("ticket.added", reply.text(texts.noted(opening, facts.now)), save=(listening,))
    if not words:
        return decision
    line = _line(event, facts, member, ticket_id, words)
    return replace(decision, changes=(line.put(), reopened(line)))


def number_of(event: Inbound, now: datetime) -> str:
    """Short enough to be typed. It follows from the receipt: deciding twice opens one ticket."""
    return f"{now.astimezone(SHANGHAI):%m%d}-{event.receipt_id[:8]}"


def _line(event: Inbound, facts: Facts, member: Member, ticket_id: str, words: str) -> Line:
    line = Line(
        account=facts.account,
        openid=member.openid,
        member_no=member.member_no,
        ticket_id=ticket_id,
        line_id=event.receipt_id[:32],
        at=facts.now,
        sealed=b"",
    )
    return replace(line, sealed=facts.vault.seal(words, *line.place))


def _listening(member: Member, ticket_id: str, opening: datetime, now: datetime) -> Member:
    until = min(opening, now + LISTENS_FOR)
    return replace(member, conversation=Conversation("ticket", until, (ticket_id,)))


def _member(wanted: Decision) -> Member:
    (member,) = wanted.save
    if not isinstance(member, Member):
        raise ValueError("who wants a person is a member by then")
    return member
