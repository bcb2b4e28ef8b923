"""What WeChat says of a member is taken over, or shows that they have left."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.decision import Asked, Done
from chalicelib.members import jobs, profile
from chalicelib.store import keys
from chalicelib.store.member import Member, Trial
from chalicelib.store.table import Delete, Put
from chalicelib.store.tombstone import Tombstone
from chalicelib.wechat.client import UserInfo
from chalicelib.wechat.errors import UnknownOutcome
from tests.builders import ACCOUNT, NOON, OPENID, a_job, a_ledger, a_member
from tests.support.users import KnownUsers
from tests.support.workroom import Workroom

JOB = a_job(jobs.PROFILE)
LEFT = UserInfo(following=False)
FOLLOWER = UserInfo(
    following=True,
    unionid="u-0123456789",
    remark="老张",
    tag_ids=(100, 101, 999),
    subscribe_scene="ADD_SCENE_QR_CODE",
    scene="poster-3",
    subscribed_at=datetime(2026, 1, 1, tzinfo=UTC),
)
TAGS = {2: "星标组", 100: "会员", 101: "老客"}
SECOND = timedelta(seconds=1)


def told(member: Member | None, users: KnownUsers) -> Done:
    """What the job comes to, for a table that holds this member."""
    room = Workroom()
    if member:
        room.holds(Put(keys.member(ACCOUNT, OPENID), member.to_item()))
    return asked(room, users)(room.table)


def asked(room: Workroom, users: KnownUsers) -> Asked:
    return profile.ask(JOB, wechat=users, credentials=room.credentials, now=room.now)


def written(done: Done) -> Member:
    (put,) = done.changes
    assert isinstance(put, Put)
    return Member.from_item(put.item)


def test_what_wechat_knows_of_a_follower_is_taken_over() -> None:
    users = KnownUsers(FOLLOWER, tags=TAGS)

    done = told(a_member(followed_at=None), users)

    member = written(done)
    assert (done.outcome, done.member_no, users.asked) == ("profile", "m-0001", [OPENID, "tags"])
    assert (member.unionid, member.remark, member.subscribe_scene) == ("u-0123456789", "老张", "ADD_SCENE_QR_CODE")
    assert (member.scene, member.channel, member.tags) == ("poster-3", "poster-3", ("会员", "老客"))
    assert member.followed_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert member.version == 2


def test_what_we_know_better_stays() -> None:
    known = a_member(scene="flyer", channel="flyer", tags=("新客", "会员"))

    member = written(told(known, KnownUsers(FOLLOWER, tags=TAGS)))

    assert (member.scene, member.channel, member.followed_at) == ("flyer", "flyer", known.followed_at)
    assert member.tags == ("新客", "会员", "老客")


def test_a_remark_that_was_taken_away_at_wechat_goes_here_too() -> None:
    member = written(told(a_member(remark="老张", unionid="u-1"), KnownUsers(UserInfo(following=True))))

    assert (member.remark, member.unionid) == ("", "")


def test_the_names_of_tags_are_asked_for_only_when_there_are_any() -> None:
    users = KnownUsers(UserInfo(following=True))

    told(a_member(), users)

    assert users.asked == [OPENID]


def test_a_member_has_twenty_tags_at_most_and_keeps_their_own() -> None:
    own = tuple(f"本店{number}" for number in range(19))

    member = written(told(a_member(tags=own), KnownUsers(FOLLOWER, tags=TAGS)))

    assert member.tags == (*own, "会员")


def test_a_person_known_from_a_subscription_turns_out_to_follow() -> None:
    member = written(told(a_member(following=False, followed_at=None), KnownUsers(FOLLOWER, tags=TAGS)))

    assert (member.following, member.followed_at) == (True, datetime(2026, 1, 1, tzinfo=UTC))


def test_who_only_subscribed_and_does_not_follow_stays() -> None:
    done = told(a_member(following=False), KnownUsers(LEFT))

    assert done == Done("not_following", "m-0001")


def test_who_has_left_without_a_word_is_erased_as_if_they_had_said_so() -> None:
    member = a_member(channel="flyer", joined_at=NOON - timedelta(days=7), opted_out_at=NOON)

    done = told(member, KnownUsers(LEFT))

    handle = Workroom().credentials.handle(OPENID)
    tombstone = Tombstone(ACCOUNT, handle, NOON - timedelta(minutes=1), opted_out=True)
    rest = a_job(jobs.ERASURE, job_id=f"{jobs.ERASURE}-{JOB.job_id}")
    ledger = Delete(keys.sends(ACCOUNT, OPENID))
    assert (done.outcome, done.member_no) == ("unfollowed.found", "m-0001")
    assert done.changes == (member.delete(), ledger, tombstone.put(), rest.put())
    assert done.details == {"channel": "flyer", "days": 7, "opted_out": 1}


def test_who_is_found_to_have_left_is_a_loss_of_their_trial() -> None:
    trial = Trial("2026-02-18", "treatment", NOON - timedelta(days=2))

    done = told(a_member(trials={"winback": trial}), KnownUsers(LEFT))

    assert done.details["trials"] == "winback/treatment/2026-03-02/48"


def test_who_has_left_is_gone_with_their_ledger_in_one_go() -> None:
    room = Workroom()
    room.holds(Put(keys.member(ACCOUNT, OPENID), a_member().to_item()), a_ledger(version=0).put())

    room.table.write(asked(room, KnownUsers(LEFT))(room.table).changes)

    assert list(room.items("M#")) == []
    assert [item["opted_out"] for item in room.items("T#")] == [False]


@pytest.mark.parametrize("acted_at", [NOON, NOON + SECOND])
def test_who_has_acted_since_we_asked_is_not_erased_on_an_old_answer(acted_at: datetime) -> None:
    with pytest.raises(UnknownOutcome, match="acted since we asked"):
        told(a_member(last_active_at=acted_at, followed_at=acted_at), KnownUsers(LEFT))


def test_who_came_back_since_we_asked_is_not_erased_by_a_lambda_whose_clock_runs_ahead() -> None:
    back_at = NOON - profile.SKEW + SECOND

    with pytest.raises(UnknownOutcome, match="acted since we asked"):
        told(a_member(last_active_at=back_at, followed_at=back_at), KnownUsers(LEFT))


@pytest.mark.parametrize("acted_at", [NOON - profile.SKEW - SECOND, None])
def test_who_acted_only_before_we_asked_has_left(acted_at: datetime | None) -> None:
    assert told(a_member(last_active_at=acted_at), KnownUsers(LEFT)).outcome == "unfollowed.found"


@pytest.mark.parametrize("info", [FOLLOWER, LEFT])
@pytest.mark.parametrize("member", [None, a_member(member_no="m-0002")], ids=["gone", "another incarnation"])
def test_nobody_else_is_touched(member: Member | None, info: UserInfo) -> None:
    assert told(member, KnownUsers(info, tags=TAGS)) == Done("gone", "m-0001")
