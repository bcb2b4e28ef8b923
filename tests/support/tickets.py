"""A shop at night: nobody is there, and followers write all the same."""

from datetime import timedelta
from typing import Any

from chalicelib.store import ticket as tickets
from chalicelib.store.ticket import Line, Ticket
from chalicelib.vault import Vault
from infra import ops
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.shop import DATA_KEY

UNTIL_NIGHT = timedelta(hours=11, minutes=30)
"""From ten in the morning, when the shop opens its eyes: half past nine in the evening."""
UNTIL_OPENING = timedelta(hours=11, minutes=30)
"""From then: nine in the morning."""


def a_shop_at_night() -> MemoryShop:
    shop = a_memory_shop()
    pass_by(shop, UNTIL_NIGHT)
    return shop


def pass_by(shop: MemoryShop, time: timedelta) -> None:
    shop.world.clock.advance(time.total_seconds())
    shop.world.simulator.run_due()


def run(shop: MemoryShop, *arguments: str) -> int:
    """What an operator types after ``ops tickets``."""
    return ops.main(["tickets", *arguments, "--account", shop.account], open_table=shop.world.table)


def the_ticket(shop: MemoryShop) -> Ticket:
    """The only one."""
    found = [*tickets.list_tickets(shop.world.table(), shop.account)]
    found += tickets.list_tickets(shop.world.table(), shop.account, done=True)
    (ticket,) = found
    return ticket


def lines_of(shop: MemoryShop, ticket: Ticket) -> tuple[Line, ...]:
    return tickets.list_lines(shop.world.table(), ticket.account, ticket.openid, ticket.ticket_id)


def words_of(shop: MemoryShop, ticket: Ticket) -> list[str]:
    """What was written, opened with the account's key."""
    vault = Vault(DATA_KEY.encode())
    return [vault.open(line.sealed, *line.place) for line in lines_of(shop, ticket)]


def texts_for(shop: MemoryShop, openid: str) -> list[str]:
    """Everything that the follower reads in the chat, customer-service messages included."""
    return [str(message.get("text", "")) for message in inbox(shop, openid)]


def inbox(shop: MemoryShop, openid: str) -> list[dict[str, Any]]:
    return [dict(message) for message in shop.simulator.inbox(openid)]
