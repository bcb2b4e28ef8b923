"""While a follower waits for, or talks to, human service. Pure.

Once a worker has taken the chat, WeChat sends the follower's messages there by itself; until then they still come
here (official page on handing messages to customer service), so they are passed on rather than answered.
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.callbacks import texts
from chalicelib.decision import Decision, Facts
from chalicelib.store.member import Conversation, Member
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound

PASSED_ON_FOR = timedelta(minutes=30)
"""WeChat itself ends a session that was silent for 30 minutes."""


def pass_on(_event: Inbound, facts: Facts) -> Decision | None:
    """Hand the message over while human service is open; None when it is not."""
    member = facts.member
    conversation = member.conversation if member else None
    if member is None or conversation is None or conversation.topic != "human" or not conversation.is_open(facts.now):
        return None
    kept = replace(member, conversation=Conversation("human", facts.now + PASSED_ON_FOR))
    return Decision("human.passed_on", reply.to_human(), (kept,))


def leave(_event: Inbound, facts: Facts) -> Decision:
    """The follower wants the FAQ back."""
    return Decision("human.left", reply.text(texts.LEFT_HUMAN_SERVICE), _without_human(facts.member))


def on_session_begins(_event: Inbound, facts: Facts) -> Decision:
    """A worker took the chat."""
    if facts.member is None:
        return Decision("nobody")
    conversation = Conversation("human", facts.now + PASSED_ON_FOR)
    return Decision("human.began", save=(replace(facts.member, conversation=conversation),))


def on_session_ends(_event: Inbound, facts: Facts) -> Decision:
    """The chat with the worker is over: the FAQ answers again."""
    if facts.member is None:
        return Decision("nobody")
    return Decision("human.ended", save=_without_human(facts.member))


def _without_human(member: Member | None) -> tuple[Member, ...]:
    """The member, no longer with human service. What the account asked meanwhile stays open."""
    if member and member.conversation and member.conversation.topic == "human":
        member = replace(member, conversation=None)
    return (member,) if member else ()
