"""The app behind a gateway in a process of its own, which can be told to die at the worst moment.

python -m tests.support.lambda_process AWS_URL WECHAT_URL NOW [--die-after-commit]
"""

import os
import sys
import time
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from chalicelib.queues import Queues
from chalicelib.runtime import use
from chalicelib.settings import Settings
from infra.local.aws import LocalAws
from infra.local.environments import Environments
from infra.local.gateway import Gateway
from infra.local.wechat_simulator import Clock
from infra.local.world import STAGE, LocalRuntime

KILLED = 9


class DyingQueues(Queues):
    """The first wake-up comes right after the commit and before the reply: then the process is gone."""

    def wake(self, names: Iterable[str], *, turn: str = "") -> int:
        os._exit(KILLED)


class DyingRuntime(LocalRuntime):
    @cached_property
    def queues(self) -> Queues:
        return DyingQueues(self._client("sqs"), work=self.settings.work_queue, push=self.settings.push_queue)


def main(aws_url: str, wechat_url: str, now: str, *options: str) -> None:
    aws: Any = LocalAws(0)
    aws.url = aws_url
    kind = DyingRuntime if "--die-after-commit" in options else LocalRuntime
    clock = Clock(start=datetime.fromisoformat(now))
    use(kind(Settings(stage=STAGE, wechat_api=wechat_url), aws=aws, now=clock.now))
    gateway = Gateway(Environments(1, stage=STAGE), port=0)
    gateway.start()
    print(gateway.url.rsplit(":", 1)[1], flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
