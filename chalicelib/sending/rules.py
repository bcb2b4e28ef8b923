"""The gate's rules: each has an objection to a push, or none. Pure; sources are named where the platform is.

A rule that ends a push for good stops it; one that may hold no longer by and by has it wait and be judged again.
"""

from datetime import datetime, timedelta

from chalicelib.clock import SHANGHAI, shanghai_day
from chalicelib.sending import content
from chalicelib.sending.credits import credits_left
from chalicelib.sending.hours import is_quiet, morning_of, next_morning
from chalicelib.sending.outcomes import MORNING_SPREAD, morning_after, spread
from chalicelib.sending.reservation import window_used
from chalicelib.sending.verdict import Go, Known, Stop, Verdict, Wait
from chalicelib.sending.windows import customer_service_window
from chalicelib.store.push import Push

PAUSE_LOOK = timedelta(minutes=15)
PAUSE_SPREAD = timedelta(minutes=5)
"""How soon what is paused is looked at again, and over how long these looks are spread."""
PACE_SPREAD = timedelta(minutes=1)
MARKETING = frozenset({"activity", "product", "brand"})
"""Classes that an opt-out ends. Notices of the service and of public matters (a closing, a storm) go on."""
MOST_A_DAY = 1
MOST_A_MONTH = 4
"""Pushes besides service notices that a follower gets, over all kinds and channels: our own rule."""
MASSES_A_MONTH = 4
"""Mass messages that WeChat delivers to one follower in a calendar month (official page on mass sending)."""


def recipient(push: Push, known: Known) -> Verdict | None:
    """While there is a member no tombstone counts. Only subscription notices reach those who do not follow."""
    if known.member is None:
        return Stop("left" if known.left else "stranger")
    if not known.member.following and push.channel != "subscribe":
        return Stop("not_following")
    return None


def words(push: Push, _known: Known) -> Verdict | None:
    """What the channel may not carry, whoever it is for."""
    reason = content.objection(push.channel, push.content_class, push.content)
    return Stop(reason) if reason else None


def pauses(push: Push, known: Known) -> Verdict | None:
    switches = known.switches
    thrown = {
        "paused.account": switches.paused is not None,
        "paused.channel": push.channel in switches.channels,
        "paused.kind": push.kind in switches.kinds,
    }
    reason = next((reason for reason, is_thrown in thrown.items() if is_thrown), "")
    return Wait(known.now + PAUSE_LOOK + spread(push, PAUSE_SPREAD), reason) if reason else None


def not_before(push: Push, known: Known) -> Verdict | None:
    return Wait(push.not_before, "not_before") if known.now < push.not_before else None


def returned(push: Push, known: Known) -> Verdict | None:
    """Who was to be won back, and has come by themselves since, is left alone."""
    acted_at = known.member.last_active_at if known.member else None
    return Stop("returned") if push.trial and acted_at and acted_at > push.planned_at else None


def opt_out(push: Push, known: Known) -> Verdict | None:
    has_opted_out = known.member is not None and known.member.opted_out_at is not None
    return Stop("opted_out") if has_opted_out and push.content_class in MARKETING else None


def reachability(push: Push, known: Known) -> Verdict | None:
    """Who blocks notices is told by the finish event of the last one; their next message lifts it."""
    is_blocked = known.member is not None and known.member.reachability == "blocked"
    return Stop("blocked") if is_blocked and push.channel == "template" else None


def credit(push: Push, known: Known) -> Verdict | None:
    """Each subscription notice uses up one accept (official page on subscription notices)."""
    if push.channel != "subscribe" or known.member is None:
        return None
    has_credit = push.content.template in credits_left(known.member, known.sends)
    return None if has_credit else Stop("no_credit")


def window(push: Push, known: Known) -> Verdict | None:
    """Official page on customer-service messages: see `windows.py`."""
    if push.channel != "kefu" or known.member is None:
        return None
    open_window = customer_service_window(known.member, known.now)
    if open_window is None:
        return Stop("no_window")
    used = window_used(known.sends, known.member, known.now)
    return Stop("window_used") if used >= open_window.allowance else None


def masses(push: Push, known: Known) -> Verdict | None:
    had = known.sends.masses.get(shanghai_day(known.now)[:7], 0) if known.sends else 0
    return Stop("mass_month") if push.channel == "mass" and had >= MASSES_A_MONTH else None


def monthly_cap(push: Push, known: Known) -> Verdict | None:
    today = known.now.astimezone(SHANGHAI).date()
    if _nudges(push, known, shanghai_day(known.now)[:7]) < MOST_A_MONTH:
        return None
    next_month = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    return _until(morning_of(next_month), push, "cap.month")


def daily_cap(push: Push, known: Known) -> Verdict | None:
    today = known.now.astimezone(SHANGHAI).date()
    if _nudges(push, known, today.isoformat()) < MOST_A_DAY:
        return None
    return _until(morning_of(today + timedelta(days=1)), push, "cap.day")


def quiet_hours(push: Push, known: Known) -> Verdict | None:
    if push.urgent or not is_quiet(known.now):
        return None
    return Wait(next_morning(known.now) + spread(push, MORNING_SPREAD), "quiet_hours")


def quota(push: Push, known: Known) -> Verdict | None:
    """WeChat has said that the day's calls are used up."""
    return Wait(morning_after(push, known.now), "quota") if known.quota.closed else None


def pace(push: Push, known: Known) -> Verdict | None:
    """WeChat has said that the calls come too fast."""
    slow_until = known.quota.slow_until
    if slow_until is None or slow_until <= known.now:
        return None
    return Wait(slow_until + spread(push, PACE_SPREAD), "too_fast")


def canary(push: Push, known: Known) -> Verdict | None:
    """A kind shows each day with its first pushes how it is received. A mass goes out whole: it has no first ones."""
    if push.content_class == "service" or push.channel == "mass":
        return None
    is_cleared = known.switches.cleared.get(push.kind) == shanghai_day(known.now)
    return None if is_cleared else Go(canary=True)


def _nudges(push: Push, known: Known, of: str) -> int:
    """What counts against the caps in this day or month (``2026-11``); none for a push that does not count itself."""
    if push.content_class == "service" or known.sends is None:
        return 0
    return sum(shanghai_day(at).startswith(of) for at in known.sends.nudged_at)


def _until(morning: datetime, push: Push, reason: str) -> Verdict:
    """Wait for that morning, if the push is still worth sending then."""
    until = morning + spread(push, MORNING_SPREAD)
    return Wait(until, reason) if until < push.expires_at else Stop(reason)
