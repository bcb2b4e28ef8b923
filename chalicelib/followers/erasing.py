"""An operator has everything of one person erased: as by the person's own wish, in one commit."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from chalicelib.credentials import Credentials
from chalicelib.errors import Conflict
from chalicelib.queues import Queues
from chalicelib.store import job as jobs
from chalicelib.store import keys
from chalicelib.store.job import Job
from chalicelib.store.journal import Entry
from chalicelib.store.member import Member
from chalicelib.store.table import Absent, Change, Check, Delete, Lost, Table
from chalicelib.store.tombstone import Tombstone

Reason: TypeAlias = Literal["request", "complaint", "legal", "test"]
"""They asked for it, elsewhere than in the chat; they complained; an authority wants it; they were a trial."""
REASONS: tuple[Reason, ...] = get_args(Reason)
TRIES = 6


def erase(
    openid: str,
    reason: Reason,
    *,
    credentials: Credentials,
    table: Table,
    queues: Queues,
    now: datetime,
    new_id: Callable[[], str],
) -> bool:
    """Whether anything was known of them. The tombstone is written in any case: no import brings them back, only an act
    of their own. Raises Conflict when they keep acting, and Unavailable."""
    entry_id = f"erasure-{new_id()}"
    for _ in range(TRIES):
        member, left = _known(openid, credentials, table)
        job = _rest(member, entry_id, now) if member else None
        told = _entry(credentials.account, member, entry_id, reason, now)
        rest = [job.put()] if job else []
        try:
            table.write([told.put(), *_changes(openid, member, left, credentials, now), *rest])
        except Lost:
            continue
        queues.wake([job.name] if job else [])
        return member is not None
    raise Conflict("the member kept moving")


def _known(openid: str, credentials: Credentials, table: Table) -> tuple[Member | None, Tombstone | None]:
    profile = keys.member(credentials.account, openid)
    stone = keys.tombstone(credentials.account, credentials.handle(openid))
    found = table.get_many([profile, stone])
    member = Member.from_item(found[profile]) if profile in found else None
    return member, Tombstone.from_item(found[stone]) if stone in found else None


def _changes(
    openid: str, member: Member | None, left: Tombstone | None, credentials: Credentials, now: datetime
) -> Iterator[Change]:
    """The tombstone stands alone from then on, and an opt-out with it."""
    opted_out = member.opted_out_at is not None if member else left is not None and left.opted_out
    follows = member.following if member else left is None or left.follows
    at = max(left.at, now) if left else now
    stone = Tombstone(credentials.account, credentials.handle(openid), at, opted_out, follows)
    if member:
        yield member.delete()
        yield stone.put()
    else:
        yield Check(keys.member(credentials.account, openid), (Absent(),))
        yield stone.put_over(left)
    yield Delete(keys.sends(credentials.account, openid))


def _rest(member: Member, entry_id: str, now: datetime) -> Job:
    payload = {"openid": member.openid, "member_no": member.member_no}
    return Job(member.account, f"{jobs.ERASURE}-{entry_id}", jobs.ERASURE, now, payload)


def _entry(account: str, member: Member | None, entry_id: str, reason: Reason, now: datetime) -> Entry:
    member_no = member.member_no if member else ""
    return Entry(account, entry_id, now, "operator", "erased.operator", member_no, {"reason": reason})
