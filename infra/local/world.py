"""The whole system on this machine: AWS, WeChat, the app, its queues and its clock."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.callbacks import edge
from chalicelib.runtime import Runtime, use
from chalicelib.settings import Settings
from infra.local import lambdas
from infra.local.aws import LocalAws
from infra.local.environments import Environments
from infra.local.gateway import Gateway
from infra.local.pumps import QueuePump, Schedule, Schedules
from infra.local.wechat_simulator import Account, Clock, Server, Simulator, serve
from infra.patience import CLOCK
from infra.provision import provision

STAGE = "local"
ENVIRONMENTS = 8
"""Requests served side by side, as by so many Lambda environments."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where things listen on loopback; 0 is any free port."""

    app: int = 8000
    wechat: int = 8001
    aws: int = 8002


class LocalRuntime(Runtime):
    """The product's runtime with the world's clock, the local AWS and the simulated WeChat."""

    def __init__(self, settings: Settings, *, aws: LocalAws, now: Callable[[], datetime]) -> None:
        super().__init__(settings)
        self._aws = aws
        self._now = now

    def now(self) -> datetime:
        return self._now()

    def refresh_token(self, account: str, refused: str) -> None:
        """What invoking the function comes to: its handler with the same event."""
        from chalicelib.access_token import scheduled_event
        from chalicelib.tokens.entry import token_refresh

        token_refresh(
            scheduled_event({"account": account, "refused": refused}), lambdas.context("token_refresh", seconds=30)
        )

    def _client(self, service: Any, *, read_seconds: float = 1) -> Any:
        return self._aws.client(service, seconds=max(read_seconds, 5))


class LocalWorld:
    """Start it, use it, stop it. One at a time per process: the runtime is the process's."""

    def __init__(self, ports: Ports | None = None, *, clock: Clock | None = None, seed: int | None = None) -> None:
        self._ports = ports or Ports(0, 0, 0)
        self.clock = clock or Clock()
        self.simulator = Simulator(clock=self.clock, seed=seed)
        self._running: list[Callable[[], None]] = []
        self.wechat: Server
        self.aws: LocalAws
        self.gateway: Gateway
        self.pump: QueuePump
        self.runtime: LocalRuntime

    def start(self, *, say: Callable[[str], None] = lambda _line: None) -> None:
        """Bring everything up, in the order in which it leans on each other."""
        try:
            self._start_wechat()
            self._start_aws(say)
            self._start_app()
            self._start_pumps()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what was started, last things first."""
        while self._running:
            self._running.pop()()

    @property
    def environment(self) -> dict[str, str]:
        """For a shell whose ``python -m infra.ops`` shall know only this world."""
        return {
            "HUIYUAN_STAGE": STAGE,
            "HUIYUAN_WECHAT_API": self.wechat.url,
            CLOCK: f"{self.wechat.url}/sim/clock",
            **self.aws.environment,
        }

    def add_account(self, account: Account, *, data_key: str) -> None:
        """Make an account known on both sides: in the simulator, and in the parameters of the app."""
        self.simulator.add_account(account)
        public = {"appid": account.appid, "token": account.token, "aes_key": account.aes_key,
                  "mode": account.mode, "data_key": data_key}  # fmt: skip
        settings = self.runtime.settings
        self.put_parameter(settings.account_parameter(account.account), json.dumps(public))
        self.put_parameter(settings.secret_parameter(account.account), json.dumps({"secret": account.secret}))

    def put_parameter(self, name: str, value: str) -> None:
        self.aws.client("ssm").put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)

    def callback_url(self, account: str) -> str:
        return f"{self.gateway.url}/wechat/{account}"

    def _start_wechat(self) -> None:
        self.wechat = serve(self.simulator, host="127.0.0.1", port=self._ports.wechat)
        self._running.append(self.wechat.close)

    def _start_aws(self, say: Callable[[str], None]) -> None:
        self.aws = LocalAws(self._ports.aws)
        self.aws.start()
        self._running.append(self.aws.stop)
        clients = {name: self.aws.client(name) for name in ("cloudformation", "dynamodb")}
        provision(stage=STAGE, say=say, protected=False, **clients)

    def _start_app(self) -> None:
        settings = Settings(stage=STAGE, wechat_api=self.wechat.url)
        self.runtime = LocalRuntime(settings, aws=self.aws, now=self.clock.now)
        use(self.runtime)
        edge.releases.cache_clear()
        self.gateway = Gateway(Environments(ENVIRONMENTS, stage=STAGE), port=self._ports.app)
        self.gateway.start()
        self._running.append(self.gateway.stop)

    def _start_pumps(self) -> None:
        from chalicelib.journal.entry import journal_roll
        from chalicelib.push.entry import push_send, push_watch
        from chalicelib.reactivation.entry import reactivation_plan
        from chalicelib.tokens.entry import token_refresh
        from chalicelib.work.entry import tick, work_do

        settings = self.runtime.settings
        self.pump = QueuePump(self.aws.client("sqs"), queue=settings.work_queue, handler=work_do, name="work_do")
        pushes = QueuePump(self.aws.client("sqs"), queue=settings.push_queue, handler=push_send, name="push_send")
        schedules = Schedules((
            Schedule(tick, name="tick", minutes=1, now=self.clock.now),
            Schedule(token_refresh, name="token_refresh", minutes=5, now=self.clock.now),
            Schedule(journal_roll, name="journal_roll", minutes=15, now=self.clock.now),
            Schedule(push_watch, name="push_watch", minutes=5, now=self.clock.now),
            Schedule(reactivation_plan, name="reactivation_plan", minutes=5, now=self.clock.now),
        ))  # fmt: skip
        self.clock.subscribe(schedules.clock_moved)
        for pump in (self.pump, pushes, schedules):
            pump.start()
            self._running.append(pump.stop)
