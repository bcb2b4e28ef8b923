"""How the FAQ answers: a text, a number reply to suggestions, a menu key, and the wish to speak to a person.

All act on `facts.member`, which already carries this act: they only set its tags and its conversation.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from chalicelib.clock import SHANGHAI
from chalicelib.decision import Decision, Facts, Verdict
from chalicelib.faq import rules, texts
from chalicelib.faq.answers import answer_for, as_reply
from chalicelib.faq.availability import is_available
from chalicelib.store.member import Conversation, Member
from chalicelib.store.release import FaqEntry
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound
from chalicelib.wechat.reply import Reply

SUGGESTIONS_LAST = timedelta(minutes=10)
HUMAN_LASTS = timedelta(minutes=30)
LONGEST_ID = 64
"""Characters of an entry's id that the journal keeps when there is no such entry."""


def answer_text(_event: Inbound, facts: Facts, text: str) -> Decision:
    """Answer, ask which entry was meant, or say honestly that we do not know."""
    member = _member(facts)
    verdict = facts.faq.search(text, now=facts.now, tags=member.tags)
    if verdict.outcome == "answer":
        return _answer(facts, verdict.entries[0], {"confidence": round(verdict.confidence * 100)})
    return _clarify(facts, verdict) if verdict.outcome == "clarify" else _miss(facts, texts.MISS)


def answer_suggestion(_event: Inbound, facts: Facts, text: str) -> Decision | None:
    """Answer the reply to suggestions that are still open; None when the text is no such reply."""
    conversation = _member(facts).conversation
    if conversation is None or conversation.topic != "suggestions" or not conversation.is_open(facts.now):
        return None
    if rules.turns_all_down(text):
        return _miss(facts, texts.NONE_OF_THEM)
    number = rules.chosen(text)
    if number is None or number > len(conversation.options):
        return None
    return _answer_id(facts, conversation.options[number - 1], {"chosen": number})


def answer_entry(_event: Inbound, facts: Facts, entry_id: str) -> Decision:
    """Answer with the entry that a menu key names."""
    return _answer_id(facts, entry_id, {})


def to_human(_event: Inbound, facts: Facts) -> Decision:
    """Hand the chat to human service, or say when it is there next."""
    return _to_human(facts, _settled(facts), {})


def _answer_id(facts: Facts, entry_id: str, details: Mapping[str, str | int]) -> Decision:
    """The entry may be gone, or not hold any more: the menu or the suggestion is older than the release."""
    entry = facts.faq.release.find(entry_id)
    if entry and is_available(entry, now=facts.now, tags=_member(facts).tags):
        return _answer(facts, entry, details)
    return _miss(facts, texts.MISS, {"entry": entry_id[:LONGEST_ID], **details})


def _answer(facts: Facts, entry: FaqEntry, details: Mapping[str, str | int]) -> Decision:
    member = _settled(facts)
    tags = rules.retagged(member.tags, entry)
    if tags != member.tags:
        member = replace(member, tags=tags)
    details = {"entry": entry.entry_id, **details}
    if not set(entry.add_tags) <= set(member.tags):
        details["tags_full"] = 1
    if entry.human:
        return _to_human(facts, member, details)
    return Decision("faq.answer", _reply(entry, member, facts), save=(member,), details=details)


def _reply(entry: FaqEntry, member: Member, facts: Facts) -> Reply:
    answer = answer_for(entry, scene=member.scene, seed=member.member_no, now=facts.now)
    return as_reply(answer, facts.faq.release, facts.now)


def _clarify(facts: Facts, verdict: Verdict) -> Decision:
    options = tuple(entry.entry_id for entry in verdict.entries)
    asked = Conversation("suggestions", facts.now + SUGGESTIONS_LAST, options)
    return Decision(
        "faq.clarify",
        reply.text(texts.suggestions(entry.title for entry in verdict.entries)),
        save=(replace(_member(facts), conversation=asked),),
        details={"entries": ",".join(options), "confidence": round(verdict.confidence * 100)},
    )


def _miss(facts: Facts, text: str, details: Mapping[str, str | int] | None = None) -> Decision:
    return Decision("faq.miss", reply.text(text), save=(_settled(facts),), details=details or {})


def _to_human(facts: Facts, member: Member, details: Mapping[str, str | int]) -> Decision:
    release = facts.faq.release
    if rules.is_open(release, facts.now):
        handed = replace(member, conversation=Conversation("human", facts.now + HUMAN_LASTS))
        return Decision("human.transfer", reply.to_human(), save=(handed,), details=details)
    closed = texts.closed(rules.next_opening(release, facts.now), facts.now.astimezone(SHANGHAI))
    return Decision("human.closed", reply.text(closed), save=(member,), details=details)


def _settled(facts: Facts) -> Member:
    """The member, whose open question is answered or dropped. Only a hand-over to human service goes on."""
    member = _member(facts)
    if member.conversation and member.conversation.topic != "human":
        return replace(member, conversation=None)
    return member


def _member(facts: Facts) -> Member:
    if facts.member is None:
        raise ValueError("who talks to the FAQ is a member by then")
    return facts.member
