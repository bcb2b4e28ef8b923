"""What a sender is given, built once per invocation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credentials import Accounts
from chalicelib.door import Deadline
from chalicelib.queues import Queues
from chalicelib.runtime import runtime
from chalicelib.sending.allowance import Allowance
from chalicelib.store.table import Table
from chalicelib.wechat.client import WechatOf

SECONDS = 25
"""For the table's part of an invocation of 30 s."""


@dataclass(frozen=True, slots=True)
class Kit:
    """Collaborators of one invocation."""

    table: Table
    queues: Queues
    accounts: Accounts
    wechat: WechatOf
    allowance: Allowance
    now: Callable[[], datetime]


def kit(*, lot: int) -> Kit:
    """For an invocation that comes to at most `lot` sends."""
    r = runtime()
    table = r.table(Deadline(SECONDS))
    return Kit(table, r.queues, r.accounts, r.wechat_of(table), Allowance(table, lot), r.now)
