"""One message, from start to end."""

from chalicelib.callbacks import routes, trials
from chalicelib.callbacks.settle import settle
from chalicelib.callbacks.snapshot import snapshot
from chalicelib.callbacks.world import World
from chalicelib.credentials import Credentials
from chalicelib.door import count, log
from chalicelib.errors import Conflict, Unavailable
from chalicelib.store.receipt import Receipt
from chalicelib.wechat.inbound import Inbound
from chalicelib.wechat.reply import Reply

DECISIONS = 6
"""How often a message is decided anew because someone else moved the member first."""


def answer(event: Inbound, credentials: Credentials, world: World) -> Reply | None:
    """What the follower is told, None for silence. The same for every delivery of the same message.

    Raises Unavailable when the table is out of reach and nothing can be said from memory, Conflict when others never
    leave the member alone: WeChat comes again.
    """
    try:
        receipt = _settled(event, credentials, world)
    except Unavailable:
        return _from_memory(event, credentials, world)
    if receipt.jobs:
        world.queues.wake(receipt.jobs)
    return Reply.from_item(receipt.reply) if receipt.reply is not None else None


def _settled(event: Inbound, credentials: Credentials, world: World) -> Receipt:
    """The receipt: an earlier delivery's, or our own decision's, or the one of who was faster."""
    for _ in range(DECISIONS):
        known = snapshot(event, credentials, world)  # one round trip
        if isinstance(known, Receipt):
            log.info("callback.replayed", extra={"receipt": event.receipt_id, "kind": event.kind})
            return known
        decision = trials.stamped(event, known, routes.choose(event)(event, known))
        receipt = settle(event, known, decision, table=world.table, attempt=world.new_id())  # one transaction
        if receipt is not None:
            extra = {"receipt": event.receipt_id, "kind": event.kind, "outcome": decision.outcome}
            log.info("callback.settled", extra=extra)
            return receipt
    raise Conflict("others kept moving the member")


def _from_memory(event: Inbound, credentials: Credentials, world: World) -> Reply | None:
    """An outage of ours should not silence the customer service: a plain question is answered without effects."""
    reply = routes.answer_without_table(event, world.releases.latest(credentials.account), now=world.now())
    if reply is None:
        raise Unavailable("nothing can be said from memory")
    log.warning("callback.degraded", extra={"receipt": event.receipt_id, "kind": event.kind})
    count("Degraded", account=credentials.account)
    return reply
