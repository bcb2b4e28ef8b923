"""While a follower waits for, or talks to, human service."""

from datetime import timedelta

import pytest

from chalicelib.callbacks import human, texts
from chalicelib.callbacks.routes import choose
from chalicelib.decision import Decision
from chalicelib.store.member import Conversation
from chalicelib.wechat import reply
from tests.builders import NOON, a_ledger, a_member, an_event, facts, saved_member

MINUTE = timedelta(minutes=1)
EVENT = an_event("text", content="在吗")
WAITING = Conversation("human", NOON + MINUTE)
ASKED = Conversation("erasure", NOON + MINUTE)


def test_each_message_keeps_human_service_open_for_another_half_hour() -> None:
    decision = human.pass_on(EVENT, facts(member=a_member(conversation=WAITING)))

    assert saved_member(decision).conversation == Conversation("human", NOON + 30 * MINUTE)


@pytest.mark.parametrize("conversation", [None, ASKED, Conversation("human", NOON)])
def test_without_human_service_nothing_is_passed_on(conversation: Conversation | None) -> None:
    assert human.pass_on(EVENT, facts(member=a_member(conversation=conversation))) is None
    assert human.pass_on(EVENT, facts()) is None


def test_who_leaves_human_service_is_told_so() -> None:
    decision = human.leave(EVENT, facts(member=a_member(conversation=WAITING)))

    assert saved_member(decision).conversation is None
    assert decision.reply == reply.text(texts.LEFT_HUMAN_SERVICE)


def test_a_stranger_who_leaves_human_service_is_told_so_too() -> None:
    assert human.leave(EVENT, facts()).save == ()


@pytest.mark.parametrize("kind", ["event.kf_create_session", "event.kf_switch_session"])
@pytest.mark.parametrize("before", [None, ASKED, WAITING])
def test_a_worker_who_takes_the_chat_opens_human_service(kind: str, before: Conversation | None) -> None:
    event = an_event(kind, worker="anna@shop")

    decision = choose(event)(event, facts(member=a_member(conversation=before)))

    assert decision.outcome == "human.began"
    assert saved_member(decision).conversation == Conversation("human", NOON + 30 * MINUTE)
    assert (decision.reply, decision.details) == (None, {})


def test_a_worker_who_ends_the_chat_gives_the_follower_back_to_the_faq() -> None:
    event = an_event("event.kf_close_session", worker="anna@shop")

    decision = choose(event)(event, facts(member=a_member(conversation=WAITING)))

    assert (decision.outcome, saved_member(decision).conversation) == ("human.ended", None)


@pytest.mark.parametrize("other", [None, ASKED])
def test_the_end_of_a_chat_leaves_other_questions_open(other: Conversation | None) -> None:
    event = an_event("event.kf_close_session")

    decision = choose(event)(event, facts(member=a_member(conversation=other)))

    assert saved_member(decision).conversation == other


@pytest.mark.parametrize("kind", ["event.kf_create_session", "event.kf_switch_session", "event.kf_close_session"])
def test_a_chat_with_someone_unknown_makes_nobody_a_member(kind: str) -> None:
    event = an_event(kind)

    assert choose(event)(event, facts()) == Decision("nobody")


@pytest.mark.parametrize("before", [None, ASKED, Conversation("suggestions", NOON + MINUTE, ("hours",))])
def test_a_follower_is_handed_over_within_service_hours(before: Conversation | None) -> None:
    decision = human.ask(EVENT, facts(member=a_member(conversation=before)))

    assert (decision.outcome, decision.reply) == ("human.transfer", reply.to_human())
    assert saved_member(decision).conversation == Conversation("human", NOON + 30 * MINUTE)


def test_who_is_handed_over_is_told_how_to_come_back() -> None:
    """The hand-over itself carries no words."""
    wrote = a_member(last_message_at=NOON)

    (hint,) = human.ask(EVENT, facts(member=wrote)).pushes

    assert hint.content.body == {"msgtype": "text", "text": {"content": texts.HANDED_OVER}}
    assert (hint.channel, hint.urgent, hint.expires_at) == ("kefu", True, NOON + 2 * MINUTE)
    assert "退出人工" in texts.HANDED_OVER


def test_nothing_is_told_where_no_window_is_open_or_it_was_told_before() -> None:
    silent = a_member(last_message_at=NOON - timedelta(days=3))
    waiting = a_member(last_message_at=NOON, conversation=WAITING)

    assert human.ask(EVENT, facts(member=silent)).pushes == ()
    assert human.ask(EVENT, facts(member=waiting)).pushes == ()


def test_nothing_is_told_where_the_window_is_used_up() -> None:
    used = a_ledger(window_opened_at=NOON, window_used=5)

    assert human.ask(EVENT, facts(member=a_member(last_message_at=NOON), sends=used)).pushes == ()


def test_who_is_no_member_cannot_want_a_person() -> None:
    with pytest.raises(ValueError, match="member"):
        human.ask(EVENT, facts())
