"""Whether an answer has helped: when a follower is asked, and what comes of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.callbacks.commands import on_text
from chalicelib.decision import Decision, Facts, Verdict
from chalicelib.faq import publishing, texts
from chalicelib.store.member import Conversation
from tests.builders import NOON, a_ledger, a_member, a_release, an_entry, an_event, facts, saved_member
from tests.support.memory import MemoryShop, a_memory_shop
from tests.support.shop import RELEASE

PARKING = an_entry("parking", answer="店后有停车位")
COMPLAINT = an_entry("complaint", answer="", human=True)
ASKS = a_release(PARKING, COMPLAINT, feedback=True, service_from="00:00", service_until="00:00")
FOUND = Verdict("answer", (PARKING,), 0.9)


def known(verdict: Verdict = FOUND, **more: Any) -> Facts:
    given = {"member": a_member(), "release": ASKS, "verdict": verdict} | more
    return facts(**given)


def asked(facts: Facts) -> Decision:
    return on_text(an_event("text", content="车停哪里"), facts)


def tap(choice: int, decision: Decision) -> Any:
    """The item of the menu that the decision sends."""
    (push,) = decision.pushes
    return push.content.body["msgmenu"]["list"][choice]


def tapped(choice: int, decision: Decision, facts: Facts) -> Decision:
    item = tap(choice, decision)
    return on_text(an_event("text", content=item["content"], menu_reply=item["id"]), facts)


def test_after_a_finding_the_follower_is_asked_whether_it_helped() -> None:
    decision = asked(known())

    (push,) = decision.pushes
    assert push.content.body["msgmenu"]["head_content"] == "这个回答有帮助吗？"
    assert [tap(choice, decision)["content"] for choice in (0, 1)] == ["有帮助", "没帮助"]
    assert (push.urgent, push.expires_at, saved_member(decision).asked_day) == (
        True, NOON + timedelta(minutes=2), "2026-03-04",
    )  # fmt: skip


@pytest.mark.parametrize(
    "unasked",
    [
        known(Verdict("answer", (PARKING,), 1.0)),
        known(Verdict("answer", (COMPLAINT,), 0.9)),
        known(Verdict("clarify", (PARKING,), 0.5)),
        known(Verdict("miss")),
        known(release=replace(ASKS, feedback=False)),
        known(member=a_member(asked_day="2026-03-04")),
        known(sends=a_ledger(window_opened_at=NOON, window_used=3)),
    ],
    ids=["keyword", "to a person", "asked back", "missed", "not wanted", "asked today", "window nearly used"],
)
def test_nobody_is_asked_where_it_says_nothing_or_is_too_much(unasked: Facts) -> None:
    assert [push.kind for push in asked(unasked).pushes if push.kind == "faq.feedback"] == []


def test_the_next_day_a_follower_may_be_asked_again() -> None:
    assert asked(known(member=a_member(asked_day="2026-03-03"))).pushes


@pytest.mark.parametrize(
    ("choice", "outcome", "said"), [(0, "faq.helpful", texts.HELPED), (1, "faq.unhelpful", texts.DID_NOT_HELP)]
)
def test_a_tap_is_counted_for_the_entry_and_thanked_for(choice: int, outcome: str, said: str) -> None:
    decision = tapped(choice, asked(known()), known())

    assert (decision.outcome, decision.details) == (outcome, {"entry": "parking"})
    assert decision.reply is not None
    assert decision.reply.text == said


def test_a_tap_counts_as_one_whatever_the_chat_waits_for() -> None:
    waiting = known(member=a_member(conversation=Conversation("human", NOON + timedelta(minutes=5))))

    assert tapped(0, asked(known()), waiting).outcome == "faq.helpful"


def test_a_tap_on_what_was_answered_by_an_entry_that_is_gone_is_counted_without_it() -> None:
    gone = known(release=replace(ASKS, entries=(COMPLAINT,)))

    assert tapped(1, asked(known()), gone).details == {"entry": ""}


@pytest.mark.parametrize("menu_reply", ["101", "y", "y.", "x.0a1b2c3d"])
def test_a_tap_on_somebody_elses_menu_is_a_message(menu_reply: str) -> None:
    decision = on_text(an_event("text", content="有帮助", menu_reply=menu_reply), known())

    assert decision.outcome == "faq.answer"


@pytest.fixture
def shop() -> MemoryShop:
    shop = a_memory_shop()
    publishing.publish(shop.world.table(), shop.account, replace(RELEASE, feedback=True))
    return shop


def test_the_question_arrives_once_a_day_and_its_tap_is_journalled(shop: MemoryShop) -> None:
    openid = shop.follower()
    for question in ("附近有停车场吗？谢谢", "请问附近停车场", "附近的停车场有吗"):
        shop.say(openid, question)
        shop.world.rest(minutes=2)

    (menu,) = [message for message in shop.simulator.inbox(openid) if message["type"] == "menu"]
    item = menu["items"][0]
    shop.simulator.act(openid, "menu_reply", {"id": item["id"], "content": item["content"]})

    (entry,) = shop.journal("faq.helpful")
    assert entry["details"]["M"]["entry"] == {"S": "parking"}
