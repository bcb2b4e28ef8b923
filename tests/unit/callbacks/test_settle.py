"""A decision becomes true as a whole or not at all, and only one of two becomes true."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.callbacks.routes import choose
from chalicelib.callbacks.settle import settle
from chalicelib.decision import Decision, Facts
from chalicelib.members import jobs
from chalicelib.members.handlers import on_subscribe, on_unsubscribe
from chalicelib.members.notices import on_sent
from chalicelib.push.handlers import on_template_finished
from chalicelib.store import keys
from chalicelib.store.job import Job
from chalicelib.store.journal import Entry
from chalicelib.store.keys import Key
from chalicelib.store.member import Member
from chalicelib.store.push import Push
from chalicelib.store.receipt import Receipt
from chalicelib.store.sends import Sends
from chalicelib.store.table import Change, Put, Table
from chalicelib.store.tombstone import Tombstone
from chalicelib.wechat.events import Choice, SubscribeResult
from chalicelib.wechat.inbound import Inbound
from infra.local.memory.dynamo import MemoryDynamo
from infra.local.memory.faults import Crashed, Fault
from tests.builders import (
    ACCOUNT,
    HANDLE,
    NOON,
    OPENID,
    a_ledger,
    a_member,
    a_push,
    a_sent,
    a_tombstone,
    an_event,
    facts,
)
from tests.support.meddling import MeddledTable
from tests.support.tables import TABLE, OpenTable, memory_table, on_both_tables, table_on

TEXT = an_event("text", content="退订")
FOLLOW = an_event("event.subscribe", key="qrscene_poster-3")
LEAVE = an_event("event.unsubscribe")
DELIVERED = an_event("event.subscribe_msg_sent_event", results=(SubscribeResult("T-1", "180", 0, "success"),))
FINISHED = an_event("event.templatesendjobfinish", msgid="180", status="success")
MEMBER = keys.member(ACCOUNT, OPENID)
SENDS = keys.sends(ACCOUNT, OPENID)
LEFT = keys.tombstone(ACCOUNT, HANDLE)


def holds(table: Table, *changes: Change) -> None:
    for change in changes:
        table.write([change])


def stored(member: Member) -> Put:
    """The member as an item that was read before: with its own version."""
    return Put(MEMBER, member.to_item())


def settled(event: Inbound, known: Facts, table: Table, *, attempt: str = "a-1") -> Receipt | None:
    """Decide as the routes do, then settle."""
    return settle(event, known, choose(event)(event, known), table=table, attempt=attempt)


def member_in(table: Table) -> Member | None:
    item = table.get(MEMBER)
    return Member.from_item(item) if item else None


def entry_of(table: Table, event: Inbound) -> Entry | None:
    at = keys.journal_entry(ACCOUNT, "2026-03-04", "2026-03-04T04:00:00.000Z", event.receipt_id)
    item = table.get(at)
    return Entry.from_item(item) if item else None


def receipt_of(table: Table, event: Inbound) -> Receipt | None:
    item = table.get(keys.receipt(ACCOUNT, event.receipt_id))
    return Receipt.from_item(item) if item else None


def job_of(table: Table, kind: str, event: Inbound) -> Job | None:
    item = table.get(keys.job(ACCOUNT, f"{kind}-{event.receipt_id}"))
    return Job.from_item(item) if item else None


@on_both_tables
def test_receipt_journal_member_and_job_are_written_together(open_table: OpenTable) -> None:
    with open_table() as table:
        receipt = settled(FOLLOW, facts(), table)

        member, entry, job = member_in(table), entry_of(table, FOLLOW), job_of(table, jobs.PROFILE, FOLLOW)
        assert receipt is not None
        assert receipt == receipt_of(table, FOLLOW)
        assert (receipt.attempt, receipt.reply) == ("a-1", {"kind": "text", "text": "欢迎关注！"})
        assert member is not None
        assert (member.member_no, member.version) == ("fresh-0001", 1)
        assert entry is not None
        assert (entry.what, entry.outcome, entry.member_no) == ("event.subscribe", "followed", "fresh-0001")
        assert entry.details == {"channel": "poster-3", "returned": 0}
        assert job is not None
        assert receipt.jobs == (job.name,)


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_crash_leaves_everything_or_nothing(fault: Fault) -> None:
    client = MemoryDynamo(TABLE, keys.INDEX_KEYS, now=lambda: NOON)
    table = table_on(client)
    client.faults.plan(fault)

    with pytest.raises(Crashed):
        settled(FOLLOW, facts(), table)

    stands = [member_in(table), entry_of(table, FOLLOW), receipt_of(table, FOLLOW), job_of(table, jobs.PROFILE, FOLLOW)]
    assert [item is not None for item in stands] == [fault is Fault.CRASH_AFTER] * 4


def test_silence_is_kept_as_silence() -> None:
    with memory_table() as table:
        receipt = settled(an_event("event.location"), facts(member=a_member()), table)

        assert receipt is not None
        assert (receipt.reply, receipt.jobs) == (None, ())
        assert receipt == receipt_of(table, an_event("event.location"))


def test_the_journal_names_the_member_even_where_nothing_of_them_changes() -> None:
    with memory_table() as table:
        settled(an_event("event.location"), facts(member=a_member()), table)
        settled(an_event("event.annual_renew"), facts(), table)

        known, nobody = entry_of(table, an_event("event.location")), entry_of(table, an_event("event.annual_renew"))
        assert known is not None
        assert nobody is not None
        assert (known.member_no, nobody.member_no) == ("m-0001", "")


@on_both_tables
def test_of_two_deliveries_the_first_answer_stands(open_table: OpenTable) -> None:
    with open_table() as table:
        winner = settled(FOLLOW, facts(fresh_id="fresh-0001"), table, attempt="a-1")

        loser = settled(FOLLOW, facts(fresh_id="fresh-0002"), table, attempt="a-2")

        assert winner is not None
        assert loser == winner
        member = member_in(table)
        assert member is not None
        assert member.member_no == "fresh-0001"


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.ERROR_AFTER])
def test_a_writer_whose_answer_was_lost_recognises_itself(fault: Fault) -> None:
    client = MemoryDynamo(TABLE, keys.INDEX_KEYS, now=lambda: NOON)
    table = table_on(client)
    client.faults.plan(fault)

    receipt = settled(FOLLOW, facts(), table, attempt="a-1")

    assert receipt is not None
    assert receipt.attempt == "a-1"
    assert receipt == receipt_of(table, FOLLOW)


@on_both_tables
def test_who_moved_meanwhile_is_decided_anew(open_table: OpenTable) -> None:
    with open_table() as table:
        holds(table, stored(a_member(version=2)))

        assert settled(TEXT, facts(member=a_member(version=1)), table) is None
        assert receipt_of(table, TEXT) is None
        assert entry_of(table, TEXT) is None


@on_both_tables
def test_a_newcomer_who_is_created_by_someone_else_meanwhile_is_decided_anew(open_table: OpenTable) -> None:
    with open_table() as table:
        meddled = MeddledTable(table, lambda: settled(TEXT, facts(fresh_id="fresh-0002"), table))

        assert settled(FOLLOW, facts(), meddled) is None
        member = member_in(table)
        assert member is not None
        assert member.member_no == "fresh-0002"


@on_both_tables
def test_who_left_meanwhile_is_not_created(open_table: OpenTable) -> None:
    with open_table() as table:
        meddled = MeddledTable(table, lambda: settled(LEAVE, facts(), table))

        assert settled(FOLLOW, facts(), meddled) is None
        assert member_in(table) is None
        assert table.get(LEFT) is not None


@on_both_tables
def test_who_comes_back_takes_their_tombstone_away_in_the_same_transaction(open_table: OpenTable) -> None:
    with open_table() as table:
        holds(table, a_tombstone().put())

        receipt = settled(FOLLOW, facts(tombstone=a_tombstone()), table)

        assert receipt is not None
        assert table.get(LEFT) is None
        assert member_in(table) is not None


@on_both_tables
def test_who_left_once_more_meanwhile_is_not_created(open_table: OpenTable) -> None:
    newer = a_tombstone(at=NOON + timedelta(seconds=5))
    with open_table() as table:
        holds(table, newer.put())

        assert settled(FOLLOW, facts(tombstone=a_tombstone()), table) is None
        assert table.get(LEFT) is not None


@on_both_tables
def test_a_tombstone_that_expired_meanwhile_is_decided_anew(open_table: OpenTable) -> None:
    with open_table() as table:
        assert settled(FOLLOW, facts(tombstone=a_tombstone()), table) is None


@on_both_tables
def test_who_leaves_is_replaced_by_a_tombstone_in_one_go(open_table: OpenTable) -> None:
    with open_table() as table:
        holds(table, stored(a_member(version=3)), a_ledger(version=0).put())

        receipt = settled(LEAVE, facts(member=a_member(version=3)), table)

        item = table.get(LEFT)
        job = job_of(table, jobs.ERASURE, LEAVE)
        assert receipt is not None
        assert (table.get(MEMBER), table.get(SENDS)) == (None, None)
        assert item is not None
        assert Tombstone.from_item(item) == a_tombstone(at=NOON)
        assert job is not None
        assert job.payload == {"openid": OPENID, "member_no": "m-0001"}


@on_both_tables
def test_who_writes_while_they_are_erased_is_decided_anew(open_table: OpenTable) -> None:
    with open_table() as table:
        holds(table, stored(a_member()))
        meddled = MeddledTable(table, lambda: settled(TEXT, facts(member=a_member()), table))

        assert settled(LEAVE, facts(member=a_member()), meddled) is None
        assert member_in(table) is not None
        assert table.get(LEFT) is None


@on_both_tables
def test_the_leaving_of_nobody_is_decided_anew_when_a_member_appeared(open_table: OpenTable) -> None:
    with open_table() as table:
        meddled = MeddledTable(table, lambda: settled(FOLLOW, facts(), table))

        assert settled(LEAVE, facts(), meddled) is None
        assert member_in(table) is not None
        assert table.get(LEFT) is None


@on_both_tables
def test_the_leaving_of_nobody_leaves_a_tombstone(open_table: OpenTable) -> None:
    with open_table() as table:
        holds(table, a_tombstone().put())

        assert settled(LEAVE, facts(tombstone=a_tombstone()), table) is not None
        item = table.get(LEFT)
        assert item is not None
        assert Tombstone.from_item(item).at == NOON


@on_both_tables
def test_a_leaving_that_was_read_before_a_later_one_does_not_undo_its_opt_out(open_table: OpenTable) -> None:
    later = a_tombstone(at=NOON + timedelta(minutes=1), opted_out=True)
    with open_table() as table:
        meddled = MeddledTable(table, lambda: holds(table, later.put()))

        assert settled(LEAVE, facts(), meddled) is None
        assert settled(LEAVE, facts(tombstone=a_tombstone(at=NOON)), table) is None
        item = table.get(LEFT)
        assert item is not None
        assert Tombstone.from_item(item) == later


@on_both_tables
def test_words_to_who_a_member_was_never_reach_who_came_back(open_table: OpenTable) -> None:
    before, back = a_member(member_no="m-0001", version=1), a_member(member_no="m-0002", version=1)
    with open_table() as table:
        holds(table, stored(back))

        assert settled(TEXT, facts(member=before), table) is None
        assert settled(LEAVE, facts(member=before), table) is None
        assert member_in(table) == back


@on_both_tables
def test_a_ledger_is_written_for_a_member_who_is_still_there(open_table: OpenTable) -> None:
    with open_table() as table:
        holds(table, stored(a_member()))

        assert settled(DELIVERED, facts(member=a_member()), table) is not None
        item = table.get(SENDS)
        assert item is not None
        assert Sends.from_item(item) == a_ledger(credits_used={"T-1": 1})


@on_both_tables
@pytest.mark.parametrize("now_there", [None, a_member(member_no="m-0002")], ids=["gone", "another incarnation"])
def test_a_ledger_is_never_written_for_a_member_who_went(open_table: OpenTable, now_there: Member | None) -> None:
    with open_table() as table:
        holds(table, *([stored(now_there)] if now_there else []))

        assert settled(DELIVERED, facts(member=a_member()), table) is None
        assert table.get(SENDS) is None


def test_talking_and_sending_do_not_collide() -> None:
    with memory_table() as table:
        holds(table, stored(a_member()))
        meddled = MeddledTable(table, lambda: settled(TEXT, facts(member=a_member()), table))

        assert settled(DELIVERED, facts(member=a_member()), meddled) is not None
        member = member_in(table)
        assert member is not None
        assert member.version == 2


def test_two_results_at_once_are_counted_both() -> None:
    other = replace(DELIVERED, receipt_id="r-2")
    with memory_table() as table:
        holds(table, stored(a_member()))
        meddled = MeddledTable(table, lambda: settled(other, facts(member=a_member()), table))
        assert settled(DELIVERED, facts(member=a_member()), meddled) is None

        again = facts(member=a_member(), sends=a_ledger(credits_used={"T-1": 1}))

        assert settled(DELIVERED, again, table) is not None
        item = table.get(SENDS)
        assert item is not None
        assert item["credits_used"] == {"T-1": 2}


def delivered(push: Push) -> Decision:
    """WeChat says that the push, which the ledger knows as sent, was delivered."""
    ledger = a_ledger(recent=(a_sent(push_id=push.push_id),))
    decision = on_template_finished(FINISHED, facts(member=a_member(reachability="ok"), sends=ledger))
    assert decision.outcome == "push.delivered"
    return decision


def stands(table: Table, push: Push, **changes: int) -> None:
    """The member, their ledger and the push, as `delivered` has read them."""
    ledger = a_ledger(recent=(a_sent(push_id=push.push_id),))
    item = push.to_item() | changes
    holds(table, stored(a_member(reachability="ok")), Put(SENDS, ledger.to_item()), Put(push.key, item))


@on_both_tables
def test_the_end_of_a_push_is_written_with_its_ledger(open_table: OpenTable) -> None:
    with open_table() as table:
        push = a_push(state="sent", msgid="180")
        stands(table, push)

        assert settle(FINISHED, facts(member=a_member()), delivered(push), table=table, attempt="a-1") is not None

        item, ledger = table.get(push.key), table.get(SENDS)
        assert item is not None
        assert ledger is not None
        assert (Push.from_item(item).state, Push.from_item(item).openid) == ("delivered", "")
        assert Sends.from_item(ledger).recent[0].state == "delivered"


@on_both_tables
def test_a_push_that_has_another_end_does_not_lose_the_event(
    open_table: OpenTable, caplog: pytest.LogCaptureFixture
) -> None:
    with open_table() as table:
        push = a_push(state="held")
        stands(table, push)

        assert settle(FINISHED, facts(member=a_member()), delivered(push), table=table, attempt="a-1") is not None

        item, ledger = table.get(push.key), table.get(SENDS)
        assert item is not None
        assert ledger is not None
        assert Push.from_item(item).state == "held"
        assert Sends.from_item(ledger).recent[0].state == "delivered"
        assert "callback.change_left_out" in caplog.messages


@on_both_tables
def test_a_push_that_moved_with_its_ledger_is_decided_anew(open_table: OpenTable) -> None:
    with open_table() as table:
        push = a_push(state="sent", msgid="180")
        stands(table, push, rank=3)
        holds(table, a_ledger().put())

        assert settle(FINISHED, facts(member=a_member()), delivered(push), table=table, attempt="a-1") is None


class NotingTable(MeddledTable):
    """Knows which items the last transaction named."""

    named: tuple[Key, ...] = ()

    def write(self, changes: Sequence[Change]) -> None:
        self.named = tuple(change.key for change in changes)
        super().write(changes)


def a_ledger_and_a_member(event: Inbound, known: Facts) -> Decision:
    """What a later feature may decide: both at once."""
    counted = on_sent(event, known)
    return replace(counted, save=(*counted.save, known.member or a_member()))


@on_both_tables
def test_a_ledger_that_is_saved_with_its_member_needs_no_further_check(open_table: OpenTable) -> None:
    with open_table() as table:
        holds(table, stored(a_member()))
        known = facts(member=a_member())

        receipt = settle(DELIVERED, known, a_ledger_and_a_member(DELIVERED, known), table=table, attempt="a-1")

        assert receipt is not None
        assert table.get(SENDS) is not None
        assert member_in(table) == a_member(version=2)


MANY = tuple(Choice(f"T-{number}", "accept", "1") for number in range(300))


@pytest.mark.parametrize(
    ("event", "known"),
    [
        (FOLLOW, facts(tombstone=a_tombstone())),
        (FOLLOW, facts(member=a_member())),
        (LEAVE, facts(member=a_member())),
        (LEAVE, facts()),
        (an_event("event.subscribe_msg_popup_event", choices=MANY), facts(tombstone=a_tombstone())),
        (an_event("event.subscribe_msg_change_event", changes=MANY), facts(member=a_member())),
    ],
    ids=["back", "again", "leave", "leave of nobody", "popup", "change"],
)
def test_a_decision_names_few_items_and_none_of_them_twice(event: Inbound, known: Facts) -> None:
    """DynamoDB takes a hundred, and refuses an item that is named twice."""
    with memory_table() as table:
        holds(table, *([stored(known.member)] if known.member else []))
        holds(table, *([known.tombstone.put()] if known.tombstone else []))
        noting = NotingTable(table)

        assert settled(event, known, noting) is not None
        assert len(set(noting.named)) == len(noting.named) <= 8


def test_the_journal_never_names_the_follower() -> None:
    with memory_table() as table:
        for event, handler in ((FOLLOW, on_subscribe), (replace(LEAVE, receipt_id="r-2"), on_unsubscribe)):
            member = member_in(table)
            known = facts(member=member)
            assert settle(event, known, handler(event, known), table=table, attempt="a") is not None

        entries = [entry_of(table, FOLLOW), entry_of(table, replace(LEAVE, receipt_id="r-2"))]
        assert [entry.outcome for entry in entries if entry] == ["followed", "unfollowed"]
        assert all(OPENID not in str(entry) for entry in entries)
