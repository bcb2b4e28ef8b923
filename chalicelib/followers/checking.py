"""Whether those whom we take for followers still are: WeChat is asked about a hundred at once.

Who it says has left without our hearing of it is asked about once more by a profile job, which erases them as an
unfollow does. Promise: nobody is erased on this word alone, and nobody at all when it says so of very many.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.clock import shanghai_day
from chalicelib.followers.budget import BATCHGET, SHARES
from chalicelib.followers.days import walk
from chalicelib.followers.kit import BUDGET, Kit
from chalicelib.store import job as jobs
from chalicelib.store import keys
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.store.roster import Place, Run
from chalicelib.store.table import Lost
from chalicelib.wechat.errors import DayLimit, MinuteLimit, RecipientGone

ASK = 100
DAYS = 60
"""Days without anyone that are walked through in one go."""
FEW, SHARE = 50, 0.2
"""More than so many, and than this share of those checked, do not leave unheard: rather WeChat or we are wrong."""
SLOWER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Checked:
    """How far it has come: `place` is None at the end. `until` when WeChat lets nothing through before."""

    place: Place | None
    counts: Mapping[str, int]
    until: datetime | None = None
    implausible: bool = False


def check(run: Run, kit: Kit) -> Checked:
    """Check some more for a few seconds. Raises WechatError."""
    began, place, counts = kit.now(), run.place, Counter[str]()
    while place and kit.now() - began < BUDGET:
        openids, behind = _next(place, run, kit)
        try:
            gone = _not_following(openids, run, kit) if openids else []
        except (DayLimit, MinuteLimit) as limit:
            return Checked(place, counts, until=_later(limit, kit))
        if gone is None:
            return Checked(place, counts, until=kit.budget.anew_at())
        suspects = _members(run.account, gone, kit)
        counts += Counter(checked=len(openids), suspected=len(suspects))
        total = Counter(run.counts) + counts
        if total["suspected"] > max(FEW, SHARE * total["checked"]):
            return Checked(None, counts, implausible=True)
        for member in suspects:
            _ask_again(member, run, kit)
        place = behind
    return Checked(place, counts)


def _later(limit: DayLimit | MinuteLimit, kit: Kit) -> datetime:
    if isinstance(limit, MinuteLimit):
        return kit.now() + SLOWER
    kit.budget.close(BATCHGET)
    return kit.budget.anew_at()


def _next(place: Place, run: Run, kit: Kit) -> tuple[list[str], Place | None]:
    """Up to a hundred openids, and where to go on; None at the end. Who joins later is of the next walk."""
    openids: list[str] = []
    days = 0
    for at in walk(kit.table, run.account, place, last=shanghai_day(kit.now())):
        if at.openid:
            openids.append(at.openid)
        days += not at.openid
        if len(openids) == ASK or days == DAYS:
            return openids, at
    return openids, None


def _not_following(openids: Sequence[str], run: Run, kit: Kit) -> list[str] | None:
    """Who does not follow, in WeChat's word; None when the day has no more calls.

    An openid that WeChat does not know refuses the whole question: then each half is asked about, down to that one,
    of whom nothing is said.
    """
    if not kit.budget.take(BATCHGET, SHARES[run.kind]):
        return None
    try:
        told = kit.wechat.user_infos(openids)
    except RecipientGone:
        return _in_halves(openids, run, kit)
    return [openid for openid, info in told.items() if not info.following]


def _in_halves(openids: Sequence[str], run: Run, kit: Kit) -> list[str] | None:
    if len(openids) == 1:
        return []
    middle = len(openids) // 2
    halves = [_not_following(half, run, kit) for half in (openids[:middle], openids[middle:])]
    return None if None in halves else [openid for half in halves if half for openid in half]


def _members(account: str, openids: Sequence[str], kit: Kit) -> list[Member]:
    """Those of them who are members and follow, as far as we know."""
    wanted = [keys.member(account, openid) for openid in openids]
    found = kit.table.get_many(wanted).values() if wanted else ()
    return [member for member in map(Member.from_item, found) if member.following]


def _ask_again(member: Member, run: Run, kit: Kit) -> None:
    """By a job of its own, once in a walk."""
    payload = {"openid": member.openid, "member_no": member.member_no}
    job_id = f"{jobs.PROFILE}-{run.run_id}-{member.member_no}"
    try:
        kit.table.write([Job(member.account, job_id, jobs.PROFILE, kit.now(), payload).put()])
    except Lost:
        return
