"""What a worker is given, built once per invocation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credentials import Accounts
from chalicelib.door import Deadline
from chalicelib.queues import Queues
from chalicelib.runtime import runtime
from chalicelib.store.table import Table
from chalicelib.wechat.client import WechatOf

WORK_SECONDS = 20
"""For the table's part of an invocation of 30 s."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Collaborators of one invocation."""

    table: Table
    queues: Queues
    accounts: Accounts
    wechat: WechatOf
    now: Callable[[], datetime]
    new_id: Callable[[], str]


def tools() -> Tools:
    r = runtime()
    table = r.table(Deadline(WORK_SECONDS))
    return Tools(table, r.queues, r.accounts, r.wechat_of(table), r.now, r.new_id)
