"""What other systems tell of members, written onto the members: nothing else of them changes, and nobody is created."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from chalicelib.errors import BadContent
from chalicelib.reactivation.filling import LONGEST_FACT
from chalicelib.store import keys
from chalicelib.store.member import Member
from chalicelib.store.table import Lost, Table
from infra import push_csv
from infra.faq_cells import UNSPEAKABLE
from infra.push_csv import TOLD, Sheet

NAME = re.compile(r"[a-z_]{1,24}")
MOST = 10
"""Facts of one member."""
TRIES = 8
"""How often a member is read again because they were just writing."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one row: `planned` is written, `known` is as it was."""

    outcome: Literal["planned", "known", "refused"]
    message: str = ""


def opened(path: Path) -> Sheet:
    """Raises BadContent when it cannot be read, or its headings are not an openid and names of facts."""
    sheet = push_csv.unchecked(path, is_ours=_is_ours, reader=dict)
    headings = [name for name in sheet.headings if name not in TOLD]
    facts = [name for name in headings if name != "openid"]
    if "openid" not in headings:
        raise BadContent("第一行没有列 openid")
    if strange := [name for name in facts if not NAME.fullmatch(name)]:
        raise BadContent(f"列名 {'、'.join(strange)[:200]} 不能用：应当是 1–24 个小写字母或下划线，如 points_until")
    if not 1 <= len(facts) <= MOST or len(set(headings)) < len(headings):
        raise BadContent(f"openid 以外应当有 1–{MOST} 列，每列一次")
    return sheet


def remember(rows: Sequence[Mapping[str, Any]], account: str, table: Table) -> list[Told]:
    """An answer per row, in their order. An empty cell takes the fact away. Raises Unavailable."""
    wanted = {row["openid"] for row in rows if not _trouble(row)}
    found = table.get_many(keys.member(account, openid) for openid in wanted)
    known = {str(item["openid"]): Member.from_item(item) for item in found.values()}
    return [_remembered(row, known, account, table) for row in rows]


def _remembered(row: Mapping[str, Any], known: dict[str, Member], account: str, table: Table) -> Told:
    if why := _trouble(row):
        return Told("refused", why)
    openid = row["openid"]
    for _ in range(TRIES):
        member = known.get(openid)
        if member is None:
            return Told("refused", "不是已知的粉丝")
        try:
            return _written(member, row, known, table)
        except Lost:
            item = table.get(keys.member(account, openid))
            known.pop(openid)
            known |= {openid: Member.from_item(item)} if item else {}
    return Told("refused", "这位粉丝正在说话，请再导入一次")


def _written(member: Member, row: Mapping[str, Any], known: dict[str, Member], table: Table) -> Told:
    """Raises Lost when the member moved since they were read."""
    told = {name: text for name, text in row.items() if name not in ("openid", *TOLD)}
    facts = {name: text for name, text in {**member.facts, **told}.items() if text}
    if facts == member.facts:
        return Told("known")
    if len(facts) > MOST:
        return Told("refused", f"加上以前的超过 {MOST} 项")
    after = replace(member, facts=facts)
    table.write([after.put()])
    known[member.openid] = replace(after, version=member.version + 1)
    return Told("planned")


def _trouble(row: Mapping[str, Any]) -> str:
    for name, text in row.items():
        if name == "openid" and not text:
            return "没有 openid"
        if name not in TOLD and (len(text) > LONGEST_FACT or UNSPEAKABLE.search(text)):
            return f"{name} 应当是最多 {LONGEST_FACT} 个字符的文字"
    return ""


def _is_ours(name: str) -> bool:
    return bool(NAME.fullmatch(name)) or name in TOLD
