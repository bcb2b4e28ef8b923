"""The doors of the work queue and of the minute's clock, as Lambda opens them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from chalicelib import runtime as process
from chalicelib.credentials import Accounts
from chalicelib.door import Deadline
from chalicelib.members import jobs
from chalicelib.queues import Queues
from chalicelib.runtime import Runtime
from chalicelib.settings import Settings
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.job import Job
from chalicelib.store.table import Table
from chalicelib.wechat.client import WechatClient
from chalicelib.work.entry import tick, work_do
from tests.builders import a_job
from tests.support.tables import table_on
from tests.support.workroom import Workroom

MINUTE = {
    "version": "0",
    "id": "0",
    "account": "123456789012",
    "region": "eu-central-1",
    "time": "2026-03-04T04:00:00Z",
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "resources": [],
    "detail": {},
}
"""What EventBridge sends when a minute is over."""


@dataclass(frozen=True)
class Lambda:
    """What a handler is told of its invocation."""

    seconds: float = 30.0

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


class WorkroomRuntime(Runtime):
    """The runtime of this process, in a workroom."""

    def __init__(self, room: Workroom) -> None:
        super().__init__(Settings(stage="test"))
        self.room = room

    def now(self) -> datetime:
        return self.room.now

    def table(self, deadline: Deadline) -> DynamoTable:
        return table_on(self.room.client)

    @property
    def accounts(self) -> Accounts:
        return self.room.accounts

    @property
    def queues(self) -> Queues:
        return self.room.queues

    def wechat(self, account: str, table: Table) -> WechatClient:
        return self.room.users


@pytest.fixture
def room() -> Iterator[Workroom]:
    before = process._current
    room = Workroom()
    process.use(WorkroomRuntime(room))
    yield room
    process._current = before


def numbered(number: int) -> Job:
    return a_job(jobs.ERASURE, job_id=f"job-{number}")


def messages(*bodies: str) -> dict[str, object]:
    return {"Records": [{"body": body, "receiptHandle": "r", "eventSource": "aws:sqs"} for body in bodies]}


def naming(*names: str) -> dict[str, object]:
    return messages(*(json.dumps({"wake": name}) for name in names))


def test_every_job_that_the_messages_name_is_done(room: Workroom) -> None:
    room.holds(numbered(1).put(), numbered(2).put(), numbered(3).put())

    work_do(naming(numbered(1).name, numbered(3).name), Lambda())

    assert [room.job(numbered(number)) is None for number in (1, 2, 3)] == [True, False, True]


def test_a_profile_is_fetched_with_the_accounts_own_client(room: Workroom) -> None:
    room.holds(a_job(jobs.PROFILE).put())

    work_do(naming(a_job(jobs.PROFILE).name), Lambda())

    assert len(room.users.asked) == 1


@pytest.mark.parametrize("nonsense", ["", "{", "[]", '{"wake": 7}', '{"sleep": "J#demo#job-2"}'])
def test_a_message_that_is_none_spoils_nothing_for_the_others(room: Workroom, nonsense: str) -> None:
    room.holds(numbered(2).put())

    work_do(messages(nonsense, json.dumps({"wake": numbered(2).name})), Lambda())

    assert room.job(numbered(2)) is None


def test_with_little_time_left_a_job_is_not_begun_and_stays_due(room: Workroom) -> None:
    room.holds(numbered(1).put())

    work_do(naming(numbered(1).name), Lambda(seconds=9.9))

    assert room.job(numbered(1)) == numbered(1).from_item(numbered(1).put().item)


def test_the_clock_wakes_what_is_overdue(room: Workroom) -> None:
    room.holds(numbered(1).put())

    tick(MINUTE, Lambda())

    assert room.wakeups() == [numbered(1).name]
