"""What WeChat knows of a member: unionid, remark, tags, how they came, and whether they follow at all."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.credentials import Credentials
from chalicelib.decision import Asked, Done
from chalicelib.members import jobs
from chalicelib.members.rules import history
from chalicelib.sending import trials
from chalicelib.store import keys
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.store.table import Delete, Table
from chalicelib.store.tombstone import Tombstone
from chalicelib.wechat.client import UserInfo, WechatClient
from chalicelib.wechat.errors import UnknownOutcome

MOST_TAGS = 20
"""WeChat's own limit per user (official page on tags)."""
SKEW = timedelta(minutes=1)
"""How far our clock may run ahead of WeChat's: an act of just now must not count as older than what we were told."""


def ask(job: Job, *, wechat: WechatClient, credentials: Credentials, now: datetime) -> Asked:
    """Ask WeChat; what remains is to decide. Exactly once in the table. Raises WechatError."""
    info = wechat.user_info(job.payload["openid"])
    names = wechat.tag_names() if info.tag_ids else {}
    tags = tuple(names[tag_id] for tag_id in info.tag_ids if tag_id in names)

    def decide(table: Table) -> Done:
        item = table.get(keys.member(job.account, job.payload["openid"]))
        member = Member.from_item(item) if item else None
        if member is None or member.member_no != job.payload["member_no"]:
            return Done("gone", job.payload["member_no"])
        if not info.following:
            return _not_following(job, member, credentials, now)
        return Done("profile", member.member_no, (_known(member, info, tags).put(),))

    return decide


def _known(member: Member, info: UserInfo, tags: tuple[str, ...]) -> Member:
    return replace(
        member,
        following=True,
        followed_at=member.followed_at or info.subscribed_at,
        unionid=info.unionid,
        remark=info.remark,
        subscribe_scene=info.subscribe_scene,
        scene=member.scene or info.scene,
        channel=member.channel or info.scene,
        tags=tuple(dict.fromkeys((*member.tags, *tags)))[:MOST_TAGS],
    )


def _not_following(job: Job, member: Member, credentials: Credentials, asked_at: datetime) -> Done:
    """WeChat says they left, and that callback never came: erased as it demands. Who never followed may stay,
    for the sends they allowed. Who has acted since we asked may be back: UnknownOutcome, so that we ask again."""
    if not member.following:
        return Done("not_following", member.member_no)
    if member.last_active_at and member.last_active_at >= asked_at.replace(microsecond=0) - SKEW:
        raise UnknownOutcome("the member has acted since we asked")
    opted_out = member.opted_out_at is not None
    tombstone = Tombstone(member.account, credentials.handle(member.openid), asked_at - SKEW, opted_out)
    ledger = Delete(keys.sends(member.account, member.openid))
    rest = jobs.erasure_after(job, now=asked_at)
    changes = (member.delete(), ledger, tombstone.put(), rest.put())
    return Done(
        "unfollowed.found", member.member_no, changes, history(member, asked_at) | trials.lost(member, asked_at)
    )
