"""What a follower is answered by the FAQ, and what is remembered of it."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.decision import Decision, Facts, Verdict
from chalicelib.faq import handlers, texts
from chalicelib.store.member import Conversation, Member
from chalicelib.wechat import reply
from tests.builders import NOON, a_member, a_release, an_entry, an_event, facts

HOURS = an_entry("hours", title="几点开门？", answer="每天 7:00–22:00。")
NEWCOMER = an_entry("newcomer", answer="欢迎新邻居！", add_tags=("新客",), remove_tags=("老客",))
COMPLAINT = an_entry("complaint", answer="", human=True, add_tags=("待回访",))
RELEASE = a_release(HOURS, NEWCOMER, COMPLAINT, service_from="09:00", service_until="21:00")
EVENT = an_event("text", content="你好")


def known(verdict: Verdict | None = None, **member: Any) -> Facts:
    return facts(member=a_member(**member), release=RELEASE, verdict=verdict)


def suggestions(*options: str, minutes: int = 5) -> Conversation:
    return Conversation("suggestions", NOON + timedelta(minutes=minutes), options)


def saved(decision: Decision | None) -> Member:
    assert decision is not None
    (member,) = decision.save
    assert isinstance(member, Member)
    return member


def test_a_follower_whose_question_is_known_gets_its_answer() -> None:
    asked = known(Verdict("answer", (HOURS,), 0.876))

    decision = handlers.answer_text(EVENT, asked, "几点开门")

    assert decision.outcome == "faq.answer"
    assert decision.reply == reply.text("每天 7:00–22:00。")
    assert decision.details == {"entry": "hours", "confidence": 88}
    assert decision.save == (asked.member,)


def test_a_long_answer_is_cut_to_what_wechat_takes() -> None:
    long = an_entry(answer="长" * 1000)

    decision = handlers.answer_text(EVENT, known(Verdict("answer", (long,), 1.0)), "长")

    assert decision.reply is not None
    assert len(decision.reply.text.encode()) <= reply.TEXT_BYTES


def test_a_newcomer_who_replies_new_is_tagged_and_loses_the_tag_of_regulars() -> None:
    decision = handlers.answer_text(EVENT, known(Verdict("answer", (NEWCOMER,), 1.0), tags=("老客", "会员")), "新")

    assert saved(decision).tags == ("会员", "新客")
    assert "tags_full" not in decision.details


def test_a_tag_that_no_longer_fits_is_told_to_the_journal() -> None:
    twenty = tuple(f"标签{number}" for number in range(20))

    decision = handlers.answer_text(EVENT, known(Verdict("answer", (NEWCOMER,), 1.0), tags=twenty), "新")

    assert saved(decision).tags == twenty
    assert decision.details["tags_full"] == 1


def test_a_follower_whose_question_is_unclear_is_asked_which_one_was_meant() -> None:
    decision = handlers.answer_text(EVENT, known(Verdict("clarify", (HOURS, NEWCOMER), 0.5)), "几点有优惠")

    assert decision.outcome == "faq.clarify"
    assert decision.reply == reply.text(
        "您是不是想问：\n1. 几点开门？\n2. 营业时间是几点？\n回复数字选择，或回复“都不是”。"
    )
    assert decision.details == {"entries": "hours,newcomer", "confidence": 50}
    assert saved(decision).conversation == Conversation(
        "suggestions", NOON + timedelta(minutes=10), ("hours", "newcomer")
    )


def test_a_follower_whose_question_is_unknown_is_told_so_and_offered_a_person() -> None:
    decision = handlers.answer_text(EVENT, known(conversation=suggestions("hours")), "今天天气")

    assert decision.outcome == "faq.miss"
    assert decision.reply == reply.text(texts.MISS)
    assert "人工" in texts.MISS
    assert saved(decision).conversation is None
    assert decision.details == {}


def test_no_text_of_a_follower_reaches_the_journal() -> None:
    for verdict in (Verdict("miss"), Verdict("clarify", (HOURS,), 0.5), Verdict("answer", (HOURS,), 1.0)):
        decision = handlers.answer_text(EVENT, known(verdict), "我的电话是13800000000")

        assert "138" not in str(decision.details)


@pytest.mark.parametrize("text", ["2", "２", "第二个", "2。"])
def test_a_number_chooses_among_the_suggestions(text: str) -> None:
    decision = handlers.answer_suggestion(EVENT, known(conversation=suggestions("newcomer", "hours")), text)

    assert decision is not None
    assert decision.reply == reply.text("每天 7:00–22:00。")
    assert decision.details == {"entry": "hours", "chosen": 2}
    assert saved(decision).conversation is None


def test_choosing_a_suggestion_applies_its_tags() -> None:
    decision = handlers.answer_suggestion(EVENT, known(conversation=suggestions("newcomer")), "1")

    assert saved(decision).tags == ("新客",)


def test_turning_all_suggestions_down_offers_a_person() -> None:
    decision = handlers.answer_suggestion(EVENT, known(conversation=suggestions("hours")), "都不是")

    assert decision is not None
    assert (decision.outcome, decision.reply) == ("faq.miss", reply.text(texts.NONE_OF_THEM))
    assert "人工" in texts.NONE_OF_THEM
    assert saved(decision).conversation is None


def test_a_suggestion_that_a_newer_release_dropped_is_an_honest_miss() -> None:
    decision = handlers.answer_suggestion(EVENT, known(conversation=suggestions("gone")), "1")

    assert decision is not None
    assert (decision.outcome, decision.reply) == ("faq.miss", reply.text(texts.MISS))
    assert decision.details == {"entry": "gone", "chosen": 1}


@pytest.mark.parametrize(
    ("conversation", "text"),
    [
        (None, "1"),
        (suggestions("hours", minutes=0), "1"),
        (Conversation("erasure", NOON + timedelta(minutes=5)), "1"),
        (suggestions("hours"), "几点开门"),
    ],
    ids=["nothing was suggested", "too late", "another question is open", "another question"],
)
def test_what_is_no_reply_to_open_suggestions_is_left_to_others(conversation: Conversation | None, text: str) -> None:
    assert handlers.answer_suggestion(EVENT, known(conversation=conversation), text) is None


@pytest.mark.parametrize(
    ("options", "text", "told"),
    [
        (("a", "b", "c"), "7", "没有这个选项。请回复 1 到 3 之间的数字，或回复“都不是”。"),
        (("a", "b"), "３。", "没有这个选项。请回复 1 到 2 之间的数字，或回复“都不是”。"),
        (("a",), "99", "没有这个选项。请回复 1，或回复“都不是”。"),
    ],
)
def test_a_number_that_no_suggestion_has_is_asked_for_again(options: tuple[str, ...], text: str, told: str) -> None:
    asked = known(Verdict("miss"), conversation=suggestions(*options))

    decision = handlers.answer_suggestion(EVENT, asked, text)

    assert decision is not None
    assert (decision.outcome, decision.reply) == ("faq.stray", reply.text(told))
    assert saved(decision).conversation == suggestions(*options)
    assert decision.jobs == ()


def test_a_number_that_an_entry_answers_to_is_that_entrys_also_while_suggestions_are_open() -> None:
    asked = known(Verdict("answer", (NEWCOMER,), 1.0), conversation=suggestions("hours"))

    assert handlers.answer_suggestion(EVENT, asked, "66") is None


@pytest.mark.parametrize("text", ["2", "9", "９９", "2。", "都不是", "以上都不是"])
def test_a_reply_to_nothing_is_no_question_that_was_missed(text: str) -> None:
    decision = handlers.answer_text(EVENT, known(Verdict("miss")), text)

    assert (decision.outcome, decision.reply) == ("faq.stray", reply.text(texts.NOTHING_TO_CHOOSE))
    assert decision.jobs == ()


@pytest.mark.parametrize("text", ["100", "2号店", "都不是真的吗"])
def test_what_only_begins_like_a_reply_is_a_question(text: str) -> None:
    decision = handlers.answer_text(EVENT, known(Verdict("miss")), text)

    assert decision.outcome == "faq.miss"
    assert len(decision.jobs) == 1


def test_a_menu_key_is_answered_with_its_entry() -> None:
    decision = handlers.answer_entry(EVENT, known(), "newcomer")

    assert (decision.outcome, decision.reply) == ("faq.answer", reply.text("欢迎新邻居！"))
    assert decision.details == {"entry": "newcomer"}
    assert saved(decision).tags == ("新客",)


def test_a_menu_key_that_names_no_entry_is_an_honest_miss() -> None:
    decision = handlers.answer_entry(EVENT, known(), "gone")

    assert (decision.outcome, decision.reply) == ("faq.miss", reply.text(texts.MISS))
    assert decision.details == {"entry": "gone"}


def test_a_menu_key_does_not_end_the_talk_with_a_person() -> None:
    talk = Conversation("human", NOON + timedelta(minutes=5))

    assert saved(handlers.answer_entry(EVENT, known(conversation=talk), "hours")).conversation == talk


def test_an_entry_for_people_asks_for_one_with_its_tags() -> None:
    decision = handlers.answer_text(EVENT, known(Verdict("answer", (COMPLAINT,), 1.0)), "投诉")

    assert (decision.outcome, decision.reply) == (handlers.WANTED, None)
    assert decision.details == {"entry": "complaint", "confidence": 100}
    assert saved(decision).tags == ("待回访",)


def test_who_is_no_member_yet_must_not_come_here() -> None:
    with pytest.raises(ValueError, match="member"):
        handlers.answer_entry(EVENT, facts(), "hours")


def test_a_menu_key_without_end_does_not_fill_the_journal() -> None:
    decision = handlers.answer_entry(EVENT, known(), "x" * 50_000)

    assert decision.details == {"entry": "x" * 64}
