"""The job that goes through some followers of WeChat's list: asks about them, and takes over who and what is unknown.

Promise: every follower is counted once, and becomes a member once. Each commit holds some members and how far the part
has come; a worker that was overtaken commits nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.decision import Asked as Rest
from chalicelib.decision import Done
from chalicelib.errors import Conflict
from chalicelib.followers import known_tags
from chalicelib.followers.budget import BATCHGET, SHARES
from chalicelib.followers.kit import BUDGET, Kit
from chalicelib.followers.listing import part_job
from chalicelib.followers.rules import Asked, Setting, Verdict, judge, names_of
from chalicelib.store import keys, roster
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.store.roster import Part
from chalicelib.store.table import Change, Lost
from chalicelib.store.tombstone import Tombstone
from chalicelib.wechat.client import UserInfo
from chalicelib.wechat.errors import DayLimit, MinuteLimit, RecipientGone

GROUP = 49
"""Followers of one commit: two changes each and the part make 99, and a transaction takes 100."""
ASK = 2 * GROUP
"""Whom WeChat is asked about at once; it takes 100."""
TRIES = 6
SLOWER = timedelta(minutes=2)
"""How long to wait when WeChat says that a minute had too many calls."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The part goes on later."""

    until: datetime


def ask(job: Job, kit: Kit) -> Rest:
    """Go on with the part for a few seconds. Raises WechatError."""
    named = job.payload
    part = roster.find_part(kit.table, job.account, named["run"], int(named["part"]))
    if part is None or part.job_id != job.job_id:
        return lambda _table: Done("followers.over")
    came = _through(part, kit)
    return lambda _table: _done(*came, kit) if came else Done("followers.over")


def _done(part: Part, wait: Wait | None, kit: Kit) -> Done:
    fresh = dict(Counter(part.counts) - Counter(part.told))
    after = replace(part, told=part.counts, steps=part.steps + 1)
    due_at = wait.until if wait else kit.now()
    next_one: tuple[Change, ...] = (part_job(after, due_at).put(),) if part.openids else ()
    outcome = "import.taken" if part.kind == "import" else "reconcile.compared"
    return Done(outcome, changes=(after.put(), *next_one), details=fresh)


def _through(part: Part, kit: Kit) -> tuple[Part, Wait | None] | None:
    """How far the part has come, and what it waits for. None when another worker has finished this job."""
    began, job_id = kit.now(), part.job_id
    while part.openids and kit.now() - began < BUDGET:
        some = part.openids[:ASK]
        told = _told(part, some, kit)
        if isinstance(told, Wait):
            return part, told
        found = _taken(part, [told[openid] for openid in some], kit)
        if found is None or found.job_id != job_id:
            return None
        part = found
    return part, None


def _taken(part: Part, some: Sequence[Asked], kit: Kit) -> Part | None:
    """The part behind these; as another worker has left it, if one was faster."""
    for start in range(0, len(some), GROUP):
        moved = _settled(part, some[start : start + GROUP], kit)
        if moved is None:
            return roster.find_part(kit.table, part.account, part.run_id, part.number)
        part = moved
    return part


def _told(part: Part, openids: Sequence[str], kit: Kit) -> Mapping[str, Asked] | Wait:
    """What WeChat knows of them; a check asks about those only whom we do not know."""
    wanted = openids if part.kind == "import" else _unknown(part, openids, kit)
    infos: dict[str, UserInfo] = {}
    if wanted:
        if not kit.budget.take(BATCHGET, SHARES[part.kind]):
            return Wait(kit.budget.anew_at())
        try:
            infos = dict(kit.wechat.user_infos(wanted))
        except DayLimit:
            kit.budget.close(BATCHGET)
            return Wait(kit.budget.anew_at())
        except MinuteLimit:
            return Wait(kit.now() + SLOWER)
        except RecipientGone:
            infos = _one_by_one(wanted, kit)
    tags = known_tags.known(kit, {tag_id for info in infos.values() for tag_id in info.tag_ids})
    return {openid: _asked(openid, infos.get(openid), tags.names, tags.ours) for openid in openids}


def _asked(openid: str, info: UserInfo | None, names: Mapping[int, str], ours: tuple[str, ...]) -> Asked:
    tags = names_of(info, names) if info else ()
    return Asked(openid, info, tags, tuple(name for name in tags if name not in ours))


def _one_by_one(openids: Sequence[str], kit: Kit) -> dict[str, UserInfo]:
    """One of them is refused, and WeChat does not say which: nothing is told of that one."""
    infos = {}
    for openid in openids:
        try:
            infos[openid] = kit.wechat.user_info(openid)
        except RecipientGone:
            continue
    return infos


def _unknown(part: Part, openids: Sequence[str], kit: Kit) -> list[str]:
    wanted = [keys.member(part.account, openid) for openid in openids]
    found = kit.table.get_many(wanted)
    return [openid for openid, key in zip(openids, wanted, strict=True) if key not in found]


def _settled(part: Part, some: Sequence[Asked], kit: Kit) -> Part | None:
    """The part behind these followers, with what becomes of them in the table. None when the part is another worker's
    by now; decided anew while one of them acts."""
    for _ in range(TRIES):
        verdicts = _judged(part, some, kit)
        counts = Counter(part.counts) + Counter(verdict.outcome for verdict in verdicts)
        after = replace(part, openids=part.openids[len(some) :], counts=dict(counts))
        try:
            kit.table.write([after.put(), *(change for verdict in verdicts for change in verdict.changes)])
        except Lost as lost:
            if after.put().key in lost.stood:
                return None
            continue
        return replace(after, version=after.version + 1)
    raise Conflict("the followers kept moving")


def _judged(part: Part, some: Sequence[Asked], kit: Kit) -> list[Verdict]:
    """On a fresh look at all of them, in one round trip."""
    account, now = part.account, kit.now()
    handles = [kit.credentials.handle(one.openid) for one in some]
    profiles = [keys.member(account, one.openid) for one in some]
    stones = [keys.tombstone(account, handle) for handle in handles]
    found = kit.table.get_many([*profiles, *stones])
    return [
        judge(
            one,
            Member.from_item(found[profile]) if profile in found else None,
            Tombstone.from_item(found[stone]) if stone in found else None,
            Setting(account, now, kit.new_id(), handle),
        )
        for one, profile, stone, handle in zip(some, profiles, stones, handles, strict=True)
    ]
