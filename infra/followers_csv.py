"""A file of all followers whom we know, row by row, for a spreadsheet: what an operator may see of a member."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from chalicelib.clock import SHANGHAI, shanghai_day
from chalicelib.followers.days import first_place, walk
from chalicelib.members.texts import FOUND_BY
from chalicelib.store import keys
from chalicelib.store.member import Member
from chalicelib.store.roster import Place
from chalicelib.store.table import Table
from infra.faq_cells import guarded

TOGETHER = 100
"""Members that are read in one call."""
REACHABILITY = {"ok": "能送达", "blocked": "对方关闭了通知", "unknown": ""}
Column: TypeAlias = Callable[[Member], str]


def _when(at: datetime | None) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if at else ""


COLUMNS: Mapping[str, Column] = {
    "会员编号": lambda member: member.member_no,
    "成为会员": lambda member: _when(member.joined_at),
    "最近关注": lambda member: _when(member.followed_at),
    "来源渠道": lambda member: member.channel,
    "关注方式": lambda member: FOUND_BY.get(member.subscribe_scene, member.subscribe_scene),
    "备注": lambda member: member.remark,
    "标签": lambda member: "、".join(member.tags),
    "活跃日": lambda member: member.active_day,
    "最近互动": lambda member: _when(member.last_active_at),
    "最近发消息": lambda member: _when(member.last_message_at),
    "最近点菜单": lambda member: _when(member.last_click_at),
    "最近扫码": lambda member: _when(member.last_scan_at),
    "互动次数": lambda member: str(sum(member.hours)),
    "订阅授权": lambda member: str(sum(member.credits.values())),
    "退订时间": lambda member: _when(member.opted_out_at),
    "通知送达": lambda member: REACHABILITY[member.reachability],
    "其他资料": lambda member: "；".join(f"{name}={value}" for name, value in sorted(member.facts.items())),
}
NAMING: Mapping[str, Column] = {
    "openid": lambda member: member.openid,
    "unionid": lambda member: member.unionid,
}
"""What names a person to other systems: only on demand."""


def export(
    path: Path, table: Table, account: str, *, now: Callable[[], datetime], named: bool, show: Callable[[int], None]
) -> int:
    """Write the file anew; how many rows it has. Raises OSError and Unavailable.

    Every follower has one row, also those who act meanwhile. For that, their openids are held in memory: 100 MB for a
    million.
    """
    columns = {**NAMING, **COLUMNS} if named else COLUMNS
    rows = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for member in members(table, account, now=now):
            writer.writerow([guarded(column(member)) for column in columns.values()])
            rows += 1
            show(rows)
    return rows


def members(table: Table, account: str, *, now: Callable[[], datetime]) -> Iterator[Member]:
    """Who follows, each once, by the day of their last act; as they are when they are read."""
    seen: set[str] = set()
    openids = (place.openid for place in _places(table, account, now) if place.openid)
    while some := list(islice(openids, TOGETHER)):
        new = [openid for openid in dict.fromkeys(some) if openid not in seen]
        seen.update(new)
        found = table.get_many(keys.member(account, openid) for openid in new) if new else {}
        yield from (member for member in map(Member.from_item, found.values()) if member.following)


def _places(table: Table, account: str, now: Callable[[], datetime]) -> Iterator[Place]:
    """Until the present day is over, whichever it is by then: who acts after midnight has moved there."""
    reached = first_place(table, account, now=now())
    while reached.day <= (today := shanghai_day(now())):
        for reached in walk(table, account, reached, last=today):  # noqa: B020 - it goes on where it stopped
            yield reached
