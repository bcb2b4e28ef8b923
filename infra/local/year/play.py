"""A year from event to event: who comes by, what the machinery has to do then, and what messages bring about."""

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from time import process_time

from chalicelib.clock import shanghai_day
from chalicelib.sending.traits import TRAITS
from chalicelib.store import switches
from infra.local.wechat_simulator.changes import Listener
from infra.local.wechat_simulator.person import Message
from infra.local.year.behaviour import RECENT, REFUSE, Visit, doings, kind_of, next_visit, reaction
from infra.local.year.outcome import Outcome
from infra.local.year.people import Person, lots
from infra.local.year.shop import ACCOUNT, START, Shop
from infra.local.year.signs import Signs
from infra.local.year.ways import Way

DAY = timedelta(days=1)
TURN = timedelta(minutes=5)
"""Between two runs of the planner, and of the watch."""
LAG = timedelta(minutes=1)
"""So far behind the watch reads."""
SENDS = (TRAITS["template"].api, TRAITS["subscribe"].api)
ARRIVING = ("points", "season")
"""The calls that WeChat reports on, and what arrives by them."""
ROLL = timedelta(hours=2, minutes=15)
"""The run of the journal's roll that closes the day before."""
BETWEEN = timedelta(seconds=20)
"""Two things that somebody does at one visit."""
TALK = timedelta(hours=1)
"""What the shop says within this time of a visit is a part of the conversation, and disturbs nobody."""
POINTS_LAST = timedelta(days=90)
Tell = Callable[[Outcome], None]


@dataclass(slots=True)
class Follower:
    """Somebody, as the year has made them."""

    person: Person
    life: Random
    mind: Random
    """Another stream for messages: so the same people live the same life where nobody writes to them."""
    openid: str = ""
    turn: int = 0
    """Only what was planned last counts."""
    silent: bool = False
    gone: bool = False
    muted: bool = False
    points: int = 0
    came_at: datetime = START
    heard: deque[datetime] = field(default_factory=deque)


class Year:
    """`tell` is called at the end of each day."""

    def __init__(
        self, way: Way, shop: Shop, people: Sequence[Person], *, days: int, seed: int, tell: Tell = lambda _: None
    ) -> None:
        self.shop = shop
        self.outcome = Outcome(way.name)
        self._way, self._tell = way, tell
        self._end = START + days * DAY
        self._agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()
        self._signs = Signs()
        self._is_watch_due = False
        self._followers: dict[str, Follower] = {}
        self._bell: Listener
        for person in people:
            self._expected(Follower(person, lots(seed, person.number, "life"), lots(seed, person.number, "mind")))

    def play(self) -> Outcome:
        began = process_time()
        with self.shop.simulator.world.changes.listening() as self._bell:
            self._way.open(self.shop)
            self._begin_day(START)
            self._go_round()
            while self._step():
                pass
        self.outcome.paused = {kind: one.reason for kind, one in self._switches().kinds.items()}
        self.outcome.seconds = process_time() - began
        return self.outcome

    def _expected(self, follower: Follower) -> None:
        self._at(follower.person.joins_at, lambda: self._join(follower))

    # The agenda

    def _at(self, at: datetime, what: Callable[[], object]) -> None:
        heapq.heappush(self._agenda, (at, next(self._numbers), what))

    def _step(self) -> bool:
        """The next thing that happens, the machinery before the people; False when the year is over."""
        moment, (at, _, what) = self.shop.next_moment(), self._agenda[0]
        if min(at, moment or at) > self._end:
            return False
        if moment and moment <= at:
            self.shop.go_to(moment)
            self.shop.run()
        else:
            heapq.heappop(self._agenda)
            self.shop.go_to(at)
            what()
        for openid, message in self.shop.news(self._bell):
            self._read(self._followers[openid], message)
        self._see_to_the_watch()
        return True

    def _see_to_the_watch(self) -> None:
        """It runs in its next turn if it could find anything then; in a quiet account it never does."""
        sent, now = sum(self.shop.calls[path] for path in SENDS), self.shop.now
        if not sent or self._is_watch_due:
            return
        self._signs.count(now, sent=sent, arrived=sum(self.outcome.heard.get(kind, 0) for kind in ARRIVING))
        if self._signs.is_due(now, sent=sent):
            self._is_watch_due = True
            self._at(_next_turn(now), self._watch)

    def _watch(self) -> None:
        self._is_watch_due = self._signs.is_fresh = False
        self.outcome.watched += 1
        self.shop.world.watch()

    def _begin_day(self, midnight: datetime) -> None:
        self._at(midnight + TURN, self._plan)
        self._at(midnight + ROLL, self.shop.world.roll)
        self._at(midnight + DAY, lambda: self._end_day(midnight))

    def _end_day(self, midnight: datetime) -> None:
        self.shop.import_facts()
        following = [one for one in self._followers.values() if not one.gone]
        self.outcome.counted(
            shanghai_day(midnight),
            followers=len(following),
            lively=sum(self.shop.now - one.came_at <= RECENT for one in following),
            calls=self.shop.calls + self._way.calls,
        )
        self._signs.sent_before = sum(self.shop.calls[path] for path in SENDS)
        self._tell(self.outcome)
        self._begin_day(midnight + DAY)

    def _plan(self) -> None:
        if self.shop.plan():
            self._at(self.shop.now + TURN, self._plan)

    def _go_round(self) -> None:
        following = self._way.next_round(self.shop.now)
        if following is not None:
            self._at(following, self._round)

    def _round(self) -> None:
        self._way.go_round(self.shop)
        self._go_round()

    # What people do

    def _join(self, follower: Follower) -> None:
        follower.openid = self.shop.newcomer(follower.person.number)
        self._followers[follower.openid] = follower
        self.outcome.joined += 1
        self.shop.act(follower.openid, "follow", {"scene": follower.person.scene})
        self._at(self.shop.now + follower.person.stays, lambda: self._leave(follower))
        follower.came_at = self.shop.now
        self._visit(follower, is_first=True)

    def _come(self, follower: Follower, turn: int, *, won_by: str = "") -> None:
        if turn == follower.turn and not follower.gone:
            if won_by:
                self.outcome.won[won_by] = self.outcome.won.get(won_by, 0) + 1
            self._visit(follower, was_won=bool(won_by))

    def _visit(self, follower: Follower, *, is_first: bool = False, was_won: bool = False) -> None:
        self.outcome.visits += 1
        follower.came_at = self.shop.now
        for act, given in doings(follower.person, follower.life, is_first=is_first):
            self.shop.go_to(self.shop.now + BETWEEN)
            self.shop.act(follower.openid, act, given)
        if follower.life.random() < follower.person.buys:
            follower.points += follower.life.randint(10, 80)
            self.shop.tell(follower.openid, follower.points, shanghai_day(self.shop.now + POINTS_LAST))
        self._expect(follower, next_visit(follower.person, self.shop.now, follower.life, was_won=was_won))

    def _expect(self, follower: Follower, visit: Visit) -> None:
        follower.silent = visit.silent
        follower.turn += 1
        turn = follower.turn
        self._at(visit.at, lambda: self._come(follower, turn))

    def _leave(self, follower: Follower, *, put_off: bool = False) -> None:
        if not follower.gone:
            follower.gone = True
            self.outcome.left += 1
            self.outcome.put_off += put_off
            self._signs.left(self.shop.now)
            self.shop.act(follower.openid, "unfollow", {})

    # What messages bring about

    def _read(self, follower: Follower, message: Message) -> None:
        now, kind = self.shop.now, kind_of(message)
        if kind == "answer" and now - follower.came_at < TALK:
            return
        self.outcome.heard[kind] = self.outcome.heard.get(kind, 0) + 1
        while follower.heard and now - follower.heard[0] > RECENT:
            follower.heard.popleft()
        follower.heard.append(now)
        found = reaction(
            follower.person, kind, at=now, recent=len(follower.heard), silent=follower.silent, random=follower.mind
        )
        turn = follower.turn
        match found.deed:
            case "comes":
                self._at(found.at, lambda: self._come(follower, turn, won_by=kind))
            case "leaves":
                self._at(found.at, lambda: self._leave(follower, put_off=True))
            case "mutes":
                self._at(found.at, lambda: self._mute(follower))
            case "opts_out":
                self._at(found.at, lambda: self._refuse(follower))

    def _mute(self, follower: Follower) -> None:
        self.outcome.muted += not follower.muted
        follower.muted = True
        self.shop.act(follower.openid, "receive_off", {})

    def _refuse(self, follower: Follower) -> None:
        if not follower.gone:
            self.outcome.refused += 1
            self.shop.act(follower.openid, "say", {"text": REFUSE})

    def _switches(self) -> switches.Switches:
        return switches.find(self.shop.world.table(), ACCOUNT)


def _next_turn(at: datetime) -> datetime:
    """When the clock next wakes what it wakes every five minutes, with everything of `at` in the journal's past."""
    passed = (at + LAG - START) // TURN
    return START + (passed + 1) * TURN
