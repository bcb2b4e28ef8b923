"""What WeChat tells of a mass send when it is through."""

from chalicelib.decision import Decision, Facts
from chalicelib.store.batch import Counts
from chalicelib.wechat.events import MassFinished
from chalicelib.wechat.inbound import Inbound

LONGEST_STATUS = 64


def on_mass_finished(event: Inbound, facts: Facts) -> Decision:
    """The counts stand under the send's number, whoever sent it: the batch knows its number, so nothing is read here,
    and it does no harm when they come before the batch has it."""
    body = event.body
    if not isinstance(body, MassFinished) or not body.msg_id.isdecimal():
        return Decision("unknown")
    status = body.status[:LONGEST_STATUS]
    counts = Counts(facts.account, body.msg_id, status, body.total, body.filtered, body.sent, body.failed, at=facts.now)
    outcome = "mass.finished" if status == "send success" else "mass.stopped"
    details = {"total": body.total, "filtered": body.filtered, "sent": body.sent, "failed": body.failed}
    return Decision(outcome, changes=(counts.put(),), details={**details, "status": status})
