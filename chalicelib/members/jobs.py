"""The jobs that follow from what members do."""

from datetime import datetime

from chalicelib.decision import Facts
from chalicelib.store import job as stored
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.wechat.inbound import Inbound

PROFILE = stored.PROFILE
ERASURE = stored.ERASURE


def profile(member: Member, event: Inbound, facts: Facts) -> Job:
    """Ask WeChat what it knows of the member: unionid, remark, tags, and whether they follow at all."""
    return _job(PROFILE, member, event, facts)


def met(member: Member, event: Inbound, facts: Facts) -> tuple[Job, ...]:
    """Whom we did not know as a follower a moment ago, we ask WeChat about."""
    known = facts.member is not None and facts.member.following
    return () if known else (profile(member, event, facts),)


def erasure(member: Member, event: Inbound, facts: Facts) -> Job:
    """Remove what else stands under the member who left. Bound to that incarnation."""
    return _job(ERASURE, member, event, facts)


def erasure_after(job: Job, *, now: datetime) -> Job:
    """The same, where another job of the member found out that they left."""
    return Job(job.account, f"{ERASURE}-{job.job_id}", ERASURE, now, job.payload)


def _job(kind: str, member: Member, event: Inbound, facts: Facts) -> Job:
    """The id follows from the receipt: deciding twice asks for the same job."""
    payload = {"openid": member.openid, "member_no": member.member_no}
    return Job(facts.account, f"{kind}-{event.receipt_id}", kind, facts.now, payload)
