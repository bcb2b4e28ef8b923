"""Where a flow is played: one world, one account, whoever comes, and what goes wrong when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from chalicelib.clock import parse_iso
from chalicelib.door import Deadline
from chalicelib.faq import publishing
from chalicelib.sending import intents
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.release import Release
from infra.local import lambdas
from infra.local.memory.faults import Faults
from infra.local.memory.queue import Chaos
from infra.local.memory.world import MemoryWorld
from tests.simulation.evidence import Evidence, Item
from tests.simulation.invocations import WENT_WRONG, Invocations, Process
from tests.simulation.notices import NEWS, ORDER, Notice, accepted_by
from tests.simulation.plans import DUPLICATE, FAULTS, INTRUDER, ZOMBIE, Strike
from tests.simulation.road import Road
from tests.simulation.variants import WHOLE, Variant
from tests.support.shop import DATA_KEY, an_account

SHOP = "shop"
URL = f"http://memory.invalid/wechat/{SHOP}"
ROUNDS = 60
"""More turns than any job or push takes to be done or given up."""
ASKS = 4
"""How often another system asks before it leaves it."""
PAUSE = 120
"""Seconds that a zombie stands still: longer than a job's first lease."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How the outside behaves all the time."""

    chaos: Chaos = field(default_factory=Chaos)
    index_lag: timedelta = timedelta(0)
    ttl_lag: timedelta = timedelta(days=2)
    skew: float = 0.0
    """Seconds that a Lambda's clock may be wrong, either way."""
    deliveries: int = 3


CALM = Weather()


class Stage:
    """Acts go through WeChat's simulator; strikes hit effects that are counted from `open`."""

    def __init__(self, *, seed: int = 0, variant: Variant = WHOLE, weather: Weather = CALM) -> None:
        self.evidence = Evidence()
        self.random = Random(seed)
        self.faults = Faults(seed=seed)
        self.pace = 2.0
        """Seconds between one act and the next."""
        self._message_ids = count(1)
        self._invocations = Invocations(self.evidence, skew=weather.skew, random=self.random)
        account = an_account(SHOP, callback_url=URL)
        self._road = Road(account, variant.receive, evidence=self.evidence, invocations=self._invocations,
                          items=self._items)  # fmt: skip
        self._send = variant.send
        self.world = self._built(seed, variant, weather)
        self.simulator = self.world.simulator
        self.simulator.set_switches(breaker_failures=0, deliveries=weather.deliveries)
        self.world.add_account(account, data_key=DATA_KEY)
        for template in ("offers", NEWS):
            self.simulator.add_template(SHOP, template, template, {"thing1": "事项"}, subscribe=True)
        self.simulator.add_template(SHOP, ORDER, ORDER, {"thing1": "事项"})
        self.evidence.account = SHOP
        self.follower = self.newcomer()
        self.neighbour = self.newcomer()
        self.bystander = self.newcomer()
        """Does nothing but follow."""

    def _built(self, seed: int, variant: Variant, weather: Weather) -> MemoryWorld:
        self._invocations.world = world = MemoryWorld(
            seed=seed,
            faults=self.faults,
            chaos=weather.chaos,
            index_lag=weather.index_lag,
            ttl_lag=weather.ttl_lag,
            courier=self._road,
            process=partial(Process, invocations=self._invocations, table=variant.table),
        )
        return world

    # What people do

    def newcomer(self) -> str:
        """Someone who does not follow yet."""
        return self.simulator.add_follower(SHOP)

    def act(self, act: str, openid: str = "", **given: Any) -> None:
        """The follower does something, a moment later; not what is impossible to them at the moment."""
        openid = openid or self.follower
        self.world.clock.advance(self.pace)
        if self._is_possible(act, openid):
            self.simulator.act(openid, act, given)

    def _is_possible(self, act: str, openid: str) -> bool:
        person = self.simulator.world.person(openid)
        return not person.closed and person.following == (act != "follow")

    def say(self, text: str, openid: str = "") -> None:
        self.act("say", openid, text=text)

    def say_under_one_id(self, text: str) -> None:
        """The follower and their neighbour say the same, and WeChat gives both messages one id."""
        message_id = next(self._message_ids)
        for openid in (self.follower, self.neighbour):
            self.act("event", openid, MsgType="text", Content=text, MsgId=message_id)

    def unheard(self, act: str, openid: str = "", **given: Any) -> None:
        """The follower does something that never reaches us."""
        if self._is_possible(act, openid or self.follower):
            self.simulator.add_fault("unreachable", attempts=9, openid=openid or self.follower)
            self.act(act, openid, **given)

    def attack(self, fault: str, **settings: Any) -> None:
        """Someone sends in the bystander's name what is not WeChat's, or not whole."""
        self.simulator.add_fault(fault, openid=self.bystander, **settings)
        self._road.is_hostile = True
        try:
            self.say("停车", self.bystander)
        finally:
            self._road.is_hostile = False

    # What other systems do

    def ask(self, notice: Notice) -> None:
        """Another system wants the follower told, and asks until it is answered."""
        notices = self.evidence.notices
        notices.perhaps[notice.key] = notice
        for _ in range(ASKS):
            self._invocations.run(lambda: self._plan(notice))
            if notice.key in notices.asked:
                return

    def _plan(self, notice: Notice) -> None:
        r = self.world.runtime
        intents.plan(
            [notice.intent(r.now())],
            r.accounts.find(SHOP),
            table=r.table(Deadline(20)),
            queues=r.queues,
            now=r.now(),
        )
        self.evidence.notices.asked[notice.key] = notice

    # What the machinery does

    def work(self) -> int:
        """One batch of wake-ups through the worker."""
        try:
            return self.world.pump(self._work_do, self._push_send)
        except WENT_WRONG:
            return 0

    def tick(self) -> None:
        """The clock wakes what is overdue."""
        self._invocations.run(self.world.tick)

    def plan(self) -> None:
        """The clock has policies planned."""
        self._invocations.run(self.world.plan)

    def refresh_tokens(self) -> None:
        """The clock refreshes every account's token."""
        from chalicelib.tokens.entry import token_refresh

        def refresh() -> None:
            event = lambdas.schedule_event("token_refresh", self.world.clock.now())
            with self._invocations.counted_refresh(self.world.runtime):
                token_refresh(event, lambdas.context("token_refresh", seconds=30))

        self._invocations.run(refresh)

    def publish(self, release: Release) -> None:
        """An operator publishes; what fails, they may try again."""
        self._invocations.run(lambda: publishing.publish(self.world.table(), SHOP, release))

    def roll_back(self, version: int) -> None:
        self._invocations.run(lambda: publishing.rollback(self.world.table(), SHOP, version))

    def operate(self, act: Callable[["Stage"], object]) -> None:
        """An operator does something, a moment later; what fails, they may try again."""
        self.world.clock.advance(self.pace)
        self._invocations.run(lambda: act(self))

    def lose_wake_ups(self) -> None:
        """Everything in the queue is gone."""
        while self.world.pump(lambda *_: None, lambda *_: None):
            pass

    # How it goes

    def open(
        self, strikes: tuple[Strike, ...] = (), meanwhile: Callable[["Stage"], object] = lambda _stage: None
    ) -> None:
        """From here on effects are counted, and struck as planned."""
        self.evidence.bystander = (self._items_of(self.bystander), ())
        for strike in strikes:
            self.strike(strike, meanwhile)

    def strike(self, strike: Strike, meanwhile: Callable[["Stage"], object]) -> None:
        if strike.kind in FAULTS:
            self.faults.plan(FAULTS[strike.kind], skip=strike.at)
        else:
            self.faults.interrupt(lambda: self._interrupt(strike.kind, meanwhile), skip=strike.at)

    def settle(self) -> None:
        """Let WeChat, the queue and the clock run until nothing is left to do."""
        for _ in range(ROUNDS):
            while self.work():
                pass
            self.simulator.run_due()
            if self.world.is_idle():
                break
            self._wait_for_what_is_due()
            self.tick()

    def close(self) -> Evidence:
        """Nothing goes wrong any more. Come to rest, also with the wake-ups that come late, and look at it all."""
        self.faults.stop()
        for _ in range(2):
            self.settle()
            self.world.clock.advance(400)
        seen = self.evidence
        seen.unrest = "" if self.world.is_idle() else "jobs or pushes go on for ever"
        seen.now = self.world.clock.now()
        seen.items = self._items()
        people = self.simulator.followers(SHOP)
        seen.following = {person["openid"]: person["following"] for person in people}
        seen.followed_at = {
            person["openid"]: parse_iso(person["subscribed_at"]).replace(microsecond=0)
            for person in people
            if person["following"]
        }
        seen.bystander = (seen.bystander[0], self._items_of(self.bystander))
        seen.notices.accepted, seen.notices.calls = accepted_by(self.simulator)
        return seen

    def _items(self, prefix: str = "") -> list[Item]:
        return [from_dynamo(item) for item in self.world.items(prefix)]

    def _items_of(self, openid: str) -> list[Item]:
        return self._items(f"M#{SHOP}#{openid}")

    def _work_do(self, event: Any, _context: Any) -> None:
        from chalicelib.work.entry import work_do

        self._invocations.run_for_queue(lambda: work_do(event, lambdas.context("work_do", seconds=30)))

    def _push_send(self, event: Any, _context: Any) -> None:
        self._invocations.run_for_queue(lambda: self._send(event))

    def _wait_for_what_is_due(self) -> None:
        now = self.world.clock.now()
        waiting = (*self.world.jobs(dead=False), *self.world.open_pushes())
        due = min(parse_iso(item["due_at"]["S"]) for item in waiting)
        self.world.clock.advance(max(60.0, (due - now).total_seconds()))

    # How it goes wrong

    def _interrupt(self, kind: str, meanwhile: Callable[["Stage"], object]) -> None:
        invocation = self._invocations.current
        if kind == DUPLICATE:
            invocation.is_repeated = True
        elif kind == INTRUDER:
            invocation.again()
        elif kind == ZOMBIE:
            invocation.was_paused = True
            self._stand_still(invocation.again)
        else:
            with self.world.elsewhere():
                meanwhile(self)

    def _stand_still(self, again: Callable[[], None]) -> None:
        """Meanwhile WeChat comes again, the lease runs out, and other workers take over."""
        self.world.clock.advance(5)
        again()
        self.world.clock.advance(PAUSE)
        with self.world.elsewhere():
            self.tick()
            while self.work():
                pass
