"""The system as it is, and broken on purpose: the harness must catch what is wrong with each of them."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from chalicelib.callbacks import edge
from chalicelib.callbacks.answer import answer
from chalicelib.callbacks.edge import SILENCE, releases
from chalicelib.callbacks.world import World
from chalicelib.clock import epoch
from chalicelib.door import Deadline
from chalicelib.runtime import ANSWER_SECONDS, runtime
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.keys import Key
from chalicelib.store.table import Change, Delete, Equals, Item, Page, Put
from chalicelib.web import Answer, Request
from chalicelib.wechat import envelope, inbound
from chalicelib.wechat import reply as replies
from chalicelib.wechat.envelope import Keys
from chalicelib.wechat.fields import text_of
from infra.local import lambdas
from tests.simulation.senders import naive, with_powertools

Receive: TypeAlias = Callable[[Request], Answer]
Send: TypeAlias = Callable[[dict[str, Any]], None]
"""Takes a queue's event."""


def push_send(event: dict[str, Any]) -> None:
    """As Lambda runs it."""
    from chalicelib.push import entry

    entry.push_send(event, lambdas.context("push_send", seconds=30))


@dataclass(frozen=True, slots=True)
class Variant:
    """How deliveries are received and pushes sent, and over which table everything runs."""

    name: str
    receive: Receive = edge.receive
    table: type[DynamoTable] = DynamoTable
    send: Send = push_send


class ReceiptFirstTable(DynamoTable):
    """Writes the receipt, and with it the answer, before the effects: two commits instead of one."""

    def write(self, changes: Sequence[Change]) -> None:
        if len(changes) > 1 and changes[0].key.pk.startswith("R#"):
            super().write(changes[:1])
            changes = changes[1:]
        super().write(changes)


class UnfencedTable(DynamoTable):
    """Records the outcome of a job whoever holds its claim by now."""

    def write(self, changes: Sequence[Change]) -> None:
        super().write(list(map(_unfenced, changes)))


class BlindTable(DynamoTable):
    """Erases whoever stands there: every incarnation of a member looks like the one that the job names."""

    _wanted = ""

    def get(self, key: Key) -> Item | None:
        item = super().get(key)
        if item and key.sk == "JOB":
            self._wanted = item["payload"].get("member_no", "")
        return item

    def list_partition(
        self,
        pk: str,
        *,
        prefix: str = "",
        since: str = "",
        limit: int = 1000,
        after: Mapping[str, Any] | None = None,
    ) -> Page:
        page = super().list_partition(pk, prefix=prefix, since=since, limit=limit, after=after)
        if not pk.startswith("M#"):
            return page
        return replace(page, items=tuple({**item, "member_no": self._wanted} for item in page.items))

    def write(self, changes: Sequence[Change]) -> None:
        super().write([_unbound(change) for change in changes])


class UnheedingTable(DynamoTable):
    """Saves members without asking whether they are still as they were read."""

    def write(self, changes: Sequence[Change]) -> None:
        super().write([_unconditional(change) for change in changes])


def receive_by_message_id(request: Request) -> Answer:
    """As the edge does it, but for the receipt's id: the MsgId alone, or sender and time of an event."""
    r = runtime()
    deadline = Deadline(ANSWER_SECONDS)
    credentials = r.accounts.find(request.account)
    keys = Keys(credentials.appid, credentials.tokens, credentials.aes_keys)
    opened = envelope.open_sealed(request.query, request.body, keys=keys, now=r.now())
    event = inbound.parse(opened.xml, appid=credentials.appid)
    event = replace(event, receipt_id=_message_id(opened.xml) or event.receipt_id)
    said = answer(event, credentials, World(r.table(deadline), r.queues, releases(), deadline, r.now, r.new_id))
    if said is None or opened.key is None:
        return Answer(200, SILENCE)
    xml = replies.render(said, to=event.sender, sender=event.recipient, at=epoch(r.now()))
    sealed = envelope.seal(xml, key=opened.key, nonce=opened.nonce, token=credentials.token, appid=credentials.appid,
                           at=epoch(r.now()))  # fmt: skip
    return Answer(200, sealed, "application/xml")


def _message_id(xml: bytes) -> str:
    from infra.local.wechat_simulator import markup

    message_id = text_of(markup.read(xml).get("MsgId"))
    return hashlib.sha256(message_id.encode()).hexdigest() if message_id else ""


def _unfenced(change: Change) -> Change:
    """A job's claim is still by version; its end is not."""
    if isinstance(change, Delete) and change.key.sk == "JOB":
        return replace(change, when=())
    return change


def _unbound(change: Change) -> Change:
    if isinstance(change, Delete) and change.key.pk.startswith("M#"):
        return replace(change, when=tuple(_but_incarnation(change)))
    return change


def _but_incarnation(change: Delete) -> Iterator[Equals]:
    for condition in change.when:
        if isinstance(condition, Equals) and condition.field != "member_no":
            yield condition


def _unconditional(change: Change) -> Change:
    if isinstance(change, Put) and change.key.sk == "PROFILE":
        return replace(change, when=())
    return change


WHOLE = Variant("whole")
BROKEN = (
    Variant("receipt-first", table=ReceiptFirstTable),
    Variant("message-id", receive=receive_by_message_id),
    Variant("unfenced-job", table=UnfencedTable),
    Variant("blind-erasure", table=BlindTable),
    Variant("lost-update", table=UnheedingTable),
    Variant("naive-sender", send=naive),
    Variant("powertools-sender", send=with_powertools),
)
SENDERS = (WHOLE, *(variant for variant in BROKEN if variant.name.endswith("-sender")))
VARIANTS = {variant.name: variant for variant in (WHOLE, *BROKEN)}
