"""What a job about the account's followers is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.credentials import Credentials
from chalicelib.followers.budget import Budget
from chalicelib.store.table import Table
from chalicelib.wechat.client import WechatClient

BUDGET = timedelta(seconds=6)
"""A job may be begun with ten seconds left; what it has not come to, the next one does."""


@dataclass(frozen=True, slots=True)
class Kit:
    """Of one account and job."""

    table: Table
    wechat: WechatClient
    credentials: Credentials
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    budget: Budget = field(init=False)

    def __post_init__(self) -> None:
        account = self.credentials.account
        object.__setattr__(self, "budget", Budget(account, table=self.table, wechat=self.wechat, now=self.now))
