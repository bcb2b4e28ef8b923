"""What follows from what WeChat knows of a follower and what we know. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

from chalicelib.clock import shanghai_day
from chalicelib.store import keys, tombstone
from chalicelib.store.member import Member
from chalicelib.store.table import Change
from chalicelib.store.tombstone import LIFE, Tombstone
from chalicelib.wechat.client import UserInfo

SPREAD_DAYS = 90
"""Over which the days of last activity of those are spread whose last act nobody knows."""
MOST_TAGS = 20
"""WeChat's own limit per follower (official page on tags)."""
OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")
PERSONAL = "personal"
"""Stands for a scene that holds an openid, as invitation codes do: it would outlive that person's erasure."""
REFRESH = timedelta(days=30)
"""A tombstone that must stay is given its full life again when no more than this is left of it."""
Outcome: TypeAlias = Literal["new", "returned", "filled", "known", "erased", "left", "gone", "untold"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of WeChat: `told` is None where it was not, or where it said nothing."""

    openid: str
    told: UserInfo | None
    tags: tuple[str, ...] = ()
    """The names of their tags at WeChat."""
    foreign_tags: tuple[str, ...] = ()
    """Those that we have not given to them ourselves."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Of the walk."""

    account: str
    now: datetime
    member_no: str
    """A random one, for who is new."""
    handle: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one follower: at most two changes."""

    outcome: Outcome
    changes: tuple[Change, ...] = ()


def judge(asked: Asked, member: Member | None, left: Tombstone | None, setting: Setting) -> Verdict:
    """Own acts win: who is known gets only what is empty, and who has left is not revived."""
    info = asked.told
    if info is None:
        return Verdict("known" if member else "erased" if left and left.follows else "untold")
    if not info.following:
        return Verdict("gone")
    if member:
        after = filled(member, asked, setting)
        return Verdict("filled", (after.put(),)) if after != member else Verdict("known")
    if left is None:
        made = newcomer(asked, setting, opted_out=False)
        return Verdict("new", (made.put(), tombstone.still_absent(setting.account, setting.handle)))
    if has_returned(info, left):
        return Verdict("returned", (newcomer(asked, setting, opted_out=left.opted_out).put(), left.delete()))
    if left.follows or (info.subscribed_at and info.subscribed_at < left.at):
        return Verdict("erased", tuple(_kept(left, setting.now)))
    return Verdict("left")


def has_returned(info: UserInfo, left: Tombstone) -> bool:
    """Whether WeChat's word that they follow is about a follow since they left.

    WeChat tells when the latest follow was (official page on user info). One from before the leaving says that the word
    is old, or that they never left and had everything erased: neither revives them.
    """
    return info.subscribed_at is not None and info.subscribed_at > left.at


def newcomer(asked: Asked, setting: Setting, *, opted_out: bool) -> Member:
    """As WeChat knows them. They have not acted yet, as far as we know."""
    info = asked.told or UserInfo(following=True)
    since = min(info.subscribed_at or setting.now, setting.now)
    scene = _scene(info)
    return Member(
        account=setting.account,
        openid=asked.openid,
        member_no=setting.member_no,
        joined_at=since,
        followed_at=since,
        scene=scene,
        channel=scene,
        subscribe_scene=info.subscribe_scene,
        unionid=info.unionid,
        remark=info.remark,
        tags=asked.tags[:MOST_TAGS],
        active_day=first_day(asked.openid, since=since, now=setting.now),
        opted_out_at=setting.now if opted_out else None,
    )


def filled(member: Member, asked: Asked, setting: Setting) -> Member:
    """With what was empty until now."""
    info = asked.told or UserInfo(following=True)
    since = min(info.subscribed_at or setting.now, setting.now)
    return replace(
        member,
        following=True,
        followed_at=member.followed_at or since,
        scene=member.scene or _scene(info),
        channel=member.channel or _scene(info),
        subscribe_scene=member.subscribe_scene or info.subscribe_scene,
        unionid=member.unionid or info.unionid,
        remark=member.remark or info.remark,
        tags=tuple(dict.fromkeys((*member.tags, *asked.foreign_tags)))[:MOST_TAGS],
        active_day=member.active_day or first_day(member.openid, since=since, now=setting.now),
    )


def first_day(openid: str, *, since: datetime, now: datetime) -> str:
    """A day between their follow and yesterday, at most 90 days back: the same for the same openid on the same day, and
    spread evenly, so that no day's cohort is a flood."""
    today = date.fromisoformat(shanghai_day(now))
    followed = date.fromisoformat(shanghai_day(since))
    days = min(SPREAD_DAYS, max((today - followed).days, 0))
    back = 1 + keys.shard_of(f"day {openid}", days) if days else 0
    return (today - timedelta(days=back)).isoformat()


def _scene(info: UserInfo) -> str:
    return PERSONAL if OPENID.fullmatch(info.scene) else info.scene


def _kept(left: Tombstone, now: datetime) -> list[Change]:
    """Who had everything erased and follows still must not come back when the tombstone's time is up."""
    return [left.prolong(now)] if left.at + LIFE - now < REFRESH else []


def names_of(info: UserInfo, names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(names[tag_id] for tag_id in info.tag_ids if tag_id in names)
