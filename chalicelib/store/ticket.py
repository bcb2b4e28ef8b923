"""A ticket: what a follower wrote to human service while nobody was there, and what they were answered.

Its lines are items of their own, so that nobody has to read a ticket in order to add to it. All of it stands in the
member's partition and bears their number: it goes with them. Words are sealed; whoever has them open asked for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from chalicelib.clock import epoch, iso, parse_iso
from chalicelib.store import keys
from chalicelib.store.keys import Key
from chalicelib.store.table import Absent, Equals, Item, Patch, Put, Table, all_items, all_keys

SCHEMA = 1
LIFE = timedelta(days=90)
"""Since the last word."""
TicketState = Literal["open", "answered", "closed"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """The head: whose it is, and whether somebody still has to look at it."""

    account: str
    openid: str
    member_no: str
    ticket_id: str
    opened_at: datetime
    last_at: datetime
    """Of the last line, or of the last that an operator did."""
    entry_id: str = ""
    """The FAQ entry that handed the follower over."""
    state: TicketState = "open"

    def __repr__(self) -> str:
        return f"Ticket(ticket_id={self.ticket_id!r}, state={self.state!r})"

    @property
    def key(self) -> Key:
        return keys.ticket(self.account, self.openid, self.ticket_id)

    def put(self) -> Put:
        """A new one."""
        return Put(self.key, self.to_item(), (Absent(),))

    def moved(self, state: TicketState, at: datetime) -> Patch:
        """Into this state, if it is still as it was read."""
        return _moved(self, state, at, Equals("last_at", iso(self.last_at)))

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "openid": self.openid,
            "member_no": self.member_no,
            "ticket_id": self.ticket_id,
            "opened_at": iso(self.opened_at),
            "entry_id": self.entry_id,
            **_standing(self, self.state, self.last_at),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            item["openid"],
            item["member_no"],
            item["ticket_id"],
            parse_iso(item["opened_at"]),
            parse_iso(item["last_at"]),
            item["entry_id"],
            item["state"],
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a ticket."""

    account: str
    openid: str
    member_no: str
    ticket_id: str
    line_id: str
    at: datetime
    sealed: bytes
    by: Literal["follower", "staff"] = "follower"
    push_id: str = ""
    """Of an answer that has set out: how it fared."""

    def __repr__(self) -> str:
        return f"Line(ticket_id={self.ticket_id!r}, by={self.by!r})"

    @property
    def place(self) -> tuple[str, ...]:
        """What its words are sealed for."""
        return self.account, self.openid, self.ticket_id, self.line_id

    @property
    def key(self) -> Key:
        return keys.ticket_line(self.account, self.openid, self.ticket_id, iso(self.at), self.line_id)

    def put(self) -> Put:
        return Put(self.key, self.to_item(), (Absent(),))

    def to_item(self) -> dict[str, Any]:
        return {
            "v": SCHEMA,
            "account": self.account,
            "openid": self.openid,
            "member_no": self.member_no,
            "ticket_id": self.ticket_id,
            "line_id": self.line_id,
            "at": iso(self.at),
            "sealed": self.sealed,
            "by": self.by,
            "push_id": self.push_id,
            "expires_at": epoch(self.at + LIFE),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(
            item["account"],
            item["openid"],
            item["member_no"],
            item["ticket_id"],
            item["line_id"],
            parse_iso(item["at"]),
            item["sealed"],
            item["by"],
            item["push_id"],
        )


def reopened(line: Line) -> Patch:
    """What a further line does to the head, whatever was done about the ticket: somebody has to look again."""
    head = Ticket(line.account, line.openid, line.member_no, line.ticket_id, line.at, line.at)
    return _moved(head, "open", line.at, Equals("member_no", line.member_no))


def list_tickets(table: Table, account: str, *, done: bool = False) -> Iterator[Ticket]:
    """Those that wait for an operator, or those that are done with: the one untouched for longest first."""
    for key in all_keys(table, keys.BY_DUE, keys.ticket_queue(account, done=done)):
        item = table.get(Key(key["pk"], key["sk"]))
        if item and (item["state"] != "open") == done:
            yield Ticket.from_item(item)


def find(table: Table, account: str, ticket_id: str) -> tuple[Ticket, ...]:
    """The tickets of this number. As a rule one or none; reads the keys of all."""
    found = []
    for done in (False, True):
        for key in all_keys(table, keys.BY_DUE, keys.ticket_queue(account, done=done)):
            item = table.get(Key(key["pk"], key["sk"])) if keys.ticket_of(key["sk"]) == ticket_id else None
            found += [Ticket.from_item(item)] if item else []
    return tuple(found)


def list_lines(table: Table, account: str, openid: str, ticket_id: str) -> tuple[Line, ...]:
    """In the order in which they were written."""
    items = all_items(table, keys.member_partition(account, openid), prefix=keys.ticket_lines(ticket_id))
    return tuple(map(Line.from_item, items))


def _moved(ticket: Ticket, state: TicketState, at: datetime, unchanged: Equals) -> Patch:
    return Patch(ticket.key, _standing(ticket, state, at), (unchanged,))


def _standing(ticket: Ticket, state: TicketState, at: datetime) -> dict[str, Any]:
    queue = keys.ticket_queue(ticket.account, done=state != "open")
    return {
        "state": state,
        "last_at": iso(at),
        "expires_at": epoch(at + LIFE),
        "due_pk": queue,
        "due_sk": f"{iso(at)}#{ticket.ticket_id}",
    }
