"""Where workers are tried: a table and a queue in memory, a clock that is moved, WeChat as a stand-in."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from chalicelib.credentials import Accounts, Credentials
from chalicelib.queues import Queues, woken
from chalicelib.store import keys
from chalicelib.store.job import Job
from chalicelib.store.journal import Entry
from chalicelib.store.member import Member
from chalicelib.store.table import Item, Put, Table
from chalicelib.wechat.client import UserInfo
from chalicelib.work.tools import Tools
from infra.local.memory.dynamo import MemoryDynamo
from infra.local.memory.faults import Faults
from infra.local.memory.sqs import MemorySqs
from tests.builders import ACCOUNT, APPID, NOON, OPENID
from tests.support.tables import TABLE, table_on
from tests.support.users import KnownUsers

QUEUE = "huiyuan-test-work"
PARAMETER = json.dumps({"appid": APPID, "token": "Token123", "aes_key": "A" * 43, "data_key": "5a" * 32})


class OneParameter:
    """Implements `Parameters`: every account has the same."""

    def get(self, name: str) -> str | None:
        return PARAMETER


class Workroom:
    """It is noon, and WeChat says that everyone follows."""

    def __init__(self, *, index_lag: timedelta = timedelta(0)) -> None:
        self.now = NOON
        self.faults = Faults()
        self.client = MemoryDynamo(TABLE, keys.INDEX_KEYS, now=self.clock, index_lag=index_lag, faults=self.faults)
        self.table: Table = table_on(self.client)
        self.sqs = MemorySqs(now=self.clock)
        self.sqs.create_queue(QueueName=QUEUE)
        self.users = KnownUsers(UserInfo(following=True))
        self._ids = count(1)

    def clock(self) -> datetime:
        return self.now

    def new_id(self) -> str:
        return f"id-{next(self._ids):04d}"

    @property
    def accounts(self) -> Accounts:
        return Accounts(OneParameter(), name=str, now=self.clock)

    @property
    def credentials(self) -> Credentials:
        return self.accounts.find(ACCOUNT)

    @property
    def queues(self) -> Queues:
        return Queues(self.sqs, work=QUEUE, push=f"{QUEUE}-push.fifo")

    @property
    def tools(self) -> Tools:
        return Tools(self.table, self.queues, self.accounts, lambda _account: self.users, self.clock, self.new_id)

    def holds(self, *puts: Put) -> None:
        for put in puts:
            self.table.write([put])

    def member(self) -> Member | None:
        item = self.table.get(keys.member(ACCOUNT, OPENID))
        return Member.from_item(item) if item else None

    def job(self, job: Job) -> Job | None:
        item = self.table.get(keys.job(ACCOUNT, job.job_id))
        return Job.from_item(item) if item else None

    def journal(self) -> list[Entry]:
        return [Entry.from_item(item) for item in self.items("L#")]

    def items(self, prefix: str) -> Iterator[Item]:
        """What stands in the partitions of this prefix."""
        places = sorted({item["pk"]["S"] for item in self.client.items() if item["pk"]["S"].startswith(prefix)})
        for pk in places:
            yield from self.table.list_partition(pk).items

    def wakeups(self) -> list[str]:
        """Takes every wake-up out of the queue; the names in them, in order."""
        url = self.sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        bodies: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in messages]
        return [woken(body) for body in bodies]
