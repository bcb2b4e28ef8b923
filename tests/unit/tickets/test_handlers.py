"""How a ticket begins and grows, as a decision."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.callbacks.commands import on_click, on_text
from chalicelib.decision import Decision, Facts, Verdict
from chalicelib.store.member import Conversation
from chalicelib.store.table import Patch, Put
from chalicelib.store.ticket import Line, Ticket
from chalicelib.tickets import handlers, jobs
from chalicelib.tickets.words import LONGEST, words_of
from tests.builders import NOON, VAULT, a_ledger, a_member, a_release, an_entry, an_event, facts, saved_member

NIGHT = NOON + timedelta(hours=10)
COMPLAINT = an_entry("complaint", answer="", human=True, add_tags=("待回访",))
RELEASE = a_release(COMPLAINT, service_from="09:00", service_until="21:00")
CALLS_A_PERSON = Verdict("answer", (COMPLAINT,), 0.9)
OPEN = Conversation("ticket", NIGHT + timedelta(minutes=5), ("0304-aaaaaaaa",))


def by_night(verdict: Verdict | None = None, **member: Any) -> Facts:
    return facts(member=a_member(**member), release=RELEASE, verdict=verdict, now=NIGHT)


def said(text: str, facts: Facts) -> Decision:
    return on_text(an_event("text", content=text, created=NIGHT), facts)


def written(decision: Decision) -> tuple[Ticket | None, list[str]]:
    """The ticket that is opened, and the words that are kept."""
    ticket, words = None, []
    for change in decision.changes:
        assert isinstance(change, Put | Patch)
        if isinstance(change, Put) and change.key.sk.startswith("TICKET#"):
            ticket = Ticket.from_item(change.item)
        elif isinstance(change, Put) and "sealed" in change.item:
            line = Line.from_item(change.item)
            words.append(VAULT.open(line.sealed, *line.place))
    return ticket, words


def test_an_entry_that_calls_a_person_by_night_opens_a_ticket_with_the_question() -> None:
    decision = said("鸡蛋碎了我要投诉", by_night(CALLS_A_PERSON))

    ticket, words = written(decision)
    assert ticket is not None
    assert (decision.outcome, ticket.entry_id, words) == ("ticket.opened", "complaint", ["鸡蛋碎了我要投诉"])
    assert decision.details == {"entry": "complaint", "confidence": 90}
    assert saved_member(decision).tags == ("待回访",)
    assert decision.reply is not None
    assert decision.reply.text.startswith("已记录，明天 09:00")


def test_the_number_of_a_suggestion_is_no_question() -> None:
    suggested = Conversation("suggestions", NIGHT + timedelta(minutes=5), ("complaint",))

    _, words = written(said("1", by_night(conversation=suggested)))

    assert words == []


def test_the_menu_opens_a_ticket_without_words() -> None:
    ticket, words = written(on_click(an_event("event.click", key="cmd:human", created=NIGHT), by_night()))

    assert ticket is not None
    assert (ticket.entry_id, words) == ("", [])


def test_a_ticket_listens_for_half_an_hour_but_not_past_the_opening() -> None:
    early = facts(member=a_member(), release=RELEASE, now=NOON - timedelta(hours=3, minutes=10))

    late = said("人工", by_night())
    soon = said("人工", early)

    assert saved_member(late).conversation == Conversation(
        "ticket",
        NIGHT + timedelta(minutes=30),
        (f"0304-{an_event('text', content='人工', created=NIGHT).receipt_id[:8]}",),
    )
    conversation = saved_member(soon).conversation
    assert conversation is not None
    assert conversation.until == NOON - timedelta(hours=3)


def test_the_staff_are_told_of_a_new_ticket_only() -> None:
    opened, added = said("人工", by_night()), said("鸡蛋碎了", by_night(conversation=OPEN))

    assert [job.kind for job in opened.jobs] == [jobs.NOTIFY]
    assert (added.outcome, added.jobs) == ("ticket.added", ())


def test_an_entry_that_calls_a_person_again_adds_to_the_same_ticket() -> None:
    """The menu does, too, while the chat is with the ticket."""
    decision = on_click(an_event("event.click", key="faq:complaint", created=NIGHT), by_night(conversation=OPEN))

    assert (decision.outcome, decision.changes) == ("ticket.added", ())
    assert decision.details == {"entry": "complaint"}


def test_an_empty_message_adds_nothing() -> None:
    assert said("  ", by_night(conversation=OPEN)).changes == ()


def test_deciding_twice_writes_the_same() -> None:
    first, again = (said("鸡蛋碎了", by_night(conversation=OPEN)) for _ in range(2))

    assert first == again


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("text", {"content": " 在吗 "}, "在吗"),
        ("image", {"picture_url": "http://a/b"}, "[图片] http://a/b"),
        ("voice", {"media_id": "m1"}, "[语音] m1"),
        ("voice", {"media_id": "m1", "recognition": "你好"}, "你好"),
        ("video", {"media_id": "m2"}, "[视频] m2"),
        ("location", {"latitude": 31.2, "longitude": 121.5, "label": "翠湖路"}, "[位置] 翠湖路（31.2, 121.5）"),
        ("link", {"title": "食谱", "url": "http://c"}, "[链接] 食谱 http://c"),
        ("miniprogrampage", {"title": "下单"}, "[小程序] 下单"),
        ("event.click", {"key": "cmd:human"}, ""),
        ("text", {"content": "长" * 3_000}, "长" * LONGEST),
    ],
)
def test_every_message_says_something_to_an_operator(kind: str, more: dict[str, Any], words: str) -> None:
    assert words_of(an_event(kind, **more)) == words


def test_a_ticket_is_opened_for_members_only() -> None:
    wanted = Decision("human.wanted", save=(a_ledger(),))

    with pytest.raises(ValueError, match="member"):
        handlers.opened(an_event("text"), by_night(), wanted, opening=NIGHT, words="")
