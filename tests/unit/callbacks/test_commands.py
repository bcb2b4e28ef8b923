"""In which order the words of a follower are tried, and what a command may look like."""

import time
from datetime import timedelta
from typing import Literal

import pytest

from chalicelib.callbacks.commands import COMMANDS, MENU_COMMANDS, command_of, needs_table, on_click, on_media, on_text
from chalicelib.decision import Decision, Erase, Facts, Verdict
from chalicelib.faq import texts as faq_texts
from chalicelib.members import jobs, texts
from chalicelib.store.member import Conversation, Member
from chalicelib.tickets import jobs as tickets
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound
from tests.builders import NOON, OPENID, a_member, a_release, a_tombstone, an_entry, an_event, facts, saved_member

MINUTES = timedelta(minutes=1)
HOURS = an_entry("hours", answer="每天 9:00 开门。")
COUPON = an_entry("coupon", answer="满 39 减 12。", add_tags=("新客",))
RELEASE = a_release(HOURS, COUPON, service_from="09:00", service_until="21:00")
KNOWS_EVERYTHING = Verdict("answer", (HOURS,), 1.0)


def asked(topic: Literal["suggestions", "erasure", "human"], *options: str, minutes: int = 5) -> Conversation:
    return Conversation(topic, NOON + minutes * MINUTES, options)


def known(verdict: Verdict | None = None, **member: object) -> Facts:
    return facts(member=a_member(**member), release=RELEASE, verdict=verdict)


def said(text: str, facts: Facts, **more: object) -> Decision:
    return on_text(an_event("text", content=text, **more), facts)


def clicked(key: str, facts: Facts) -> Decision:
    return on_click(an_event("event.click", key=key), facts)


def told(decision: Decision) -> str:
    assert decision.reply is not None
    return decision.reply.text


OPT_OUTS = ["退订", "td", "TD", "ＴＤ", "ｔｄ", "td ", " TD。", "T", "t", "Ｔ", "退订。", "退订！", "退订？", "“退订”",
            "「退订」", "【退订】", "退订，", "退订~", "退订～", "　退订　", "退订\n", "取消订阅"]  # fmt: skip


@pytest.mark.parametrize("text", OPT_OUTS)
def test_an_opt_out_is_honoured_however_it_is_written(text: str) -> None:
    decision = said(text, known(KNOWS_EVERYTHING))

    assert decision.outcome == "opted_out"
    assert saved_member(decision).opted_out_at == NOON


@pytest.mark.parametrize("text", ["怎么退订", "td 是什么", "to", "退 订", "", "。", "订阅号"])
def test_a_sentence_that_only_contains_a_command_is_a_question(text: str) -> None:
    assert said(text, known(KNOWS_EVERYTHING)).outcome == "faq.answer"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("订阅", "opted_in"),
        ("我的数据", "data.shown"),
        ("删除我的数据", "erasure.asked"),
        ("人工", "human.transfer"),
        ("转人工", "human.transfer"),
        ("人工客服", "human.transfer"),
        ("退出人工", "human.left"),
    ],
)
def test_each_command_does_what_it_says_and_wins_over_the_faq(text: str, outcome: str) -> None:
    assert said(text, known(KNOWS_EVERYTHING)).outcome == outcome


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_listed_as_texts_are_compared(command: str) -> None:
    assert command_of(command) == command
    assert needs_table(f"　{command.upper()}。")


def test_what_is_no_command_goes_to_the_faq_as_it_was_written() -> None:
    decision = said("你们几点开门？", known(KNOWS_EVERYTHING))

    assert (decision.outcome, told(decision)) == ("faq.answer", "每天 9:00 开门。")
    assert saved_member(decision).last_message_at == NOON


def test_a_voice_message_that_wechat_understood_is_answered_like_a_text() -> None:
    voice = an_event("voice", media_id="m", format="amr", recognition="退订。")

    assert on_text(voice, known(KNOWS_EVERYTHING)).outcome == "opted_out"


def test_a_message_without_words_is_answered_like_an_empty_text() -> None:
    assert on_text(an_event("image"), known()).outcome == "faq.miss"


def test_the_number_of_a_suggestion_is_answered() -> None:
    decision = said("2", known(conversation=asked("suggestions", "coupon", "hours")))

    assert told(decision) == "每天 9:00 开门。"
    assert saved_member(decision).conversation is None


def test_an_open_question_comes_before_the_commands() -> None:
    opted_for_one = known(KNOWS_EVERYTHING, conversation=asked("suggestions", "coupon"))

    assert said("1", opted_for_one).details == {"entry": "coupon", "chosen": 1}


def test_a_command_comes_before_the_faq_and_leaves_suggestions_behind() -> None:
    decision = said("退订", known(KNOWS_EVERYTHING, conversation=asked("suggestions", "coupon")))

    assert decision.outcome == "opted_out"
    assert saved_member(decision).conversation is None


def test_who_asks_something_else_has_left_the_suggestions_behind() -> None:
    decision = said("会员日是哪天", known(conversation=asked("suggestions", "coupon")))

    assert (decision.outcome, saved_member(decision).conversation) == ("faq.miss", None)


def test_suggestions_that_are_too_old_are_not_answered() -> None:
    decision = said("1", known(conversation=asked("suggestions", "coupon", minutes=0)))

    assert (decision.outcome, saved_member(decision).conversation) == ("faq.stray", None)


@pytest.mark.parametrize("yes", ["确认删除", "确认删除。", " 确认删除！"])
def test_who_confirms_in_time_is_erased(yes: str) -> None:
    decision = said(yes, known(conversation=asked("erasure")))

    assert decision.erase is not None
    assert decision.outcome == "erased.wish"
    assert [job.kind for job in decision.jobs] == [jobs.ERASURE]


@pytest.mark.parametrize(("minutes", "outcome"), [(10, "erased.wish"), (0, "faq.miss"), (-1, "faq.miss")])
def test_the_question_about_the_erasure_stands_for_ten_minutes(minutes: int, outcome: str) -> None:
    question = said("删除我的数据", known())
    conversation = saved_member(question).conversation
    assert conversation is not None
    assert conversation.until == NOON + 10 * MINUTES

    late = said("确认删除", known(conversation=asked("erasure", minutes=minutes)))

    assert late.outcome == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("取消", "erasure.cancelled"), ("你好", "faq.miss"), ("退订", "opted_out"), ("1", "faq.stray")],
)
def test_anything_else_cancels_the_erasure(text: str, outcome: str) -> None:
    decision = said(text, known(conversation=asked("erasure")))

    assert (decision.outcome, decision.erase) == (outcome, None)
    assert saved_member(decision).conversation is None
    assert said("确认删除", facts(member=saved_member(decision), release=RELEASE)).outcome == "faq.miss"


def test_a_picture_and_a_menu_tap_cancel_the_erasure_too() -> None:
    waiting = known(conversation=asked("erasure"))

    picture, tap, unknown = on_media(an_event("image"), waiting), clicked("faq:hours", waiting), clicked("?", waiting)

    assert [saved_member(decision).conversation for decision in (picture, tap, unknown)] == [None, None, None]


def test_who_asks_again_is_asked_again() -> None:
    decision = said("删除我的数据", known(conversation=asked("erasure", minutes=1)))

    assert saved_member(decision).conversation == asked("erasure", minutes=10)


@pytest.mark.parametrize("text", ["确认删除", "取消"])
def test_an_answer_to_a_question_nobody_asked_is_an_ordinary_text(text: str) -> None:
    assert said(text, known()).outcome == "faq.miss"


def test_while_human_service_is_there_words_are_passed_on_and_not_answered() -> None:
    decision = said("你们几点开门", known(KNOWS_EVERYTHING, conversation=asked("human", minutes=1)))

    assert (decision.outcome, decision.reply) == ("human.passed_on", reply.to_human())
    assert saved_member(decision).conversation == asked("human", minutes=30)


@pytest.mark.parametrize(("text", "outcome"), [("退订", "opted_out"), ("我的数据", "data.shown")])
def test_a_command_wins_over_human_service_which_goes_on(text: str, outcome: str) -> None:
    decision = said(text, known(KNOWS_EVERYTHING, conversation=asked("human")))

    assert (decision.outcome, saved_member(decision).conversation) == (outcome, asked("human"))


def test_who_leaves_human_service_is_answered_by_the_faq_again() -> None:
    left = said("退出人工", known(conversation=asked("human")))

    again = said("几点开门", facts(member=saved_member(left), release=RELEASE, verdict=KNOWS_EVERYTHING))

    assert (left.outcome, again.outcome) == ("human.left", "faq.answer")


def test_human_service_that_was_silent_for_too_long_is_over() -> None:
    decision = said("几点开门", known(KNOWS_EVERYTHING, conversation=asked("human", minutes=0)))

    assert decision.outcome == "faq.answer"


@pytest.mark.parametrize("kind", ["image", "voice", "video", "shortvideo", "location", "link"])
def test_a_picture_goes_to_human_service_while_it_is_there(kind: str) -> None:
    decision = on_media(an_event(kind), known(conversation=asked("human")))

    assert (decision.outcome, decision.reply) == ("human.passed_on", reply.to_human())


def test_a_picture_is_a_sign_of_life_and_is_not_answered() -> None:
    decision = on_media(an_event("image"), known())

    assert (decision.outcome, decision.reply) == ("seen", None)
    assert saved_member(decision).last_message_at == NOON


def test_a_menu_key_names_an_entry() -> None:
    decision = clicked("faq:coupon", known(tags=("会员",)))

    assert told(decision) == "满 39 减 12。"
    assert saved_member(decision).tags == ("会员", "新客")
    assert (saved_member(decision).last_click_at, saved_member(decision).last_message_at) == (NOON, None)


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        ("cmd:opt_out", "opted_out"),
        ("cmd:opt_in", "opted_in"),
        ("cmd:my_data", "data.shown"),
        ("cmd:human", "human.transfer"),
    ],
)
def test_a_menu_key_names_a_command(key: str, outcome: str) -> None:
    assert key in MENU_COMMANDS
    assert clicked(key, known()).outcome == outcome


def test_a_text_that_is_made_to_be_slow_to_fold_is_no_command() -> None:
    marks = "\u0300\u0316" * 7_000
    began = time.process_time()

    assert command_of(marks) == ""
    assert command_of("退订" + " " * 200 + "吗") == ""

    assert time.process_time() - began < 0.05


def test_an_entry_that_is_gone_is_said_to_be_unknown() -> None:
    assert told(clicked("faq:old", known())) == faq_texts.MISS


@pytest.mark.parametrize("key", ["", "cmd:", "cmd:erase", "faq", "FAQ:hours", "x" * 128])
def test_a_menu_key_nobody_knows_is_a_click_and_no_more(key: str) -> None:
    decision = clicked(key, known())

    assert (decision.outcome, decision.reply) == ("click.unknown", None)
    assert saved_member(decision).last_click_at == NOON


def test_a_click_without_its_body_is_a_click_and_no_more() -> None:
    assert on_click(an_event("event.annual_renew"), known()).outcome == "click.unknown"


def test_a_stranger_who_writes_becomes_a_member_and_is_asked_about() -> None:
    decision = said("你好", facts(release=RELEASE, verdict=KNOWS_EVERYTHING))

    member = saved_member(decision)
    assert (member.member_no, member.version, member.following) == ("fresh-0001", 0, True)
    assert [(job.kind, job.payload["member_no"]) for job in decision.jobs] == [(jobs.PROFILE, "fresh-0001")]


def test_a_person_known_from_a_subscription_is_asked_about_when_they_write() -> None:
    decision = said("你好", known(KNOWS_EVERYTHING, following=False))

    assert saved_member(decision).following
    assert [job.kind for job in decision.jobs] == [jobs.PROFILE]


def test_a_follower_who_writes_is_not_asked_about() -> None:
    assert said("你好", known(KNOWS_EVERYTHING)).jobs == ()


def test_an_answer_that_waited_sets_out_with_the_next_act() -> None:
    asked_for = {"openid": OPENID, "member_no": "m-0001", "tickets": "0304-aaaaaaaa,0304-bbbbbbbb"}
    waited = known(KNOWS_EVERYTHING, unheard=("0304-aaaaaaaa", "0304-bbbbbbbb"))

    for decision in (said("你好", waited), clicked("cmd:my_data", waited), said("人工", waited)):
        assert [(job.kind, job.payload) for job in decision.jobs] == [(tickets.ANSWER, asked_for)]
        assert saved_member(decision).unheard == ()


def test_a_stranger_may_opt_out_at_once() -> None:
    decision = said("退订", facts(release=RELEASE))

    assert (saved_member(decision).member_no, saved_member(decision).opted_out_at) == ("fresh-0001", NOON)


def test_a_stranger_who_wants_to_be_erased_is_not_made_a_member_for_it() -> None:
    decision = said("删除我的数据", facts(release=RELEASE))

    assert decision == Decision("erasure.nothing", reply.text(texts.NOTHING_TO_ERASE))


def test_who_was_erased_by_wish_and_writes_again_is_new_and_still_opted_out() -> None:
    decision = said("你好", facts(release=RELEASE, tombstone=a_tombstone(opted_out=True)))

    assert (saved_member(decision).member_no, saved_member(decision).opted_out_at) == ("fresh-0001", NOON)


@pytest.mark.parametrize("kind", ["text", "event.click", "image"])
def test_words_from_before_the_leaving_revive_nobody(kind: str) -> None:
    answer = {"text": on_text, "event.click": on_click, "image": on_media}[kind]

    decision = answer(an_event(kind, created=NOON), facts(tombstone=a_tombstone(at=NOON)))

    assert decision == Decision("stale")


@pytest.mark.parametrize("late", [an_event("text", content="退订", created=NOON),
                                  an_event("event.click", key="cmd:opt_out", created=NOON)])  # fmt: skip
def test_an_opt_out_that_comes_through_only_after_the_leaving_is_kept_for_their_return(late: Inbound) -> None:
    answer = on_text if late.kind == "text" else on_click

    decision = answer(late, facts(tombstone=a_tombstone(at=NOON)))

    assert (decision.outcome, decision.save, told(decision)) == ("opted_out", (), texts.OPTED_OUT)
    assert decision.erase == Erase(None, a_tombstone(at=NOON, opted_out=True))


@pytest.mark.parametrize("text", ["我的电话是 13800138000", "退订", "删除我的数据", "1"])
def test_the_journal_never_learns_what_was_written(text: str) -> None:
    decision = said(text, known(remark="老张"))

    noted = "".join(map(str, decision.details.values()))
    assert all(secret not in noted for secret in ("13800138000", "老张", a_member().openid))


def test_every_saved_member_is_the_one_who_wrote() -> None:
    for text in (*COMMANDS, "你好"):
        for saved in said(text, known()).save:
            assert isinstance(saved, Member)
            assert (saved.member_no, saved.last_message_at) == ("m-0001", NOON)
