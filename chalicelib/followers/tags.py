"""The job that tells WeChat of tags that have changed here: many followers of one tag in one call.

Promise: WeChat has in the end what the member bears here. A repeated call changes nothing; a change is forgotten
only once WeChat has heard of it. What came from WeChat is no change, so nothing goes round in circles.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.decision import Asked as Rest
from chalicelib.decision import Done
from chalicelib.door import log
from chalicelib.followers import known_tags
from chalicelib.followers.budget import TAG_SHARE, TAGGING, UNTAGGING
from chalicelib.followers.kit import Kit
from chalicelib.store import keys
from chalicelib.store import tags as stored
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.store.table import Change, Lost
from chalicelib.store.tags import MIRROR, TagChange, Tags
from chalicelib.wechat.errors import Busy, DayLimit, MinuteLimit, OurMistake, Partial, RecipientGone

MOST_CHANGES = 90
"""That are forgotten in the commit of one job: a transaction takes 100."""
BATCH = 50
"""Followers that one call takes (official page on tags)."""
SLOWER = timedelta(minutes=2)
TAGS_FULL = 45059
"""WeChat's code for a follower who has twenty tags."""
NO_SUCH_TAG = 45159
LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """These followers shall bear the tag, or no longer."""

    name: str
    bears: bool
    openids: tuple[str, ...] = field(repr=False)


@dataclass(slots=True)
class Progress:
    """What has come of the calls."""

    told: Counter[str] = field(default_factory=Counter)
    later: set[str] = field(default_factory=set, repr=False)
    """Openids for whom a call is still to be made."""
    until: datetime | None = None
    """When WeChat lets nothing through before."""

    def wait(self, wish: Wish, until: datetime) -> None:
        self.until = until
        self.later.update(wish.openids)


def ask(job: Job, kit: Kit) -> Rest:
    """Tell WeChat of some changes. Raises WechatError."""
    changes = list(stored.list_changes(kit.table, job.account, limit=MOST_CHANGES))
    if not changes:
        return lambda _table: Done("tags.nothing")
    progress = Progress()
    for wish in wishes(changes, _members(changes, kit)):
        if progress.until is None:
            _tell(wish, progress, kit)
        else:
            progress.later.update(wish.openids)
    heard = [change for change in changes if change.openid not in progress.later]
    is_more = len(heard) < len(changes) or len(changes) == MOST_CHANGES
    due_at = progress.until or kit.now() + timedelta(minutes=int(bool(progress.later)))
    return lambda _table: _done(job, heard, progress, due_at if is_more else None)


def _done(job: Job, heard: Sequence[TagChange], progress: Progress, due_at: datetime | None) -> Done:
    more: tuple[Change, ...] = ()
    if due_at:
        stem, _, step = job.job_id.rpartition("+")
        again = f"{stem}+{int(step) + 1}" if stem else f"{job.job_id}+1"
        more = (Job(job.account, again, MIRROR, due_at).put(),)
    outcome = "tags.waiting" if progress.until else "tags.told"
    return Done(outcome, changes=(*(change.delete() for change in heard), *more), details=dict(progress.told))


def wishes(changes: Sequence[TagChange], members: Mapping[str, Member]) -> Iterator[Wish]:
    """What the members bear by now, tag by tag: first what goes, so that there is room for what comes. Pure."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    for change in changes:
        member = members.get(change.openid)
        if member and member.following and member.member_no == change.member_no:
            for name in change.tags:
                named[name].add(change.openid)
    for bears in (False, True):
        for name in sorted(named):
            openids = sorted(openid for openid in named[name] if (name in members[openid].tags) == bears)
            for start in range(0, len(openids), BATCH):
                yield Wish(name, bears, tuple(openids[start : start + BATCH]))


def _members(changes: Sequence[TagChange], kit: Kit) -> dict[str, Member]:
    found = kit.table.get_many({keys.member(change.account, change.openid) for change in changes})
    members = map(Member.from_item, found.values())
    return {member.openid: member for member in members}


def _tell(wish: Wish, progress: Progress, kit: Kit) -> None:
    tag_id = _tag_id(wish, kit)
    if tag_id is None:
        progress.told["unheard_of"] += len(wish.openids)
        return
    try:
        _call(wish, tag_id, progress, kit)
    except OurMistake as error:
        if error.code != NO_SUCH_TAG:
            raise
        known_tags.fetched(kit, stored.find(kit.table, kit.credentials.account))
        tag_id = _tag_id(wish, kit)
        if tag_id is not None:
            _call(wish, tag_id, progress, kit)


def _tag_id(wish: Wish, kit: Kit) -> int | None:
    """The number of the tag, which is made if it is wanted; from now on it counts as ours."""
    account = kit.credentials.account
    tags = stored.find(kit.table, account)
    if wish.name not in tags.ids:
        tags = known_tags.fetched(kit, tags)
    if wish.name not in tags.ids and not wish.bears:
        return None
    ids = dict(tags.ids)
    if wish.name not in ids:
        ids[wish.name] = kit.wechat.create_tag(wish.name[:LONGEST_NAME])
    _remember(replace(tags, ids=ids, ours=tuple(dict.fromkeys((*tags.ours, wish.name)))), tags, kit)
    return ids[wish.name]


def _remember(after: Tags, before: Tags, kit: Kit) -> None:
    """Who was faster has remembered a tag, too; ours is remembered with the next follower who gets it."""
    if after == before:
        return
    try:
        kit.table.write([after.put()])
    except Lost:
        return


def _call(wish: Wish, tag_id: int, progress: Progress, kit: Kit) -> None:
    """Once for all of them; those whom WeChat did not take, once more alone."""
    api = TAGGING if wish.bears else UNTAGGING
    if not kit.budget.take(api, TAG_SHARE):
        progress.wait(wish, kit.budget.anew_at())
        return
    try:
        (kit.wechat.tag if wish.bears else kit.wechat.untag)(tag_id, wish.openids)
    except DayLimit:
        kit.budget.close(api)
        progress.wait(wish, kit.budget.anew_at())
    except MinuteLimit:
        progress.wait(wish, kit.now() + SLOWER)
    except Partial as error:
        refused = [openid for openid in wish.openids if openid in error.failed]
        progress.told["told"] += len(wish.openids) - len(refused)
        _each_alone(replace(wish, openids=tuple(refused)), tag_id, progress, kit)
    except (RecipientGone, Busy) as error:
        if len(wish.openids) > 1:
            _each_alone(wish, tag_id, progress, kit)
        else:
            _refused(wish, error, progress, kit)
    else:
        progress.told["told"] += len(wish.openids)


def _each_alone(wish: Wish, tag_id: int, progress: Progress, kit: Kit) -> None:
    for openid in wish.openids:
        if progress.until is None:
            _call(replace(wish, openids=(openid,)), tag_id, progress, kit)
        else:
            progress.later.add(openid)


def _refused(wish: Wish, error: RecipientGone | Busy, progress: Progress, kit: Kit) -> None:
    """One follower whom WeChat does not take. Who has twenty tags there keeps the older ones: this one they bear only
    here."""
    if isinstance(error, Busy):
        progress.later.update(wish.openids)
        return
    is_full = error.code == TAGS_FULL
    progress.told["full" if is_full else "gone"] += 1
    if is_full:
        log.warning("tags.full", extra={"account": kit.credentials.account, "tag": wish.name})
