"""A deployment meets what the one before wrote, and after a rollback what the one after wrote.

The rule that makes both work: readers ignore fields that they do not know, and fields that came later have a default.
The items of `tests/fixtures/schema-1/` were written by the first release's own code.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from chalice.app import CloudWatchEvent

from chalicelib.door import Deadline
from chalicelib.queues import woken
from chalicelib.store import figures, job, keys, release
from chalicelib.store import token as tokens
from chalicelib.store.account import AccountState
from chalicelib.store.attributes import from_dynamo
from chalicelib.store.dynamo import DynamoTable
from chalicelib.store.figures import Figures, OpenDay, Tally
from chalicelib.store.job import Job
from chalicelib.store.journal import Entry
from chalicelib.store.member import Conversation, Member
from chalicelib.store.receipt import Receipt
from chalicelib.store.release import Channel, FaqEntry, Keyword, Release
from chalicelib.store.sends import Sends
from chalicelib.store.token import Token
from chalicelib.store.tombstone import Tombstone
from infra.local.memory.dynamo import MemoryDynamo
from tests.builders import ACCOUNT, HANDLE, NOON, OPENID

Item: TypeAlias = Mapping[str, Any]
FROZEN = Path(__file__).parents[2] / "fixtures" / "schema-1"
FOLLOWED = NOON - timedelta(days=9)
MEMBER = Member(
    account=ACCOUNT,
    openid=OPENID,
    member_no="m-0001",
    joined_at=FOLLOWED,
    followed_at=FOLLOWED,
    scene="store-01",
    channel="store-01",
    subscribe_scene="ADD_SCENE_QR_CODE",
    unionid="u-0001",
    remark="常客",
    tags=("新客", "会员"),
    last_message_at=NOON,
    last_click_at=NOON - timedelta(hours=1),
    last_scan_at=FOLLOWED,
    last_active_at=NOON,
    active_day="2026-03-04",
    hours=(0,) * 11 + (2, 5) + (0,) * 11,
    hours_month="2026-03",
    credits={"season": 2},
    reachability="ok",
    conversation=Conversation("suggestions", NOON + timedelta(minutes=5), ("hours", "parking")),
    version=13,
)
JOB = Job(
    ACCOUNT, "member.profile-0001", "member.profile", NOON, {"openid": OPENID, "member_no": "m-0001"}, 1,
    claim="claim-0001", trouble="Busy", version=3,
)  # fmt: skip
RELEASE = Release(
    version=3,
    entries=(
        FaqEntry("hours", "几点开门", "每天 7:00 到 22:00", ("营业时间是几点",), (Keyword("contains", "开门"),),
                 priority=5, add_tags=("问过营业时间",)),
        FaqEntry("human", "转人工", "", human=True),
    ),
    channels=(Channel("store-01", "门店海报", "谢谢您来店里"),),
    welcome="欢迎光临",
    service_from="08:00",
    service_until="20:00",
)  # fmt: skip


READ: Mapping[str, tuple[Callable[[Item], object], object]] = {
    "account_state": (AccountState.from_item, AccountState(ACCOUNT, release=3, version=8)),
    "access_token": (
        Token.from_item,
        Token(ACCOUNT, "token-0001", NOON + timedelta(hours=2), NOON, version=5),
    ),
    "access_token~leased": (
        Token.from_item,
        Token(ACCOUNT, lease_until=NOON + timedelta(seconds=10), lease="lease-0001", version=2),
    ),
    "member": (Member.from_item, MEMBER),
    "member~newcomer": (Member.from_item, Member(ACCOUNT, OPENID, "m-0001", NOON, version=1)),
    "sends": (Sends.from_item, Sends(ACCOUNT, OPENID, "m-0001", {"season": 1}, version=3)),
    "tombstone": (Tombstone.from_item, Tombstone(ACCOUNT, HANDLE, NOON, opted_out=True)),
    "receipt": (
        Receipt.from_item,
        Receipt(ACCOUNT, "r-0001", "attempt-0001", NOON, {"type": "text", "content": "每天 7:00 到 22:00"},
                ("J#demo#member.profile-0001",)),
    ),
    "receipt~silence": (Receipt.from_item, Receipt(ACCOUNT, "r-0002", "attempt-0002", NOON, None, ())),
    "journal_entry": (
        Entry.from_item,
        Entry(ACCOUNT, "r-0001", NOON, "text", "answered", "m-0001", {"entry": "hours", "score": 93}),
    ),
    "job": (Job.from_item, JOB),
    "job~dead": (
        Job.from_item,
        replace(JOB, job_id="member.profile-0002", attempts=5, claim="", trouble="UnknownCode", dead=True, version=10),
    ),
    "tally": (Tally.from_item, Tally(ACCOUNT, "2026-03-04", 12, 3, 2, {"text": {"answered": 2}}, bytes(range(1, 9)))),
    "figures": (
        Figures.from_item,
        Figures(ACCOUNT, "2026-03-03", 40, 12, {"text": {"answered": 30, "missed": 10}}, NOON, final=True,
                progress=(24,) * 16, version=7),
    ),
    "release_part": (lambda item: release.joined([item]), RELEASE),
}  # fmt: skip
"""By fixture: how today's code reads it, and what it must find."""
every_item = pytest.mark.parametrize("name", READ)


@every_item
def test_what_the_first_release_wrote_is_read_as_it_was_meant(name: str) -> None:
    read, expected = READ[name]

    assert read(frozen(name)) == expected


def test_every_frozen_item_is_read() -> None:
    known = {path.stem for path in FROZEN.glob("*.json")} - {"messages"}

    assert known == {*READ, "open_day"}


@every_item
def test_what_the_next_release_adds_is_passed_over_after_a_rollback(name: str) -> None:
    read, expected = READ[name]
    item = frozen(name)
    newer = {field: _with_strangers(value) for field, value in item.items() if field not in ("counts", "details")}

    assert read({**item, **newer, "field_of_tomorrow": {"a": [1]}}) == expected


@pytest.mark.parametrize("name", ["account_state", "access_token", "member", "sends", "job"])
def test_what_was_read_is_written_back_under_its_key_only_if_nobody_wrote_since(name: str) -> None:
    read, _ = READ[name]
    item = frozen(name)
    entity: Any = read(item)

    put = entity.put()

    assert put.key == (item["pk"], item["sk"])
    assert put.item["version"] == item["version"] + 1
    assert {key: put.item[key] for key in item.keys() & put.item.keys() - {"v", "version"}} == {
        key: item[key] for key in item.keys() & put.item.keys() - {"v", "version"}
    }
    assert any(getattr(condition, "value", None) == item["version"] for condition in put.when)


def test_everything_is_still_found_where_it_was_put() -> None:
    table = _table_of_the_first_release()

    due = [name for shard in range(keys.DUE_SHARDS) for name in job.list_due(table, shard, now=NOON, limit=10)]

    assert due == [JOB.name]
    assert job.find(table, JOB.name) == JOB
    assert tokens.find(table, ACCOUNT).value == "token-0001"
    assert release.find(table, ACCOUNT, 3) == RELEASE
    assert figures.find(table, ACCOUNT, "2026-03-03") == READ["figures"][1]
    assert [
        item["pk"] for item in _index(table, keys.BY_ACTIVITY, keys.activity(ACCOUNT, "2026-03-04", OPENID)[0])
    ] == [keys.member_partition(ACCOUNT, OPENID)]
    assert len(_index(table, keys.BY_IDENTITY, keys.identity(ACCOUNT, "u-0001", OPENID)[0])) == 1


def test_the_day_that_was_open_is_still_open() -> None:
    item = frozen("open_day")

    assert OpenDay(item["account"], item["day"]).put(None).key == (item["pk"], item["sk"])


def test_messages_that_wait_in_a_queue_are_understood() -> None:
    messages = json.loads((FROZEN / "messages.json").read_text(encoding="utf-8"))

    assert woken(json.dumps(messages["work"])) == JOB.name
    assert woken(json.dumps(messages["work"] | {"field_of_tomorrow": 1})) == JOB.name
    assert CloudWatchEvent(messages["token_refresh"], None).detail == {
        "account": ACCOUNT, "refused": "0123456789abcdef",
    }  # fmt: skip


def test_every_field_that_came_later_has_a_default() -> None:
    entities: tuple[Any, ...] = (AccountState, Token, Member, Sends, Tombstone, Receipt, Entry, Job, Tally, Figures)
    written = {type(expected).__name__: set(frozen(name)) for name, (_, expected) in READ.items()}

    later = {
        (entity.__name__, field.name)
        for entity in entities
        for field in fields(entity)
        if field.name not in written[entity.__name__] and field.default is field.default_factory
    }

    assert later == set()


def frozen(name: str) -> dict[str, Any]:
    """An item as the table gives it back."""
    return from_dynamo(_wire(name))


def _wire(name: str) -> dict[str, Any]:
    item: dict[str, Any] = json.loads((FROZEN / f"{name}.json").read_text(encoding="utf-8"))
    return {field: {"B": base64.b64decode(value["B"])} if "B" in value else value for field, value in item.items()}


def _with_strangers(value: Any) -> Any:
    """The same, with a field more in each structure. What the trade itself names (templates, policies) is no field."""
    if isinstance(value, dict) and "topic" in value:
        return {**value, "field_of_tomorrow": 1}
    return value


def _table_of_the_first_release() -> DynamoTable:
    memory = MemoryDynamo("huiyuan-dev", keys.INDEX_KEYS, now=lambda: NOON)
    for name in _one_of_each_key():
        memory.put_item(TableName="huiyuan-dev", Item=_wire(name))
    return DynamoTable(memory, "huiyuan-dev", deadline=Deadline(10))


def _one_of_each_key() -> Iterator[str]:
    return (path.stem for path in sorted(FROZEN.glob("*.json")) if "~" not in path.stem and path.stem != "messages")


def _index(table: DynamoTable, index: str, partition: str) -> list[Item]:
    return list(table.list_index(index, partition, until="~", limit=10).items)
