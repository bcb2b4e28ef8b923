"""The wish for a person, and while a follower waits for, or talks to, human service. Pure.

Once a worker has taken the chat, WeChat sends the follower's messages there by itself; until then they still come
here (official page on handing messages to customer service), so they are passed on rather than answered. While nobody
is there, what they write is kept in a ticket.
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.callbacks import texts
from chalicelib.decision import Decision, Facts
from chalicelib.faq import rules
from chalicelib.faq.handlers import WANTED
from chalicelib.sending.intents import Intent, to_subject
from chalicelib.sending.reservation import window_left
from chalicelib.store.member import Conversation, Member
from chalicelib.store.push import Content, Push
from chalicelib.tickets import handlers as tickets
from chalicelib.tickets.words import words_of
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound

PASSED_ON_FOR = timedelta(minutes=30)
"""WeChat itself ends a session that was silent for 30 minutes."""
HINT = "human.hint"
HINT_LASTS = timedelta(minutes=2)


def ask(event: Inbound, facts: Facts) -> Decision:
    """A command: the follower wants a person, and says nothing else."""
    member = _member(facts)
    if member.conversation and member.conversation.is_question:
        member = replace(member, conversation=None)
    return find_person(event, facts, Decision(WANTED, save=(member,)))


def find_person(event: Inbound, facts: Facts, wanted: Decision, *, words: str = "") -> Decision:
    """Hand the chat over while somebody is there, else keep what they write. `words` is what they have said so far."""
    release, member = facts.faq.release, _member(facts)
    if rules.is_open(release, facts.now):
        return _transferred(event, facts, wanted)
    opening = rules.next_opening(release, facts.now)
    if _is_with(member, "ticket", facts):
        return replace(tickets.added(event, facts, member, opening=opening, words=words), details=wanted.details)
    return tickets.opened(event, facts, wanted, opening=opening, words=words)


def pass_on(event: Inbound, facts: Facts) -> Decision | None:
    """Hand the message over while human service is open, or keep it while a ticket is; None when neither is."""
    member = facts.member
    if member is None:
        return None
    if _is_with(member, "ticket", facts):
        opening = rules.next_opening(facts.faq.release, facts.now)
        return tickets.added(event, facts, member, opening=opening, words=words_of(event))
    if _is_with(member, "human", facts):
        return Decision("human.passed_on", reply.to_human(), (_with_person(member, facts),))
    return None


def leave(_event: Inbound, facts: Facts) -> Decision:
    """The follower wants the FAQ back."""
    return Decision("human.left", reply.text(texts.LEFT_HUMAN_SERVICE), _without_human(facts.member))


def on_session_begins(_event: Inbound, facts: Facts) -> Decision:
    """A worker took the chat."""
    if facts.member is None:
        return Decision("nobody")
    return Decision("human.began", save=(_with_person(facts.member, facts),))


def on_session_ends(_event: Inbound, facts: Facts) -> Decision:
    """The chat with the worker is over: the FAQ answers again."""
    if facts.member is None:
        return Decision("nobody")
    return Decision("human.ended", save=_without_human(facts.member))


def _transferred(event: Inbound, facts: Facts, wanted: Decision) -> Decision:
    """The hand-over itself carries no words; how to come back is told beside it, where a window is open."""
    hint = () if _is_with(_member(facts), "human", facts) else _hint(event, facts)
    handed = tuple(_with_person(saved, facts) if isinstance(saved, Member) else saved for saved in wanted.save)
    return replace(wanted, outcome="human.transfer", reply=reply.to_human(), save=handed, pushes=hint)


def _hint(event: Inbound, facts: Facts) -> tuple[Push, ...]:
    member = _member(facts)
    if not window_left(facts.sends, member, facts.now):
        return ()
    content = Content(body={"msgtype": "text", "text": {"content": texts.HANDED_OVER}})
    until = facts.now + HINT_LASTS
    intent = Intent(member.openid, HINT, event.receipt_id, "kefu", "service", content, expires_at=until, urgent=True)
    return (to_subject(intent, facts),)


def _with_person(member: Member, facts: Facts) -> Member:
    return replace(member, conversation=Conversation("human", facts.now + PASSED_ON_FOR))


def _is_with(member: Member, topic: str, facts: Facts) -> bool:
    conversation = member.conversation
    return conversation is not None and conversation.topic == topic and conversation.is_open(facts.now)


def _without_human(member: Member | None) -> tuple[Member, ...]:
    """The member, no longer with human service. What the account asked meanwhile stays open."""
    if member and member.conversation and not member.conversation.is_question:
        member = replace(member, conversation=None)
    return (member,) if member else ()


def _member(facts: Facts) -> Member:
    if facts.member is None:
        raise ValueError("who wants a person is a member by then")
    return facts.member
