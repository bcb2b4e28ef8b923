"""Entities: each comes back from its item as it was, and is written only over what was read."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import epoch, iso
from chalicelib.store import account, job, journal, keys, token, tombstone
from chalicelib.store.account import AccountState
from chalicelib.store.job import Job
from chalicelib.store.journal import Entry
from chalicelib.store.member import Conversation, Member
from chalicelib.store.receipt import Receipt
from chalicelib.store.sends import Sends
from chalicelib.store.table import Absent, Equals, Lost
from chalicelib.store.token import Token
from chalicelib.store.tombstone import Tombstone
from tests.builders import ACCOUNT, HANDLE, NOON, OPENID, a_ledger, a_member
from tests.support.tables import OpenTable, memory_table, on_both_tables

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
SOME_TIMES = st.integers(0, 10**12).map(lambda milliseconds: NOON + timedelta(milliseconds=milliseconds))
TIMES = st.one_of(st.none(), SOME_TIMES)
COUNTS = st.dictionaries(TEXT, st.integers(0, 9), max_size=3)
CONVERSATIONS = st.builds(
    Conversation,
    topic=st.sampled_from(("suggestions", "erasure", "human")),
    until=SOME_TIMES,
    options=st.lists(TEXT, max_size=3).map(tuple),
)
MEMBERS = st.builds(
    Member,
    account=st.just(ACCOUNT),
    openid=st.just(OPENID),
    member_no=TEXT,
    joined_at=SOME_TIMES,
    following=st.booleans(),
    followed_at=TIMES,
    scene=TEXT,
    channel=TEXT,
    unionid=TEXT,
    remark=TEXT,
    tags=st.lists(TEXT, max_size=4).map(tuple),
    last_message_at=TIMES,
    active_day=st.sampled_from(("", "2026-03-04")),
    hours=st.lists(st.integers(0, 99), min_size=24, max_size=24).map(tuple),
    credits=COUNTS,
    opted_out_at=TIMES,
    conversation=st.one_of(st.none(), CONVERSATIONS),
    version=st.just(0),
)


@given(member=MEMBERS)
def test_a_member_comes_back_as_it_was_but_one_version_on(member: Member) -> None:
    with memory_table() as table:
        table.write([member.put()])

        item = table.get(keys.member(ACCOUNT, OPENID))

    assert item
    assert Member.from_item(item) == replace(member, version=1)


ENTITIES: list[Any] = [
    AccountState(ACCOUNT, release=3, version=0),
    Job(ACCOUNT, "j1", "profile", NOON, {"openid": OPENID}, attempts=2, claim="c", trouble="Busy"),
    Job(ACCOUNT, "j2", "profile", NOON, dead=True),
    Token(ACCOUNT, "secret", expires_at=NOON, fetched_at=NOON, lease_until=NOON, lease="l"),
    Token(ACCOUNT),
    Sends(ACCOUNT, OPENID, "m-0001", {"t1": 2}),
]


@on_both_tables
@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: type(entity).__name__)
def test_what_has_a_version_is_written_once_per_version(open_table: OpenTable, entity: Any) -> None:
    with open_table() as table:
        table.write([entity.put()])
        item = table.get(entity.put().key)
        assert item
        written = type(entity).from_item(item)

        with pytest.raises(Lost) as lost:
            table.write([entity.put()])
        table.write([written.put()])
        with pytest.raises(Lost):
            table.write([written.put()])

    assert written == replace(entity, version=1)
    assert type(entity).from_item(lost.value.stood[entity.put().key]) == written


@on_both_tables
@pytest.mark.parametrize(
    "entity",
    [
        Entry(ACCOUNT, "e1", NOON, "text", "answered", "m-0001", {"entry": "hours", "days": 3}),
        Receipt(ACCOUNT, "r1", "attempt-1", NOON, {"kind": "text", "text": "你好"}, ("j1", "j2")),
        Receipt(ACCOUNT, "r2", "attempt-1", NOON, None, ()),
        Tombstone(ACCOUNT, HANDLE, NOON, opted_out=True),
        Tombstone(ACCOUNT, HANDLE, NOON, follows=True),
    ],
    ids=lambda entity: type(entity).__name__,
)
def test_what_has_no_version_comes_back_as_it_was(open_table: OpenTable, entity: Any) -> None:
    with open_table() as table:
        table.write([entity.put()])

        item = table.get(entity.put().key)

    assert item
    assert type(entity).from_item(item) == entity
    assert item["expires_at"] > epoch(NOON)


@on_both_tables
def test_the_first_receipt_wins(open_table: OpenTable) -> None:
    first = Receipt(ACCOUNT, "r1", "attempt-1", NOON, None, ())
    second = replace(first, attempt="attempt-2")

    with open_table() as table:
        table.write([first.put()])
        with pytest.raises(Lost) as lost:
            table.write([second.put()])

    stood = lost.value.stood[second.put().key]
    assert stood
    assert Receipt.from_item(stood) == first


def test_a_tombstone_from_before_it_told_who_follows_is_of_someone_who_left() -> None:
    item = {name: value for name, value in Tombstone(ACCOUNT, HANDLE, NOON).to_item().items() if name != "follows"}

    assert not Tombstone.from_item(item).follows


@on_both_tables
def test_what_changed_meanwhile_is_not_removed(open_table: OpenTable) -> None:
    member = a_member(version=0)
    left = Tombstone(ACCOUNT, HANDLE, NOON)

    with open_table() as table:
        table.write([member.put(), left.put()])
        item = table.get(keys.member(ACCOUNT, OPENID))
        assert item
        read = Member.from_item(item)
        table.write([read.put()])

        with pytest.raises(Lost):
            table.write([read.delete()])
        with pytest.raises(Lost):
            table.write([replace(left, at=NOON + timedelta(seconds=1)).delete()])
        table.write([replace(read, version=2).delete(), left.delete()])

        assert table.get(keys.member(ACCOUNT, OPENID)) is None
        assert table.get(keys.tombstone(ACCOUNT, HANDLE)) is None


@on_both_tables
def test_an_opt_out_that_came_meanwhile_is_not_undone(open_table: OpenTable) -> None:
    left = Tombstone(ACCOUNT, HANDLE, NOON)
    again = replace(left, at=NOON + timedelta(hours=1))

    with open_table() as table:
        table.write([left.put_over(None)])
        table.write([replace(left, opted_out=True).put()])
        with pytest.raises(Lost):
            table.write([again.put_over(None)])
        with pytest.raises(Lost):
            table.write([again.put_over(left)])

        table.write([again.put_over(replace(left, opted_out=True))])


@on_both_tables
def test_a_member_is_created_only_while_no_tombstone_stands(open_table: OpenTable) -> None:
    with open_table() as table:
        table.write([Tombstone(ACCOUNT, HANDLE, NOON).put()])
        with pytest.raises(Lost) as lost:
            table.write([a_member(version=0).put(), tombstone.still_absent(ACCOUNT, HANDLE)])

        assert set(lost.value.stood) == {keys.tombstone(ACCOUNT, HANDLE)}
        assert table.get(keys.member(ACCOUNT, OPENID)) is None


def test_a_ledger_goes_whatever_it_says() -> None:
    sends = Sends(ACCOUNT, OPENID, "m-0001")

    with memory_table() as table:
        table.write([sends.put()])
        table.write([sends.delete()])
        table.write([sends.delete()])

        assert table.get(keys.sends(ACCOUNT, OPENID)) is None


@on_both_tables
def test_due_jobs_are_found_by_their_time_and_dead_or_done_ones_are_not(open_table: OpenTable) -> None:
    due = Job(ACCOUNT, "now", "profile", NOON)
    later = Job(ACCOUNT, "later", "profile", NOON + timedelta(milliseconds=1))
    dead = Job(ACCOUNT, "dead", "profile", NOON, dead=True)

    with open_table() as table:
        table.write([due.put(), later.put(), dead.put()])
        assert due_names(table, NOON) == {due.name}
        assert due_names(table, NOON + timedelta(seconds=1)) == {due.name, later.name}

        table.write([replace(due, version=1).delete()])
        assert due_names(table, NOON) == set()
        assert job.find(table, due.name) is None
        assert job.find(table, later.name) == replace(later, version=1)


def due_names(table: Any, now: datetime) -> set[str]:
    return {name for shard in range(keys.DUE_SHARDS) for name in job.list_due(table, shard, now=now, limit=10)}


def test_an_account_and_its_token_begin_empty() -> None:
    with memory_table() as table:
        assert account.find(table, ACCOUNT) == AccountState(ACCOUNT)
        assert token.find(table, ACCOUNT) == Token(ACCOUNT)

        table.write([AccountState(ACCOUNT, release=1).put(), Token(ACCOUNT, "secret").put()])

        assert account.find(table, ACCOUNT) == AccountState(ACCOUNT, release=1, version=1)
        assert token.find(table, ACCOUNT) == Token(ACCOUNT, "secret", version=1)


@pytest.mark.parametrize(
    ("member", "indexed"),
    [
        (a_member(), {"activity_pk", "activity_sk"}),
        (a_member(following=False), set()),
        (a_member(active_day=""), set()),
        (a_member(active_day="", unionid="u"), {"identity_pk", "identity_sk"}),
    ],
    ids=["active", "gone", "never active", "known elsewhere"],
)
def test_a_member_stands_in_the_indexes_where_it_is_looked_for(member: Member, indexed: set[str]) -> None:
    item = member.to_item()

    assert {name for name in item if name.endswith(("_pk", "_sk"))} == indexed


def test_nothing_personal_shows_in_a_representation() -> None:
    personal = [
        a_member(remark="王小姐"),
        Sends(ACCOUNT, OPENID, "m-0001"),
        Token(ACCOUNT, "secret"),
        Job(ACCOUNT, "j1", "profile", NOON, {"openid": OPENID}),
    ]

    shown = repr(personal)

    assert not any(secret in shown for secret in (OPENID, "王小姐", "'secret'"))


def test_a_conversation_is_open_until_its_time() -> None:
    talk = Conversation("erasure", NOON)

    assert talk.is_open(NOON - timedelta(seconds=1))
    assert not talk.is_open(NOON)


def test_a_new_version_is_conditional_on_the_old_one() -> None:
    assert a_member(version=0).put().when == (Absent(),)
    assert Equals("version", 4) in a_member(version=4).put().when
    assert a_member(version=4).put().item["version"] == 5


def test_who_left_and_came_back_is_not_taken_for_who_they_were_though_both_have_version_one() -> None:
    for was_read in (a_member(version=1), a_ledger(version=1)):
        assert Equals("member_no", was_read.member_no) in was_read.put().when
    assert Equals("member_no", "m-0001") in a_member(version=1).delete().when


@on_both_tables
def test_a_day_of_the_journal_is_read_whole_or_from_a_time_on(open_table: OpenTable) -> None:
    entries = [
        Entry(ACCOUNT, f"e{number}", NOON + timedelta(hours=number), "text", "answered", details={"n": number})
        for number in range(5)
    ]
    tomorrow = Entry(ACCOUNT, "e9", NOON + timedelta(days=1), "text", "answered")

    with open_table() as table:
        table.write([entry.put() for entry in (*entries, tomorrow)])
        day = list(journal.list_day(table, ACCOUNT, "2026-03-04"))
        shard = keys.shard_of("e2", keys.JOURNAL_SHARDS)
        since = list(journal.list_shard(table, ACCOUNT, "2026-03-04", shard, since=entries[2].at))

    assert sorted(day, key=lambda entry: entry.at) == entries
    assert entries[2] in since
    assert entries[0] not in since


def test_a_journal_entry_lies_in_the_day_of_shanghai() -> None:
    late = Entry(ACCOUNT, "e1", NOON.replace(hour=16), "text", "answered")

    key = late.put().key

    assert key.pk.startswith("L#demo#2026-03-05#")
    assert key.sk == f"{iso(late.at)}#e1"
