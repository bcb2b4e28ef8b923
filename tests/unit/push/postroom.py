"""A shop in memory that owes its follower notices; WeChat's word on them comes exactly when a test wants it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from chalicelib.push.kit import Kit, kit
from chalicelib.push.send import send
from chalicelib.sending import intents
from chalicelib.sending.intents import Intent
from chalicelib.store import keys
from chalicelib.store import push as pushes
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.journal import Entry
from chalicelib.store.member import Member
from chalicelib.store.push import Channel, Content, Push
from chalicelib.store.sends import Sends
from infra.local.memory.faults import Crashed
from tests.support.meddling import MeddledTable
from tests.support.memory import a_memory_shop

PATHS = {"template": "/cgi-bin/message/template/send", "subscribe": "/cgi-bin/message/subscribe/bizsend"}


class Postroom:
    """It is morning, and the follower has accepted one subscription notice."""

    def __init__(self, *, duplicate: str = "same") -> None:
        self.shop = a_memory_shop()
        self.world, self.simulator = self.shop.world, self.shop.simulator
        self.simulator.set_switches(template_finish_events=False, duplicate_client_msg_id=duplicate)
        self.simulator.add_template("shop", "order", "订单", {"thing1": "事项"})
        self.simulator.add_template("shop", "sale", "活动", {"thing1": "事项"}, subscribe=True)
        self.openid = self.shop.follower()
        self.simulator.accept(self.openid, "sale")
        self.world.rest()

    def plan(self, key: str, channel: Channel = "template", *, expires_in: timedelta | None = None) -> Push:
        r = self.world.runtime
        expires_at = r.now() + expires_in if expires_in else None
        template = "order" if channel == "template" else "sale"
        intent = Intent(
            self.openid, "news", key, channel, "service", Content(template, {"thing1": key}), expires_at=expires_at
        )
        push = intents.as_push(intent, r.accounts.find("shop"), now=r.now())
        intents.plan((intent,), r.accounts.find("shop"), table=self.world.table(), queues=r.queues, now=r.now())
        return push

    def work(self, push: Push, *meddlers: Callable[[], object]) -> None:
        """A worker takes the push one step; before each of its writes a meddler has its turn. It may die of one."""
        tools = kit(lot=1)
        meddled: Kit = replace(tools, table=MeddledTable(tools.table, *meddlers))
        try:
            send(push.name, meddled)
        except Crashed:
            self.world.restart()

    def later(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    def numbers(self, path: str = PATHS["template"]) -> list[str]:
        """WeChat's numbers of the sends that it took, in order."""
        taken = [entry for entry in self.simulator.log.entries() if entry["kind"] == "api" and entry["path"] == path]
        return [str(one["response"].get("msgid", "")) for one in taken if one["response"].get("errcode") == 0]

    def tell(self, status: str, *, number: str = "") -> None:
        """WeChat's word on the first send, or on that of this number."""
        told = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": number or self.numbers()[0], "Status": status}
        outcome = self.simulator.act(self.openid, "event", {"MsgType": "event", **told})
        assert outcome.deliveries[-1].status == 200

    def deliver_results(self) -> None:
        """What WeChat has to tell of subscription notices comes now."""
        self.later(5)
        self.simulator.run_due()

    def messages(self) -> int:
        """How many notices the follower has."""
        return len([one for one in self.simulator.inbox(self.openid) if one["type"] in PATHS])

    def push(self, push: Push) -> Push:
        found = pushes.find(self.world.table(), push.name)
        assert found is not None
        return found

    def ledger(self) -> Sends:
        item = self.world.table().get(keys.sends("shop", self.openid))
        assert item is not None
        return Sends.from_item(item)

    def member(self) -> Member:
        item = self.world.table().get(keys.member("shop", self.openid))
        assert item is not None
        return Member.from_item(item)

    def journal(self, *outcomes: str) -> list[Entry]:
        entries = (Entry.from_item(from_dynamo(item)) for item in self.world.items("L#shop#"))
        return [entry for entry in entries if entry.outcome in outcomes]
