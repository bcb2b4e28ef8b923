"""What becomes of a follower whom WeChat lists."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.clock import epoch
from chalicelib.followers.rules import SPREAD_DAYS, Asked, Outcome, Setting, Verdict, first_day, judge
from chalicelib.store.member import Member
from chalicelib.store.table import Absent, Check, Delete, Patch, Put
from chalicelib.store.tombstone import LIFE, Tombstone
from chalicelib.wechat.client import UserInfo
from tests.builders import ACCOUNT, HANDLE, NOON, OPENID, a_member, a_tombstone

YEAR_AGO = NOON - timedelta(days=365)
HOUR = timedelta(hours=1)
TOLD = UserInfo(
    following=True,
    unionid="u-1",
    remark="老张",
    subscribe_scene="ADD_SCENE_QR_CODE",
    scene="poster-3",
    subscribed_at=YEAR_AGO,
)
SETTING = Setting(ACCOUNT, NOON, "m-9", HANDLE)


def verdict(member: Member | None = None, left: Tombstone | None = None, **told: Any) -> Verdict:
    """On someone of whom WeChat tells this."""
    asked = Asked(OPENID, replace(TOLD, **told), ("会员", "新客"), foreign_tags=("会员",))
    return judge(asked, member, left, SETTING)


def written(found: Verdict) -> Member:
    put = found.changes[0]
    assert isinstance(put, Put)
    return Member.from_item(put.item)


def test_who_is_unknown_becomes_a_member_as_wechat_knows_them_and_has_not_acted() -> None:
    found = verdict()

    member = written(found)
    assert found.outcome == "new"
    assert (member.member_no, member.joined_at, member.followed_at) == ("m-9", YEAR_AGO, YEAR_AGO)
    assert (member.unionid, member.remark, member.subscribe_scene) == ("u-1", "老张", "ADD_SCENE_QR_CODE")
    assert (member.scene, member.channel, member.tags) == ("poster-3", "poster-3", ("会员", "新客"))
    assert (member.last_active_at, sum(member.hours), member.version) == (None, 0, 1)
    assert "2025-12-04" <= member.active_day < "2026-03-04"


def test_who_leaves_or_writes_at_that_moment_is_not_created_over() -> None:
    put, check = verdict().changes

    assert isinstance(put, Put)
    assert isinstance(check, Check)
    assert put.when == check.when == (Absent(),)


def test_a_scene_that_is_somebodys_openid_is_not_kept() -> None:
    member = written(verdict(scene="o" + "A" * 27))

    assert (member.scene, member.channel) == ("personal", "personal")


def test_who_is_known_gets_only_what_is_empty() -> None:
    known = a_member(remark="张总", scene="flyer", channel="flyer", tags=("老客",))

    found = verdict(known)

    member = written(found)
    assert found.outcome == "filled"
    assert (member.remark, member.scene, member.unionid) == ("张总", "flyer", "u-1")
    assert (member.followed_at, member.active_day, member.version) == (known.followed_at, known.active_day, 2)


def test_a_tag_that_we_had_given_and_taken_away_does_not_come_back_from_wechat() -> None:
    assert written(verdict(a_member(tags=("老客",)))).tags == ("老客", "会员")


def test_who_is_known_in_full_is_left_alone() -> None:
    known = written(verdict(a_member()))

    assert verdict(known) == Verdict("known")


def test_a_subscriber_who_turns_out_to_follow_is_one_from_now_on() -> None:
    member = written(verdict(a_member(following=False, followed_at=None, active_day="")))

    assert (member.following, member.followed_at) == (True, YEAR_AGO)
    assert member.active_day


def test_who_follows_since_they_left_is_back_and_their_opt_out_with_them() -> None:
    left = a_tombstone(opted_out=True)

    found = verdict(left=left, subscribed_at=left.at + timedelta(seconds=1))

    assert found.outcome == "returned"
    assert written(found).opted_out_at == NOON
    assert found.changes[1] == left.delete()
    assert isinstance(found.changes[1], Delete)


@pytest.mark.parametrize("since", [timedelta(0), None])
def test_who_may_have_left_since_is_not_revived(since: timedelta | None) -> None:
    left = a_tombstone()

    found = verdict(left=left, subscribed_at=None if since is None else left.at + since)

    assert found == Verdict("left")


@pytest.mark.parametrize("follows", [True, False])
def test_who_had_everything_erased_and_follows_still_is_not_brought_back(follows: bool) -> None:
    assert verdict(left=a_tombstone(follows=follows)) == Verdict("erased")


def test_who_had_everything_erased_stays_so_beyond_the_tombstones_time() -> None:
    left = a_tombstone(follows=True, at=NOON - LIFE + timedelta(days=29))

    found = verdict(left=left)

    (patch,) = found.changes
    assert isinstance(patch, Patch)
    assert patch.values == {"expires_at": epoch(NOON + LIFE)}
    assert patch.key == left.delete().key


@pytest.mark.parametrize(
    ("member", "left", "outcome"),
    [(None, None, "untold"), (a_member(), None, "known"), (None, a_tombstone(follows=True), "erased")],
)
def test_of_whom_wechat_says_nothing_nothing_changes(
    member: Member | None, left: Tombstone | None, outcome: Outcome
) -> None:
    assert judge(Asked(OPENID, None), member, left, SETTING) == Verdict(outcome)


@pytest.mark.parametrize("member", [None, a_member()])
def test_who_has_unfollowed_since_the_page_was_read_is_left_to_their_unfollow(member: Member | None) -> None:
    assert verdict(member, following=False) == Verdict("gone")


def test_first_days_are_spread_so_that_no_cohort_is_a_flood() -> None:
    days = Counter(first_day(f"oFollower{number:019d}", since=YEAR_AGO, now=NOON) for number in range(9_000))

    assert len(days) == SPREAD_DAYS
    assert max(days.values()) < 150
    assert min(days) == (date(2026, 3, 4) - timedelta(days=90)).isoformat()


def test_a_first_day_is_never_before_the_follow_nor_another_the_next_time() -> None:
    since = NOON - timedelta(days=3)
    days = {openid: first_day(openid, since=since, now=NOON) for openid in map("o{:027d}".format, range(100))}

    assert set(days.values()) == {"2026-03-01", "2026-03-02", "2026-03-03"}
    assert {openid: first_day(openid, since=since, now=NOON + HOUR) for openid in days} == days


def test_who_followed_today_was_active_today() -> None:
    assert first_day(OPENID, since=NOON, now=NOON) == "2026-03-04"
    assert first_day(OPENID, since=NOON + HOUR, now=NOON) == "2026-03-04"
