"""What else follows from an answer of WeChat's: a quota closes, a kind pauses, a member is asked about."""

from chalicelib.door import count, log
from chalicelib.push.kit import Kit
from chalicelib.sending import pausing
from chalicelib.sending.outcomes import Outcome
from chalicelib.sending.traits import SLOW
from chalicelib.store.job import PROFILE, Job
from chalicelib.store.push import Push
from chalicelib.store.quota import Quota


def follow_up(push: Push, outcome: Outcome, quota: Quota, kit: Kit) -> None:
    """After the outcome stands. Were it lost, the next push would meet the same answer."""
    for effect in outcome.effects:
        match effect:
            case "close_day":
                kit.table.write([quota.close()])
                log.warning("push.quota_spent", extra={"account": push.account, "channel": push.channel})
                count("QuotaSpent", account=push.account)
            case "slow":
                kit.table.write([quota.slow(kit.now() + SLOW)])
            case "pause_kind":
                pausing.pause_kind(kit.table, push.account, push.kind, reason=outcome.reason, now=kit.now())
            case "pause_channel":
                pausing.pause_channel(kit.table, push.account, push.channel, reason=outcome.reason, now=kit.now())
            case "ask_about_member":
                kit.queues.wake([job.name for job in (profile_job(push, outcome, kit),) if job])


def profile_job(push: Push, outcome: Outcome, kit: Kit) -> Job | None:
    """WeChat says that the recipient is gone. It has been wrong before, so `user/info` is asked first."""
    if "ask_about_member" not in outcome.effects:
        return None
    payload = {"openid": push.openid, "member_no": push.member_no}
    return Job(push.account, f"{PROFILE}-{push.push_id}-{push.epoch}", PROFILE, kit.now(), payload)
