"""The simulated world: accounts, people, the clock and what was written down. No network in it."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from random import Random
from threading import RLock
from typing import Any

from infra.local.wechat_simulator.account import OPENID_CHARS, Account, letters
from infra.local.wechat_simulator.account_state import AccountState
from infra.local.wechat_simulator.agenda import Agenda
from infra.local.wechat_simulator.authorizations import Authorizations
from infra.local.wechat_simulator.changes import Changes
from infra.local.wechat_simulator.clock import Clock
from infra.local.wechat_simulator.faults import FaultList
from infra.local.wechat_simulator.person import Entry, Message, Person
from infra.local.wechat_simulator.refusal import Missing, Refused
from infra.local.wechat_simulator.switches import Switches
from infra.local.wechat_simulator.tokens import Tokens
from infra.local.wechat_simulator.wire_log import WireLog

FIRST_MESSAGE_ID = 24_000_000_000_000_001  # as long as real ones: it does not fit into 53 bits
RIDS_KEPT = 1_000
FIRST_SEND_ID = 3_000_000_000_000_001


class World:
    """State that several threads share. Hold `lock` for changes, never while waiting."""

    def __init__(self, *, clock: Clock, switches: Switches, random: Random, pause: Callable[[float], None]) -> None:
        self.lock = RLock()
        self.clock = clock
        self.switches = switches
        self.random = random
        self.pause = pause
        self.log = WireLog()
        self.changes = Changes()
        self.agenda = Agenda()
        self.faults = FaultList()
        self.accounts: dict[str, AccountState] = {}
        self.people: dict[str, Person] = {}
        self.told_by_rid: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.push_service = "o" + letters(random, 27, OPENID_CHARS)
        self._message_ids = count(FIRST_MESSAGE_ID)
        self._send_ids = count(FIRST_SEND_ID)
        self._entries = count(1)

    def now(self) -> datetime:
        return self.clock.now()

    def add_account(self, account: Account) -> AccountState:
        """Register an account, or change one: its followers stay."""
        with self.lock:
            for other in self.accounts.values():
                if other.account.account != account.account and other.account.appid == account.appid:
                    raise Refused(f"appid {account.appid} 已经属于账号 {other.account.account}")
            state = self.accounts.get(account.account)
            if state is None:
                state = AccountState(account, Tokens(self.random), Authorizations(self.random))
                self.accounts[account.account] = state
            state.account = account
        self.changes.tell_version("followers")
        return state

    def account(self, name: str) -> AccountState:
        if name not in self.accounts:
            raise Missing(f"没有账号 {name}")
        return self.accounts[name]

    def person(self, openid: str) -> Person:
        if openid not in self.people:
            raise Missing("没有这个人")
        return self.people[openid]

    def add_person(self, account: str, name: str, openid: str = "") -> Person:
        with self.lock:
            state = self.account(account)
            openid = openid or "o" + letters(self.random, 27, OPENID_CHARS)
            if openid in self.people:
                raise Refused("这个 openid 已经有人用了")
            person = Person(openid, account, name or f"粉丝 {len(state.people) + 1}")
            if state.account.has_unionid:
                person.unionid = "o" + letters(self.random, 27, OPENID_CHARS)
            state.people[openid] = self.people[openid] = person
        self.changes.tell_version("followers")
        return person

    def add_crowd(self, account: str, count: int, *, since: datetime, days: int) -> list[str]:
        """So many followers at once, who came evenly over the days from then on and have done nothing: a million in
        seconds. Nobody is told of them."""
        with self.lock:
            state = self.account(account)
            openids = []
            for number in range(count):
                openid = "o" + letters(self.random, 27, OPENID_CHARS)
                person = Person(openid, account, f"粉丝 {number + 1}", following=True)
                person.subscribed_at = since + timedelta(seconds=86_400 * days * number // count)
                person.subscribe_scene = "ADD_SCENE_SEARCH"
                state.people[openid] = self.people[openid] = person
                openids.append(openid)
            state.roster = None
        self.changes.tell_version("followers")
        return openids

    def new_message_id(self) -> int:
        return next(self._message_ids)

    def new_send_id(self) -> int:
        return next(self._send_ids)

    def show(self, person: Person, side: str, message: Message) -> None:
        """Write a line into the person's chat. `side` is follower, account or system."""
        with self.lock:
            now = self.now()
            entry = Entry(next(self._entries), now, side, message)
            person.chat.append(entry)
            if kept := self.switches.chat_kept:
                del person.chat[:-kept]
            person.last_at = now
            if side == "account":
                person.unread += 1
        self.changes.tell("chat", {person.openid: entry.seq})

    def draw(self, between: tuple[float, ...]) -> float:
        """A number of seconds between two limits."""
        return self.random.uniform(between[0], between[-1])

    def keep_rid(self, rid: str, told: dict[str, Any]) -> None:
        """Remember a refused call, so that its rid can be looked up."""
        with self.lock:
            self.told_by_rid[rid] = told
            while len(self.told_by_rid) > RIDS_KEPT:
                self.told_by_rid.popitem(last=False)

    def record(self, kind: str, *, account: str, title: str, **fields: object) -> None:
        """Write a line into the wire log."""
        seq = self.log.add(kind, self.now(), account=account, title=title, **fields)
        self.changes.tell("log", seq)
