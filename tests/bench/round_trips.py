"""How often a delivery asks the table and the queue. Counted, not timed: the same on every machine."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from chalicelib.store import keys
from chalicelib.store.member import Member
from chalicelib.store.sends import Sends, Sent
from infra.local.wechat_simulator.parcel import Parcel
from tests.bench.extent import Extent
from tests.bench.report import Bar, Result
from tests.bench.shop import ACCOUNT, Shop, log_unread, openid_of, receive
from tests.bench.timing import Meter
from tests.builders import a_push

T = TypeVar("T")
QUEUE = "SendMessageBatch"
SAYS = "Calls of AWS per delivery to a warm function, counted by the in-memory clients."


@dataclass(frozen=True, slots=True)
class Trips:
    """What one delivery asked of AWS."""

    table: int
    queue: int


class Spoiler(Meter):
    """Lets someone else be faster than the next commit, and does not count what they do."""

    def __init__(self) -> None:
        super().__init__()
        self.before_commit: Callable[[], object] | None = None

    def around(self, operation: str, work: Callable[[], T]) -> T:
        if operation == "TransactWriteItems" and self.before_commit:
            spoil, self.before_commit = self.before_commit, None
            counted = self.operations.copy()
            spoil()
            self.operations = counted
        return super().around(operation, work)


def trips(shop: Shop, parcel: Parcel) -> Trips:
    """Deliver it, and count."""
    shop.meter.operations = Counter()
    receive(parcel)
    calls = shop.meter.operations
    return Trips(calls.total() - calls[QUEUE], calls[QUEUE])


def deliveries() -> dict[str, Trips]:
    """The deliveries of the budget, to a warm function."""
    spoiler = Spoiler()
    shop = Shop(meter=spoiler)
    known = shop.follows(1)
    question = shop.parcel("text", known, content="新")
    found = {
        "a message of a known follower": trips(shop, question),
        "WeChat's retry of it": trips(shop, question),
        "a menu click": trips(shop, shop.parcel("event.click", known, key="faq:hours")),
        "a result event": trips(shop, shop.parcel("event.templatesendjobfinish", known, status="success")),
        "a result event, which ends a push": trips(shop, _end_of_push(shop, known, "success")),
        "a result event, which slows the account": trips(shop, _end_of_push(shop, known, "failed:freq limit")),
        "a new follower, whose profile is fetched": trips(shop, shop.parcel("event.subscribe", openid_of(2))),
    }
    spoiler.before_commit = lambda: _move(shop, known)
    found["a message, while someone else moves the member"] = trips(shop, shop.parcel("text", known, content="新"))
    return found


def run(extent: Extent) -> tuple[Result, ...]:
    del extent  # there is nothing to repeat
    with log_unread():
        found = deliveries()
    rows = tuple((what, str(one.table), str(one.queue)) for what, one in found.items())
    first, replay, *_, newcomer, conflict = found.values()
    queued = (first.queue, replay.queue, newcomer.queue)
    bars = (
        Bar("a first delivery takes 2 round trips to the table", str(first.table), first.table == 2),
        Bar("a retry takes 1", str(replay.table), replay.table == 1),
        Bar("a conflict takes 4", str(conflict.table), conflict.table == 4),
        Bar("the queue is called once where there are jobs, else never", f"{queued}", queued == (0, 0, 1)),
    )
    return (Result(SAYS, ("delivery", "calls of the table", "calls of the queue"), rows, bars),)


def _end_of_push(shop: Shop, openid: str, status: str) -> Parcel:
    """WeChat's word on a push that was just sent."""
    table, now = shop.world.table(), shop.world.clock.now()
    item = table.get(keys.member(ACCOUNT, openid))
    if item is None:
        raise LookupError("the member is not there")
    push = a_push(account=ACCOUNT, push_id=status, openid="", group="", state="sent", msgid=f"{len(status)}", version=0)
    sent = Sent(push.push_id, push.kind, push.channel, now, counts=False, state="sent", msgid=push.msgid)
    ledger = table.get(keys.sends(ACCOUNT, openid))
    sends = Sends.from_item(ledger) if ledger else Sends(ACCOUNT, openid, item["member_no"])
    table.write([push.put(), sends.with_sent(sent).put()])
    return shop.parcel("event.templatesendjobfinish", openid, status=status, msgid=push.msgid)


def _move(shop: Shop, openid: str) -> None:
    table = shop.world.table()
    item = table.get(keys.member(ACCOUNT, openid))
    if item is None:
        raise LookupError("the member is not there")
    table.write([replace(Member.from_item(item), remark="moved").put()])
