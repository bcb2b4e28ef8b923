"""Whether an answer has helped: asked once a day at most, and only where the answer was a finding. Pure."""

import zlib
from dataclasses import replace
from datetime import timedelta

from chalicelib.clock import shanghai_day
from chalicelib.decision import Decision, Facts
from chalicelib.faq import texts
from chalicelib.sending.intents import Intent, to_subject
from chalicelib.sending.reservation import window_left
from chalicelib.store.member import Member
from chalicelib.store.push import Content
from chalicelib.store.release import FaqEntry, Release
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound
from chalicelib.wechat.messages import Text

KIND = "faq.feedback"
ASKED_AFTER, ASKED_FOR = timedelta(seconds=10), timedelta(minutes=2)
"""Not at once: the question must not overtake the answer, which is still on its way to WeChat then."""
LEAVES = 3
"""Customer-service messages that must be left in the window, so that this question never costs an answer."""
HELPED, DID_NOT = "y", "n"


def asking(decision: Decision, entry: FaqEntry, event: Inbound, facts: Facts) -> Decision:
    """The answer, and the question after it where the release wants it and it is not too much."""
    (member,) = decision.save
    today = shanghai_day(facts.now)
    if not isinstance(member, Member) or not facts.faq.release.feedback or member.asked_day == today:
        return decision
    if window_left(facts.sends, member, facts.now) < LEAVES:
        return decision
    intent = Intent(
        openid=member.openid,
        kind=KIND,
        key=event.receipt_id,
        channel="kefu",
        content_class="service",
        content=Content(body=_menu(entry)),
        not_before=facts.now + ASKED_AFTER,
        expires_at=facts.now + ASKED_FOR,
        urgent=True,
    )
    asked = replace(member, asked_day=today)
    return replace(decision, save=(asked,), pushes=(to_subject(intent, facts),))


def taken(event: Inbound, facts: Facts) -> Decision | None:
    """The tap on the question; None for any other message."""
    tapped = event.body.menu_reply if isinstance(event.body, Text) else ""
    kind, _, mark = tapped.partition(".")
    if kind not in (HELPED, DID_NOT) or not mark or facts.member is None:
        return None
    outcome, said = ("helpful", texts.HELPED) if kind == HELPED else ("unhelpful", texts.DID_NOT_HELP)
    entry_id = _entry_of(mark, facts.faq.release)
    return Decision(f"faq.{outcome}", reply.text(said), save=(facts.member,), details={"entry": entry_id})


def _menu(entry: FaqEntry) -> dict[str, object]:
    mark = _mark(entry.entry_id)
    choices = ((HELPED, texts.HELPFUL), (DID_NOT, texts.UNHELPFUL))
    listed = [{"id": f"{kind}.{mark}", "content": content} for kind, content in choices]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": texts.FEEDBACK, "list": listed, "tail_content": ""}}


def _mark(entry_id: str) -> str:
    """WeChat does not say how long the id of a menu item may be: this is short, and needs no memory."""
    return f"{zlib.crc32(entry_id.encode()):08x}"


def _entry_of(mark: str, release: Release) -> str:
    """Empty where the entry is gone."""
    return next((entry.entry_id for entry in release.entries if _mark(entry.entry_id) == mark), "")
