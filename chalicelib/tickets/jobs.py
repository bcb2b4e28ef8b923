"""The jobs that follow from tickets."""

from chalicelib.decision import Facts
from chalicelib.store.job import Job
from chalicelib.store.member import Member
from chalicelib.wechat.inbound import Inbound

NOTIFY = "ticket.notify"
ANSWER = "ticket.answer"


def notify(event: Inbound, facts: Facts) -> Job:
    """Tell the staff that a ticket waits."""
    return Job(facts.account, f"{NOTIFY}-{event.receipt_id}", NOTIFY, facts.now)


def answer(member: Member, event: Inbound, facts: Facts) -> tuple[Job, ...]:
    """Send what was answered while the follower could not be written to: they have just opened a window."""
    if not member.unheard:
        return ()
    payload = {"openid": member.openid, "member_no": member.member_no, "tickets": ",".join(member.unheard)}
    return (Job(facts.account, f"{ANSWER}-{event.receipt_id}", ANSWER, facts.now, payload),)
