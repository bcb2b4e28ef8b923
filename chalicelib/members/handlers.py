"""What follows from a follower coming, acting and going. Pure."""

from dataclasses import replace

from chalicelib.decision import Decision, Erase, Facts
from chalicelib.members import jobs, texts
from chalicelib.members.rules import after_act, came_too_late, history, last_push, newcomer, scene_of
from chalicelib.store.tombstone import Tombstone
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound


def on_subscribe(event: Inbound, facts: Facts) -> Decision:
    if came_too_late(event, facts.tombstone):
        return Decision("stale")
    scene = scene_of(event)
    since = facts.member.followed_at if facts.member else None
    member = after_act(facts.member or newcomer(event, facts), event)
    member = replace(
        member,
        followed_at=max(since or event.created, event.created),
        scene=member.scene or scene,
        channel=member.channel or scene,
    )
    channel = facts.faq.release.channel(scene)
    welcome = (channel and channel.welcome) or facts.faq.release.welcome or texts.WELCOME
    return Decision(
        "followed.again" if since and since < event.created else "followed",
        reply=reply.text(welcome),
        save=(member,),
        jobs=(jobs.profile(member, event, facts),),
        details={"channel": scene, "returned": int(facts.tombstone is not None)},
    )


def on_unsubscribe(event: Inbound, facts: Facts) -> Decision:
    """The platform demands that all of the user's information is deleted now (official page on events)."""
    member = facts.member
    if member and event.created < (member.followed_at or member.joined_at):
        return Decision("stale", details={"channel": member.channel})
    told = history(member, event.created) | last_push(facts.sends, event.created) if member else {}
    return replace(_erasure(event, facts, "unfollowed"), details=told)


def on_cancellation(event: Inbound, facts: Facts) -> Decision:
    """The person closed their WeChat account: the same erasure as an unfollow."""
    return _erasure(event, facts, "erased.cancelled")


def on_scan(event: Inbound, facts: Facts) -> Decision:
    """A follower scans one of the account's codes."""
    if came_too_late(event, facts.tombstone):
        return Decision("stale")
    greeting = reply.text(texts.SCANNED)
    return replace(on_act(event, facts), outcome="scanned", reply=greeting, details={"channel": scene_of(event)})


def on_scan_by_menu(event: Inbound, facts: Facts) -> Decision:
    """The follower scanned something by a menu item that shows "receiving" until they are answered."""
    if came_too_late(event, facts.tombstone):
        return Decision("stale")
    return replace(on_act(event, facts), reply=reply.text(texts.RECEIVED))


def on_act(event: Inbound, facts: Facts) -> Decision:
    """Any other act of a follower: it counts as activity, and nothing is said."""
    if came_too_late(event, facts.tombstone):
        return Decision("stale")
    member = after_act(facts.member or newcomer(event, facts), event)
    return Decision("seen", save=(member,), jobs=jobs.met(member, event, facts))


def erase_by_wish(event: Inbound, facts: Facts) -> Decision:
    """The member asked, and confirmed: everything goes, the follow stays (PIPL, article 47)."""
    return replace(_erasure(event, facts, "erased.wish", follows=True), reply=reply.text(texts.ERASED))


def _erasure(event: Inbound, facts: Facts, outcome: str, *, follows: bool = False) -> Decision:
    member = facts.member
    before = facts.tombstone
    left_at = max(before.at, event.created) if before else event.created
    opted_out = member.opted_out_at is not None if member else before is not None and before.opted_out
    tombstone = Tombstone(facts.account, facts.handle, left_at, opted_out, follows)
    rest = (jobs.erasure(member, event, facts),) if member else ()
    return Decision(outcome, erase=Erase(member, tombstone), jobs=rest)
