"""What a member's acts change: pure calculation."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock import SHANGHAI, shanghai_day
from chalicelib.decision import Facts
from chalicelib.store.member import Member
from chalicelib.store.sends import Sends
from chalicelib.store.tombstone import Tombstone
from chalicelib.wechat.inbound import Inbound
from chalicelib.wechat.messages import Text

CLICKS = frozenset({"event.click", "event.scancode_push", "event.scancode_waitmsg"})
"""Menu acts that open a customer-service window of one minute (rule of 2023-06)."""
ALSO_OF_STRANGERS = frozenset({"event.subscribe_msg_popup_event"})
"""Acts that do not tell whether the person follows: such a popup opens in articles and web pages, too."""
SCENE_PREFIX = "qrscene_"
SCENE_CHARACTERS = 64
OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")
PERSONAL = "personal"


def scene_of(event: Inbound) -> str:
    """The scene of the parametric QR code behind a subscribe or SCAN event; empty when there was none.

    A new follower's scene has the prefix `qrscene_`, a SCAN has it bare (official page on receiving events). One that
    holds an openid, as invitation codes do, is not kept: it would outlive the person's erasure in others' records.
    """
    key = str(getattr(event.body, "key", ""))
    if event.kind == "event.subscribe":
        key = key.removeprefix(SCENE_PREFIX) if key.startswith(SCENE_PREFIX) else ""
    return PERSONAL if OPENID.fullmatch(key) else key[:SCENE_CHARACTERS]


def came_too_late(event: Inbound, tombstone: Tombstone | None) -> bool:
    """Whether the act is older than the member's leaving: it must not revive them.

    CreateTime counts whole seconds. A follow in the very second of leaving counts as newer; if that was wrong, the
    profile that is fetched next says so.
    """
    if tombstone is None:
        return False
    if event.kind == "event.subscribe":
        return event.created < tombstone.at
    return event.created <= tombstone.at


def newcomer(event: Inbound, facts: Facts) -> Member:
    """A member who was not known a moment ago. An opt-out that the tombstone kept is restored."""
    kept = facts.tombstone is not None and facts.tombstone.opted_out
    return Member(
        account=facts.account,
        openid=event.openid,
        member_no=facts.fresh_id,
        joined_at=event.created,
        opted_out_at=event.created if kept else None,
    )


def after_act(member: Member, event: Inbound) -> Member:
    """The member after their own act: activity, the hour's histogram and the customer-service windows. Who writes,
    scans or taps the menu follows, whatever was known before."""
    following = member.following or event.kind not in ALSO_OF_STRANGERS
    return replace(member, following=following, **_counted(member, event.created), **_window(member, event))


def history(member: Member, left_at: datetime) -> dict[str, str | int]:
    """What the journal keeps of who left."""
    return {
        "channel": member.channel,
        "days": max(0, (left_at - member.joined_at).days),
        "opted_out": int(member.opted_out_at is not None),
    }


def last_push(sends: Sends | None, left_at: datetime) -> dict[str, str | int]:
    """What the journal keeps of the pushes before a leaving: the last one that may have arrived, and the last trial."""
    seen = [sent for sent in (sends.recent if sends else ()) if sent.state != "undelivered"]
    if not seen:
        return {}
    hours = max(0, int((left_at - seen[-1].at) / timedelta(hours=1)))
    told: dict[str, str | int] = {"push_kind": seen[-1].kind, "push_hours": hours}
    trials = [sent.trial for sent in seen if sent.trial]
    return told | ({"trial": trials[-1]} if trials else {})


def _is_menu_reply(event: Inbound) -> bool:
    """A tap on a menu message arrives as a text, but counts as a menu click (official page on customer service)."""
    return isinstance(event.body, Text) and bool(event.body.menu_reply)


def _counted(member: Member, at: datetime) -> dict[str, Any]:
    """What an act changes in the member's activity."""
    latest = _later(member.last_active_at, at)
    month = shanghai_day(at)[:7]
    hours = list(_halved(member, month))
    hours[at.astimezone(SHANGHAI).hour] += 1
    return {
        "last_active_at": latest,
        "active_day": shanghai_day(latest),
        "hours": tuple(hours),
        "hours_month": max(member.hours_month, month),
    }


def _window(member: Member, event: Inbound) -> dict[str, Any]:
    """What it changes in the customer-service windows. Who writes can be reached again."""
    if event.is_message and not _is_menu_reply(event):
        reachability = "unknown" if member.reachability == "blocked" else member.reachability
        return {"last_message_at": _later(member.last_message_at, event.created), "reachability": reachability}
    if event.kind in CLICKS or _is_menu_reply(event):
        return {"last_click_at": _later(member.last_click_at, event.created)}
    if event.kind == "event.scan":
        return {"last_scan_at": _later(member.last_scan_at, event.created)}
    return {}


def _halved(member: Member, month: str) -> tuple[int, ...]:
    """The histogram, halved once for every month that has begun since it was last touched."""
    if not member.hours_month or month <= member.hours_month:
        return member.hours
    year, number = map(int, month.split("-"))
    last_year, last_number = map(int, member.hours_month.split("-"))
    months = (year - last_year) * 12 + number - last_number
    return tuple(count >> months for count in member.hours)


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)
