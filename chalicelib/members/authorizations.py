"""What the platform asks when a person changes what they allow. Pure.

Official page on authorization events: revoked data is deleted, changed data refreshed, promptly.
"""

from dataclasses import replace

from chalicelib.decision import Decision, Facts
from chalicelib.members import jobs
from chalicelib.members.handlers import on_cancellation
from chalicelib.wechat.events import Authorization
from chalicelib.wechat.inbound import Inbound

NOT_HELD = frozenset({"201", "202", "203", "204", "205", "206", "207"})
"""Address, invoice, card, microphone, nickname and picture, location, chosen pictures: none of it is stored here."""


def on_modified(event: Inbound, facts: Facts) -> Decision:
    """The platform cleaned the person's profile: ask for what we hold of it anew."""
    if facts.member is None:
        return Decision("nobody")
    return Decision("profile.refreshed", jobs=(jobs.profile(facts.member, event, facts),))


def on_revoked(event: Inbound, facts: Facts) -> Decision:
    """Of the codes that are known nothing is held. A code that is not known may mean anything: all is erased."""
    revoked = event.body.revoked if isinstance(event.body, Authorization) else ""
    codes = {code for code in revoked.replace(",", " ").split() if code}
    if facts.member is None:
        return Decision("nobody")
    if not codes or codes - NOT_HELD:
        return replace(on_cancellation(event, facts), outcome="erased.revoked")
    return Decision("revoked.nothing_held", details={"codes": len(codes)})
