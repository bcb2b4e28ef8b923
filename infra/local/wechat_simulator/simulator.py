"""The simulator's core: WeChat's server and the people in it, without any network of its own."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from infra.local.wechat_simulator.account import Account
from infra.local.wechat_simulator.account_state import Keyword, Template
from infra.local.wechat_simulator.acts import Happening
from infra.local.wechat_simulator.api.door import Door
from infra.local.wechat_simulator.api.wire import ApiAnswer, ApiRequest
from infra.local.wechat_simulator.arguments import Arguments
from infra.local.wechat_simulator.clock import Clock
from infra.local.wechat_simulator.courier import Courier
from infra.local.wechat_simulator.faults import Fault
from infra.local.wechat_simulator.http_courier import HttpCourier
from infra.local.wechat_simulator.media import Upload
from infra.local.wechat_simulator.pay.desk import PATHS, PayDesk
from infra.local.wechat_simulator.pay.notice import Notice
from infra.local.wechat_simulator.pay.notifier import Notifier
from infra.local.wechat_simulator.person import Message
from infra.local.wechat_simulator.platform_acts import ALL_ACTS
from infra.local.wechat_simulator.postman import Postman, Task
from infra.local.wechat_simulator.push import Push
from infra.local.wechat_simulator.refusal import Missing, Refused
from infra.local.wechat_simulator.switches import Switches
from infra.local.wechat_simulator.verdict import Outcome, Verdict
from infra.local.wechat_simulator.verification import Verification, verify
from infra.local.wechat_simulator.wire_log import WireLog
from infra.local.wechat_simulator.world import World


def in_threads(tasks: Sequence[Task]) -> Sequence[Verdict]:
    """Run the tasks at the same time."""
    with ThreadPoolExecutor(max_workers=len(tasks)) as pool:
        return [future.result() for future in [pool.submit(task) for task in tasks]]


class Simulator:
    """Thread-safe. With a seed, a frozen clock and an in-process courier, every run is the same."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        courier: Courier | None = None,
        switches: Switches | None = None,
        pause: Callable[[float], None] = time.sleep,
        seed: int | None = None,
        timer: Callable[[], float] = time.perf_counter,
        together: Callable[[Sequence[Task]], Sequence[Verdict]] = in_threads,
    ) -> None:
        random = Random(seed)  # noqa: S311 - made-up ids and tokens of a simulator
        self.world = World(clock=clock or Clock(), switches=switches or Switches(), random=random, pause=pause)
        self._courier = courier or HttpCourier()
        self._postman = Postman(self.world, self._courier, timer=timer, together=together)
        self._notifier = Notifier(self.world, self._courier, timer=timer)
        self._door = Door(self.world, timer=timer)
        self._desk = PayDesk(self.world, timer=timer)
        self.world.clock.subscribe(self._clock_moved)

    # What is there

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def log(self) -> WireLog:
        return self.world.log

    @property
    def switches(self) -> Switches:
        return self.world.switches

    @property
    def accounts(self) -> tuple[Account, ...]:
        return tuple(state.account for state in self.world.accounts.values())

    def set_switches(self, **values: object) -> Switches:
        with self.world.lock:
            self.world.switches = self.world.switches.changed(values)
        return self.world.switches

    def add_account(self, account: Account) -> None:
        """Register an account, or change its settings."""
        self.world.add_account(account)

    def add_follower(self, account: str, name: str = "", *, openid: str = "") -> str:
        """A new person who does not follow yet. Answers the openid."""
        return self.world.add_person(account, name, openid).openid

    def add_crowd(self, account: str, count: int, *, since: datetime, days: int = 1) -> list[str]:
        """So many who follow already, and whose follow was never told: what an account has that is new here."""
        return self.world.add_crowd(account, count, since=since, days=days)

    def add_template(
        self,
        account: str,
        template_id: str,
        title: str,
        keywords: Mapping[str, str],
        *,
        subscribe: bool = False,
        legacy: bool = False,
    ) -> None:
        """Give the account a template with this id; `keywords` is key to name, as `{"thing1": "姓名"}`."""
        lines = tuple(Keyword(key, name) for key, name in keywords.items())
        state = self.world.account(account)
        owned = state.subscriptions if subscribe else state.templates
        with self.world.lock:
            owned[template_id] = Template(template_id, title, lines, is_legacy=legacy)

    def followers(self, account: str = "") -> list[Message]:
        with self.world.lock:
            states = [self.world.account(account)] if account else list(self.world.accounts.values())
            now = self.world.now()
            return [one.as_json(now, state.tags) for state in states for one in state.people.values()]

    def inbox(self, openid: str) -> list[Message]:
        """All that the person received, oldest first."""
        with self.world.lock:
            entries = [one for one in self.world.person(openid).chat if one.side != "follower"]
            return [{**one.message, "at": one.at.isoformat()} for one in entries if one.message["type"] != "event"]

    def chat(self, openid: str, *, after: int = 0) -> list[Message]:
        """Both directions; whoever reads it has read the messages."""
        with self.world.lock:
            person = self.world.person(openid)
            person.unread = 0
            return [one.as_json() for one in person.chat if one.seq > after]

    def last_seq(self, openid: str) -> int:
        """The number of the newest line in the person's chat."""
        chat = self.world.person(openid).chat
        return chat[-1].seq if chat else 0

    # What happens

    def act(self, openid: str, act: str, given: Mapping[str, Any] | None = None) -> Outcome:
        """The person does something. Returns when the account's server has answered or WeChat gave up for now."""
        if act not in ALL_ACTS:
            raise Missing(f"没有这个动作：{act}")
        with self.world.lock:
            person = self.world.person(openid)
            if person.closed:
                raise Refused("这个人已经注销了微信账号")
            happening = ALL_ACTS[act](self.world, person, Arguments(given or {}))
        self.world.changes.tell_version("followers")
        return self._carry(happening)

    def say(self, openid: str, text: str) -> Outcome:
        return self.act(openid, "say", {"text": text})

    def follow(self, openid: str, scene: str = "") -> Outcome:
        return self.act(openid, "follow", {"scene": scene})

    def unfollow(self, openid: str) -> Outcome:
        return self.act(openid, "unfollow")

    def scan(self, openid: str, scene: str) -> Outcome:
        return self.act(openid, "scan", {"scene": scene})

    def click(self, openid: str, key: str) -> Outcome:
        return self.act(openid, "click", {"key": key})

    def accept(self, openid: str, template_id: str) -> Outcome:
        return self.act(openid, "accept", {"template_id": template_id})

    def reject(self, openid: str, template_id: str) -> Outcome:
        return self.act(openid, "reject", {"template_id": template_id})

    def verify(self, account: str) -> Verification:
        """Ask the callback URL for its echostr, as saving the settings does."""
        return verify(self.world, self.world.account(account).account, self._courier)

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        ip: str = "127.0.0.1",
        upload: Upload | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiAnswer:
        """A call of WeChat's API or of WeChat Pay's, as its server would answer it."""
        request = ApiRequest(method, path, query or {}, body, ip, upload, headers or {})
        return self._desk.answer(request) if path.startswith(PATHS) else self._door.answer(request)

    # What comes later

    def run_due(self) -> list[Outcome]:
        """Deliver, one after the other, what is due by the clock."""
        return [self._carry(errand) for errand in self.world.agenda.due(self.world.now())]

    def due_tasks(self) -> list[Callable[[], Outcome]]:
        """The same for a caller who delivers them in its own threads."""
        due = self.world.agenda.due(self.world.now())
        return [partial(self._carry, errand) for errand in due]

    def next_due(self) -> datetime | None:
        return self.world.agenda.next_due()

    def _carry(self, happening: Happening) -> Outcome:
        if isinstance(happening, Push):
            return self._postman.deliver(happening)
        if isinstance(happening, Notice):
            return self._notifier.deliver(happening)
        return Outcome(told=happening or {})

    # What goes wrong

    def add_fault(self, kind: str, **settings: object) -> Fault:
        """Order a fault; the README lists the kinds and their settings."""
        fault = Fault.from_json({"kind": kind, **settings})
        if fault.kind == "previous_key" and not self._has_previous_key(fault.account):
            raise Refused("账号没有上一个 EncodingAESKey（previous_aes_key）")
        self.world.faults.add(fault)
        self.world.changes.tell_version("faults")
        return fault

    def faults(self) -> tuple[Fault, ...]:
        return self.world.faults.waiting()

    def clear_faults(self) -> None:
        self.world.faults.clear()
        self.world.changes.tell_version("faults")

    def _has_previous_key(self, name: str) -> bool:
        hit = [account for account in self.accounts if name in ("", account.account)]
        return bool(hit) and all(account.previous_aes_key for account in hit)

    def _clock_moved(self) -> None:
        now = self.clock.now().isoformat()
        self.world.record("clock", account="", title=f"时钟拨到 {now}", offset_seconds=self.clock.offset_seconds)
        self.world.changes.tell("clock", now)
