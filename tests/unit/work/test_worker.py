"""One job, from its claim to its outcome: what crashes, doubled wake-ups and WeChat's refusals come to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Conflict
from chalicelib.faq import misses
from chalicelib.followers import listing
from chalicelib.members import jobs
from chalicelib.sending import batches, templates
from chalicelib.store import job as job_store
from chalicelib.store import keys
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.store.table import Put
from chalicelib.store.tags import MIRROR
from chalicelib.tickets import jobs as tickets
from chalicelib.wechat import errors
from chalicelib.wechat.client import UserInfo
from chalicelib.wechat.errors import WechatError
from chalicelib.work.retry import MOST_ATTEMPTS
from chalicelib.work.worker import JOBS, do
from infra.local.memory.faults import Crashed, Fault
from tests.builders import ACCOUNT, NOON, OPENID, a_job, a_ledger, a_member
from tests.support.meddling import MeddledTable
from tests.support.users import KnownUsers
from tests.support.workroom import Workroom

PROFILE = a_job(jobs.PROFILE)
ERASURE = a_job(jobs.ERASURE)
MINUTE = timedelta(minutes=1)
FOLLOWER = UserInfo(following=True, remark="老张")
CLAIM = 1
"""How many calls of the table come before a claim is written: the look at the job."""


def a_room(*jobs_due: Job, member: Member | None = None) -> Workroom:
    """A member and what is due about them."""
    room = Workroom()
    known = member or a_member()
    room.holds(Put(keys.member(ACCOUNT, OPENID), known.to_item()), *(job.put() for job in jobs_due))
    room.users = KnownUsers(FOLLOWER)
    return room


def writes(room: Workroom, **changes: Any) -> Callable[[], None]:
    """What the member does meanwhile."""

    def act() -> None:
        member = room.member()
        assert member is not None
        room.holds(replace(member, **changes).put())

    return act


def listed_dead(room: Workroom) -> list[str]:
    return [item["pk"] for item in room.table.list_index(keys.BY_DUE, "DEAD").items]


def listed_due(room: Workroom) -> list[str]:
    shards = range(keys.DUE_SHARDS)
    return [name for shard in shards for name in job_store.list_due(room.table, shard, now=room.now, limit=10)]


def test_every_kind_of_job_that_members_ask_for_can_be_done() -> None:
    assert set(JOBS) == {
        misses.MISSED,
        tickets.NOTIFY,
        tickets.ANSWER,
        jobs.PROFILE,
        jobs.ERASURE,
        batches.WORK,
        templates.SYNC,
        listing.LIST,
        listing.PART,
        MIRROR,
    }


def test_a_job_its_effect_and_its_journal_entry_are_one_commit() -> None:
    room = a_room(PROFILE)

    do(PROFILE.name, room.tools)

    member, (entry,) = room.member(), room.journal()
    assert member is not None
    assert (member.remark, member.version) == ("老张", 2)
    assert room.job(PROFILE) is None
    assert (entry.what, entry.outcome, entry.member_no, entry.at) == ("member.profile", "profile", "m-0001", NOON)
    assert entry.entry_id == f"{PROFILE.job_id}-1"
    assert listed_due(room) == []


def test_an_erasure_is_done_by_the_same_worker() -> None:
    room = Workroom()
    room.holds(a_ledger(version=0).put(), ERASURE.put())

    do(ERASURE.name, room.tools)

    assert list(room.items("M#")) == []
    assert [entry.outcome for entry in room.journal()] == ["erased"]
    assert room.users.asked == []


def test_what_the_journal_keeps_of_who_left_without_a_word_is_countable() -> None:
    room = a_room(PROFILE, member=a_member(channel="poster-3"))
    room.users = KnownUsers(UserInfo(following=False))

    do(PROFILE.name, room.tools)

    (entry,) = room.journal()
    assert (entry.outcome, entry.details) == ("unfollowed.found", {"channel": "poster-3", "days": 1, "opted_out": 0})
    assert [name.startswith("J#demo#member.erasure-") for name in listed_due(room)] == [True]


def test_a_doubled_wake_up_is_one_call_and_one_entry() -> None:
    room = a_room(PROFILE)

    for _ in range(3):
        do(PROFILE.name, room.tools)

    assert room.users.asked == [OPENID]
    assert len(room.journal()) == 1


def test_a_wake_up_of_nothing_does_nothing() -> None:
    room = Workroom()

    do("J#demo#long-done", room.tools)

    assert room.journal() == []


def test_a_wake_up_that_comes_too_early_waits_for_its_time() -> None:
    room = a_room(replace(PROFILE, due_at=NOON + MINUTE))

    do(PROFILE.name, room.tools)
    early = list(room.users.asked)
    room.now += MINUTE
    do(PROFILE.name, room.tools)

    assert early == []
    assert room.users.asked == [OPENID]


def test_while_one_worker_is_at_a_job_another_leaves_it_alone() -> None:
    room = a_room(PROFILE)

    def slowly() -> UserInfo:
        room.now += timedelta(seconds=59)
        do(PROFILE.name, room.tools)
        return FOLLOWER

    room.users = KnownUsers(slowly)
    do(PROFILE.name, room.tools)

    assert room.users.asked == [OPENID]
    assert len(room.journal()) == 1


def test_of_two_workers_who_reach_for_a_job_at_once_one_gets_it() -> None:
    room = a_room(PROFILE)
    other = room.tools
    slower = replace(room.tools, table=MeddledTable(room.table, lambda: do(PROFILE.name, other)))

    do(PROFILE.name, slower)

    assert room.users.asked == [OPENID]
    assert [entry.entry_id for entry in room.journal()] == [f"{PROFILE.job_id}-1"]


def test_a_worker_who_dies_after_the_claim_is_followed_by_another_when_the_lease_has_passed() -> None:
    room = a_room(PROFILE)
    room.users = KnownUsers(Crashed("in the call to WeChat"), FOLLOWER)
    with pytest.raises(Crashed):
        do(PROFILE.name, room.tools)

    room.now += MINUTE - timedelta(seconds=1)
    do(PROFILE.name, room.tools)
    within_the_lease = len(room.users.asked)
    room.now += timedelta(seconds=1)
    do(PROFILE.name, room.tools)

    assert (within_the_lease, len(room.users.asked)) == (1, 2)
    assert [entry.entry_id for entry in room.journal()] == [f"{PROFILE.job_id}-2"]


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
@pytest.mark.parametrize("call", range(4), ids=["look", "claim", "read", "commit"])
def test_wherever_a_worker_dies_the_job_is_done_once(fault: Fault, call: int) -> None:
    room = a_room(PROFILE)
    room.faults.plan(fault, skip=call)
    with pytest.raises(Crashed):
        do(PROFILE.name, room.tools)

    room.now += MINUTE
    do(PROFILE.name, room.tools)

    member = room.member()
    assert member is not None
    assert (member.remark, member.version, room.job(PROFILE)) == ("老张", 2, None)
    assert [entry.outcome for entry in room.journal()] == ["profile"]


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.ERROR_AFTER])
@pytest.mark.parametrize("call", [CLAIM, CLAIM + 2], ids=["claim", "commit"])
def test_a_worker_whose_write_was_heard_but_not_answered_goes_on(fault: Fault, call: int) -> None:
    room = a_room(PROFILE)
    room.faults.plan(fault, skip=call)

    do(PROFILE.name, room.tools)

    assert room.job(PROFILE) is None
    assert len(room.users.asked) == len(room.journal()) == 1


def test_a_member_who_moves_meanwhile_is_decided_anew_without_a_second_call() -> None:
    room = a_room(PROFILE)
    tools = replace(room.tools, table=MeddledTable(room.table, lambda: None, writes(room, tags=("会员",))))

    do(PROFILE.name, tools)

    member = room.member()
    assert member is not None
    assert (member.tags, member.remark) == (("会员",), "老张")
    assert (len(room.users.asked), len(room.journal())) == (1, 1)


def test_a_member_who_never_stands_still_is_left_for_later() -> None:
    room = a_room(PROFILE)
    moves = [writes(room, remark=str(number)) for number in range(6)]
    tools = replace(room.tools, table=MeddledTable(room.table, lambda: None, *moves))

    with pytest.raises(Conflict, match="kept moving"):
        do(PROFILE.name, tools)

    job = room.job(PROFILE)
    assert job is not None
    assert (job.attempts, job.due_at) == (1, NOON + MINUTE)
    assert room.journal() == []


def test_a_worker_who_was_too_slow_commits_nothing_once_another_has_the_job() -> None:
    room = a_room(PROFILE)
    others = KnownUsers(UserInfo(following=True, remark="小张"))

    def too_slowly() -> UserInfo:
        room.now += MINUTE
        do(PROFILE.name, replace(room.tools, wechat=lambda _account: others))
        return FOLLOWER

    room.users = KnownUsers(too_slowly)
    do(PROFILE.name, room.tools)

    member = room.member()
    assert member is not None
    assert member.remark == "小张"
    assert [entry.entry_id for entry in room.journal()] == [f"{PROFILE.job_id}-2"]


PUT_OFF = [
    (errors.Busy, MINUTE), (errors.Unreachable, MINUTE), (errors.UnknownOutcome, MINUTE), (errors.UnknownCode, MINUTE),
    (errors.TokenRefused, MINUTE), (errors.MinuteLimit, MINUTE), (errors.MonthLimit, MINUTE),
    (errors.RecipientMonthLimit, MINUTE), (errors.NotAllowed, MINUTE), (errors.WaitingForAdmin, MINUTE),
    (errors.NoWindow, MINUTE), (errors.NoCredit, MINUTE), (errors.Harmless, MINUTE),
    (errors.DayLimit, timedelta(hours=12)),
]  # fmt: skip


@pytest.mark.parametrize(("error", "pause"), PUT_OFF)
def test_a_refusal_that_may_pass_puts_the_job_off(
    error: type[WechatError], pause: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    room = a_room(PROFILE)
    room.users = KnownUsers(error("x", code=45011), FOLLOWER)

    do(PROFILE.name, room.tools)
    job = room.job(PROFILE)
    room.now += pause
    do(PROFILE.name, room.tools)

    assert job is not None
    assert (job.due_at, job.attempts, job.trouble, job.claim) == (NOON + pause, 1, error.__name__, "")
    assert [record.getMessage() for record in caplog.records][:1] == ["job.put_off"]
    assert room.job(PROFILE) is None
    assert [entry.entry_id for entry in room.journal()] == [f"{PROFILE.job_id}-2"]


@pytest.mark.parametrize("error", [errors.OurMistake, errors.ContentRefused, errors.RecipientGone, errors.LoginAgain])
def test_a_refusal_that_will_never_pass_is_left_to_an_operator(error: type[WechatError]) -> None:
    room = a_room(PROFILE)
    room.users = KnownUsers(error("x", code=40003))

    do(PROFILE.name, room.tools)

    job = room.job(PROFILE)
    assert job is not None
    assert (job.dead, job.trouble, job.claim) == (True, error.__name__, "")
    assert (listed_dead(room), listed_due(room)) == ([PROFILE.name], [])


def test_after_five_refusals_a_job_is_dead_logged_and_counted(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    room = a_room(PROFILE)
    room.users = KnownUsers(errors.Busy("x", code=-1))

    for _ in range(MOST_ATTEMPTS + 3):
        do(PROFILE.name, room.tools)
        room.now += timedelta(hours=3)

    job = room.job(PROFILE)
    assert job is not None
    assert (job.dead, job.attempts, job.trouble) == (True, MOST_ATTEMPTS, "Busy")
    assert len(room.users.asked) == MOST_ATTEMPTS
    assert listed_dead(room) == [PROFILE.name]
    (dead,) = [record for record in caplog.records if record.getMessage() == "job.dead"]
    assert dead.levelname == "ERROR"
    assert capsys.readouterr().out.count('"DeadJobs":') == 1


def test_a_job_that_kills_every_worker_is_dead_after_five_of_them() -> None:
    room = a_room(PROFILE)
    room.users = KnownUsers(Crashed("each time"))

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Crashed):
            do(PROFILE.name, room.tools)
        room.now += timedelta(hours=2)
    do(PROFILE.name, room.tools)

    job = room.job(PROFILE)
    assert job is not None
    assert (job.dead, job.trouble, len(room.users.asked)) == (True, "Crashed", MOST_ATTEMPTS)
    assert listed_dead(room) == [PROFILE.name]


def test_each_crash_is_given_more_time_to_pass() -> None:
    room = a_room(PROFILE)
    room.users = KnownUsers(Crashed("each time"))
    pauses = []

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Crashed):
            do(PROFILE.name, room.tools)
        job = room.job(PROFILE)
        assert job is not None
        pauses.append((job.due_at - room.now).total_seconds() / 60)
        room.now = job.due_at

    assert pauses == [1, 5, 30, 120, 120]


def test_a_kind_of_job_that_this_version_does_not_know_is_no_loss() -> None:
    unknown = a_job("member.future")
    room = a_room(unknown)

    with pytest.raises(KeyError):
        do(unknown.name, room.tools)

    job = room.job(unknown)
    assert job is not None
    assert (job.attempts, job.dead) == (1, False)


def test_a_dead_job_is_not_woken_by_anyone() -> None:
    room = a_room(replace(PROFILE, dead=True))

    do(PROFILE.name, room.tools)

    assert room.users.asked == []


@pytest.mark.parametrize("error", [errors.Busy("x"), errors.OurMistake("x")])
def test_a_worker_who_was_too_slow_cannot_put_off_or_bury_what_another_has_taken(
    error: WechatError, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    room = a_room(PROFILE)

    def too_slowly() -> UserInfo:
        room.now += MINUTE
        do(PROFILE.name, replace(room.tools, wechat=lambda _account: KnownUsers(FOLLOWER)))
        raise error

    room.users = KnownUsers(too_slowly)
    do(PROFILE.name, room.tools)

    assert room.job(PROFILE) is None
    assert [record.getMessage() for record in caplog.records] == ["job.done"]
    assert "DeadJobs" not in capsys.readouterr().out


def test_who_came_back_while_wechat_was_asked_is_asked_about_again_and_not_erased() -> None:
    room = a_room(PROFILE)

    def while_they_come_back() -> UserInfo:
        writes(room, followed_at=room.now, last_active_at=room.now)()
        return UserInfo(following=False)

    room.users = KnownUsers(while_they_come_back, FOLLOWER)
    do(PROFILE.name, room.tools)
    room.now += MINUTE
    do(PROFILE.name, room.tools)

    member = room.member()
    assert member is not None
    assert (member.member_no, member.remark) == ("m-0001", "老张")
    assert room.job(PROFILE) is None


def test_no_log_line_names_the_follower(caplog: pytest.LogCaptureFixture) -> None:
    room = a_room(PROFILE)
    room.users = KnownUsers(errors.Busy("x"), errors.OurMistake("x"))

    do(PROFILE.name, room.tools)
    room.now += MINUTE
    do(PROFILE.name, room.tools)

    assert [record.getMessage() for record in caplog.records] == ["job.put_off", "job.dead"]
    assert all(OPENID not in str(vars(record)) for record in caplog.records)


def test_what_was_given_up_is_kept_for_thirty_days_and_not_longer() -> None:
    job = a_job(jobs.PROFILE, dead=True)

    assert job.to_item()["expires_at"] == int((job.due_at + timedelta(days=30)).timestamp())
    assert "expires_at" not in a_job(jobs.PROFILE).to_item()
