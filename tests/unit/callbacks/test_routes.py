"""Who answers what, and what can be said when the table is out of reach."""

import pytest

from chalicelib.callbacks.commands import COMMANDS, on_media, on_text
from chalicelib.callbacks.routes import ROUTES, answer_without_table, choose, stay_silent
from chalicelib.decision import Decision, Verdict
from chalicelib.wechat import reply
from chalicelib.wechat.events import EVENTS
from chalicelib.wechat.inbound import Inbound
from chalicelib.wechat.messages import MESSAGES
from tests.builders import NOON, OPENID, a_faq, a_member, a_tombstone, an_entry, an_event, facts

NO_BUSINESS_YET = {
    "location",
    "publishjobfinish",
    "qualification_verify_success",
    "qualification_verify_fail",
    "naming_verify_success",
    "naming_verify_fail",
    "annual_renew",
    "verify_expired",
}
"""Events that are journalled and have no handler; the events of cards besides."""
HOURS = an_entry("hours", answer="每天 9:00 开门。")
KNOWN = a_faq(Verdict("answer", (HOURS,), 1.0))


def of(kind: str) -> Inbound:
    return an_event(kind, **({"openid": OPENID} if "user_" in kind and "card" not in kind else {}))


def test_every_kind_of_message_has_a_handler() -> None:
    assert set(MESSAGES) <= set(ROUTES)


def test_every_event_has_a_handler_or_is_known_to_have_none() -> None:
    handled = {kind.removeprefix("event.") for kind in ROUTES if kind.startswith("event.")}
    cards = {name for name in EVENTS if "card" in name or name in ("user_pay_from_pay_cell", "user_gifting_card")}

    assert set(EVENTS) == handled | NO_BUSINESS_YET | cards
    assert not handled & NO_BUSINESS_YET


@pytest.mark.parametrize("kind", sorted({*MESSAGES, *(f"event.{name}" for name in EVENTS)}))
@pytest.mark.parametrize(
    "known", [{}, {"member": a_member()}, {"tombstone": a_tombstone()}], ids=["stranger", "member", "left"]
)
def test_whatever_arrives_with_nothing_but_its_kind_is_decided(kind: str, known: dict[str, object]) -> None:
    event = of(kind)

    decision = choose(event)(event, facts(**known))

    assert decision.outcome
    assert not (decision.save and decision.erase)


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (an_event("event.location", latitude=31.2, longitude=121.5), "noted"),
        (an_event("event.user_view_card"), "noted"),
        (an_event("event.something_new"), "unknown"),
        (an_event("hologram"), "unknown"),
    ],
)
def test_what_has_no_business_yet_is_noted_in_silence(event: Inbound, outcome: str) -> None:
    assert choose(event) is stay_silent
    assert choose(event)(event, facts(member=a_member())) == Decision(outcome)


def test_a_voice_message_is_answered_where_wechat_understood_it() -> None:
    assert choose(an_event("voice", recognition="你好")) is on_text
    assert choose(an_event("voice", recognition="")) is on_media


def test_the_place_a_follower_sends_is_not_the_place_their_phone_reports() -> None:
    assert choose(an_event("location")) is on_media
    assert choose(an_event("event.LOCATION")) is stay_silent


def test_without_the_table_a_plain_question_is_still_answered() -> None:
    said = answer_without_table(an_event("text", content="几点开门"), KNOWN, now=NOON)

    assert said == reply.text("每天 9:00 开门。")


@pytest.mark.parametrize("text", [*COMMANDS, "ＴＤ", "退订。", "确认删除"])
def test_without_the_table_a_command_is_left_to_the_next_delivery(text: str) -> None:
    assert answer_without_table(an_event("text", content=text), KNOWN, now=NOON) is None


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict("miss"),
        Verdict("clarify", (HOURS,), 0.5),
        Verdict("answer", (an_entry(human=True),), 1.0),
    ],
    ids=["miss", "clarify", "human"],
)
def test_without_the_table_nothing_is_asked_or_promised(verdict: Verdict) -> None:
    assert answer_without_table(an_event("text", content="你好"), a_faq(verdict), now=NOON) is None


def test_without_the_table_and_a_release_nothing_can_be_said() -> None:
    assert answer_without_table(an_event("text", content="你好"), None, now=NOON) is None


@pytest.mark.parametrize("kind", ["image", "voice", "event.subscribe", "event.click"])
def test_without_the_table_only_texts_are_answered(kind: str) -> None:
    assert answer_without_table(an_event(kind), KNOWN, now=NOON) is None
