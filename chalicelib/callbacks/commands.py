"""In which order the words of a follower are tried: open question, commands, human service, FAQ. Pure."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from chalicelib.callbacks import human
from chalicelib.decision import Decision, Facts
from chalicelib.faq import feedback
from chalicelib.faq import handlers as faq
from chalicelib.members import jobs, rights
from chalicelib.members.rules import after_act, came_too_late, newcomer
from chalicelib.members.texts import CONFIRM_ERASURE
from chalicelib.store.tombstone import Tombstone
from chalicelib.tickets import jobs as tickets
from chalicelib.wechat.events import Key
from chalicelib.wechat.inbound import Inbound
from chalicelib.wechat.messages import Text, Voice

Command: TypeAlias = Callable[[Inbound, Facts], Decision]

COMMANDS: dict[str, Command] = {
    "退订": rights.opt_out,
    "取消订阅": rights.opt_out,
    "td": rights.opt_out,
    "t": rights.opt_out,
    "订阅": rights.opt_in,
    "我的数据": rights.my_data,
    "删除我的数据": rights.ask_erasure,
    "人工": human.ask,
    "转人工": human.ask,
    "人工客服": human.ask,
    "退出人工": human.leave,
}
MENU_COMMANDS: dict[str, Command] = {
    "cmd:opt_out": rights.opt_out,
    "cmd:opt_in": rights.opt_in,
    "cmd:my_data": rights.my_data,
    "cmd:human": human.ask,
}
ENTRY_KEY = "faq:"
AROUND = " \t\r\n。.,、;；:!?~“”‘’\"'「」【】[]()"
"""Marks that people write around a command, full width folded."""
LONGEST_COMMAND = 100
"""Characters of a text that may be a command. Folding a long one can take a thousand times as long: whoever writes
combining marks in the wrong order makes it sort them."""


def on_text(event: Inbound, facts: Facts) -> Decision:
    """A text, or a voice message that WeChat has understood."""
    return _for_member(event, facts, lambda known: _answer_words(event, known, _words(event)))


def on_click(event: Inbound, facts: Facts) -> Decision:
    """A menu key names an FAQ entry or a command."""
    key = event.body.key if isinstance(event.body, Key) else ""
    return _for_member(event, facts, lambda known: _answer_key(event, _without_question(known), key))


def on_media(event: Inbound, facts: Facts) -> Decision:
    """A picture, a place, a link: for human service while it is at work, else kept as a sign of life."""
    return _for_member(event, facts, lambda known: _answer_media(event, _without_question(known)))


def command_of(text: str) -> str:
    """The text as commands are compared: full width folded, lower case, without blanks and marks around it. Empty when
    it is too long to be one."""
    if len(text) > LONGEST_COMMAND:
        return ""
    return unicodedata.normalize("NFKC", text).lower().strip(AROUND)


def needs_table(text: str) -> bool:
    """Whether the text asks for something to be done, not only to be told: nothing from memory may answer it."""
    command = command_of(text)
    return command in COMMANDS or command == CONFIRM_ERASURE


def _answer_words(event: Inbound, facts: Facts, text: str) -> Decision:
    command = command_of(text)
    answered = feedback.taken(event, facts) or _open_question(event, facts, command)
    if answered:
        return answered
    facts = _without_question(facts)
    return _command(event, facts, command) or human.pass_on(event, facts) or faq.answer_text(event, facts, text)


def _open_question(event: Inbound, facts: Facts, text: str) -> Decision | None:
    """The answer to what the account asked last; None when nothing is asked, or the text is something else."""
    conversation = facts.member.conversation if facts.member else None
    if conversation is None or not conversation.is_open(facts.now):
        return None
    if conversation.topic == "suggestions":
        return faq.answer_suggestion(event, facts, text)
    if conversation.topic == "erasure":
        return rights.confirm_erasure(event, facts, text)
    return None


def _without_question(facts: Facts) -> Facts:
    """Who says something else has left the question behind. Waiting for human service is no question."""
    member = facts.member
    if member is None or member.conversation is None or not member.conversation.is_question:
        return facts
    return replace(facts, member=replace(member, conversation=None))


def _command(event: Inbound, facts: Facts, command: str) -> Decision | None:
    known = COMMANDS.get(command)
    return known(event, facts) if known else None


def _answer_media(event: Inbound, facts: Facts) -> Decision:
    return human.pass_on(event, facts) or _seen(facts)


def _answer_key(event: Inbound, facts: Facts, key: str) -> Decision:
    if key.startswith(ENTRY_KEY):
        return faq.answer_entry(event, facts, key.removeprefix(ENTRY_KEY))
    command = MENU_COMMANDS.get(key)
    return command(event, facts) if command else replace(_seen(facts), outcome="click.unknown")


def _for_member(event: Inbound, facts: Facts, decide: Callable[[Facts], Decision]) -> Decision:
    """Decide for a member who has just acted; one who was unknown is made, and asked about."""
    left = facts.tombstone
    if left is not None and came_too_late(event, left):
        return _too_late(event, facts, left, decide)
    member = after_act(facts.member or newcomer(event, facts), event)
    known = replace(facts, member=replace(member, unheard=()))
    decision = decide(known)
    if decision.outcome == faq.WANTED:
        decision = human.find_person(event, known, decision, words=_question(event, decision))
    if not decision.save:
        return decision
    follow = (*jobs.met(member, event, facts), *tickets.answer(member, event, facts))
    return replace(decision, jobs=(*decision.jobs, *follow)) if follow else decision


def _too_late(event: Inbound, facts: Facts, left: Tombstone, decide: Callable[[Facts], Decision]) -> Decision:
    """Nobody is revived by what they said before they left. Only an opt-out is honoured all the same."""
    asked = decide(replace(facts, member=newcomer(event, facts)))
    return rights.opt_out_late(left) if asked.outcome == "opted_out" else Decision("stale")


def _seen(facts: Facts) -> Decision:
    return Decision("seen", save=(facts.member,) if facts.member else ())


def _question(event: Inbound, decision: Decision) -> str:
    """What the follower has asked; the number of a suggestion says nothing by itself."""
    return "" if "chosen" in decision.details else _words(event)


def _words(event: Inbound) -> str:
    if isinstance(event.body, Text):
        return event.body.content
    return event.body.recognition if isinstance(event.body, Voice) else ""
