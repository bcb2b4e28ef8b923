"""How the FAQ answers: a text, a number reply to suggestions, a menu key.

All act on `facts.member`, which already carries this act: they only set its tags and its conversation.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from chalicelib.decision import Decision, Facts, Verdict
from chalicelib.faq import feedback, misses, rules, texts
from chalicelib.faq.answers import answer_for, as_reply
from chalicelib.faq.availability import is_available
from chalicelib.store.member import Conversation, Member
from chalicelib.store.release import FaqEntry
from chalicelib.store.tags import told_later
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound
from chalicelib.wechat.reply import Reply

SUGGESTIONS_LAST = timedelta(minutes=10)
WANTED = "human.wanted"
"""An entry hands the follower over to a person. Whether one is there is not for the FAQ to say: such a decision has no
reply yet, and is made whole by who calls."""
LONGEST_ID = 64
"""Characters of an entry's id that the journal keeps when there is no such entry."""


def answer_text(event: Inbound, facts: Facts, text: str) -> Decision:
    """Answer, ask which entry was meant, or say honestly that we do not know."""
    verdict = facts.faq.search(text, now=facts.now, tags=_member(facts).tags)
    match verdict.outcome:
        case "answer":
            return _found(event, facts, verdict)
        case "clarify":
            return _clarify(facts, verdict)
        case _ if rules.is_reply(text):
            return _stray(_settled(facts), texts.NOTHING_TO_CHOOSE)
        case _:
            return replace(_miss(facts, texts.MISS), jobs=misses.noticed(event, facts, text, verdict))


def answer_suggestion(_event: Inbound, facts: Facts, text: str) -> Decision | None:
    """Answer the reply to suggestions that are still open; None when the text is no such reply."""
    member = _member(facts)
    conversation = member.conversation
    if conversation is None or conversation.topic != "suggestions" or not conversation.is_open(facts.now):
        return None
    if rules.turns_all_down(text):
        return _miss(facts, texts.NONE_OF_THEM)
    number = rules.chosen(text)
    if number is not None and number <= len(conversation.options):
        return _answer_id(facts, conversation.options[number - 1], {"chosen": number})
    if rules.is_number(text) and not _is_known(text, facts):
        return _stray(member, texts.out_of_range(len(conversation.options)))
    return None


def answer_entry(_event: Inbound, facts: Facts, entry_id: str) -> Decision:
    """Answer with the entry that a menu key names."""
    return _answer_id(facts, entry_id, {})


def _found(event: Inbound, facts: Facts, verdict: Verdict) -> Decision:
    """The answer; after a search, with the question whether it helped."""
    entry = verdict.entries[0]
    decision = _answer(facts, entry, {"confidence": round(verdict.confidence * 100)})
    if not verdict.was_searched or decision.outcome == WANTED:
        return decision
    return feedback.asking(decision, entry, event, facts)


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
    mirrored = told_later(_member(facts), member, facts.fresh_id, now=facts.now)
    decision = Decision("faq.answer", _reply(entry, member, facts), save=(member,), details=details)
    if entry.human:
        decision = Decision(WANTED, save=(member,), details=details)
    if mirrored is None:
        return decision
    change, job = mirrored
    return replace(decision, changes=(change.put(),), jobs=(job,))


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


def _is_known(text: str, facts: Facts) -> bool:
    """Whether an entry answers to it: who takes part by replying "66" may do so while suggestions are open."""
    return facts.faq.search(text, now=facts.now, tags=_member(facts).tags).outcome == "answer"


def _stray(member: Member, text: str) -> Decision:
    """A reply that nothing was asked for. There is no question in it to learn from: it is no miss."""
    return Decision("faq.stray", reply.text(text), save=(member,))


def _settled(facts: Facts) -> Member:
    """The member, whose open question is answered or dropped. A hand-over to human service goes on."""
    member = _member(facts)
    if member.conversation and member.conversation.is_question:
        return replace(member, conversation=None)
    return member


def _member(facts: Facts) -> Member:
    if facts.member is None:
        raise ValueError("who talks to the FAQ is a member by then")
    return facts.member
