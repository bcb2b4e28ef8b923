"""What the FAQ makes of a text."""

import sys
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decision import Faq, Verdict
from chalicelib.faq.engine import CompiledFaq, compile_entries, compile_release, normalise, postings, with_index
from chalicelib.faq.engine.confidence import FEATURES, PRIOR
from chalicelib.faq.engine.negation import is_contrary
from chalicelib.store.release import FaqEntry, Keyword, Release
from infra.local.demo import content
from tests.builders import NOON, a_release, an_entry

INVOICE = an_entry(
    "invoice",
    title="怎么开发票？",
    questions=("能开专票吗",),
    keywords=(Keyword("exact", "发票"), Keyword("contains", "开发票")),
)
RETURN = an_entry("return", title="怎么退货退款？", questions=(), keywords=(Keyword("contains", "退货"),))
DEMO = compile_release(content.shop())


def search(text: str, *entries: FaqEntry) -> Verdict:
    return compile_release(a_release(*entries)).search(text, now=NOON)


def ids(verdict: Verdict) -> list[str]:
    return [entry.entry_id for entry in verdict.entries]


@pytest.mark.parametrize("text", ["发票", "怎么开发票", "能开专票吗？", " 发 票 ！", "发票😀", "怎么開發票?"])
def test_a_whole_message_that_is_known_is_answered_with_near_certainty(text: str) -> None:
    verdict = search(text, INVOICE, RETURN)

    assert (verdict.outcome, verdict.entries) == ("answer", (INVOICE,))
    assert verdict.confidence > 0.95


def test_width_and_case_of_letters_do_not_matter() -> None:
    entry = an_entry(keywords=(Keyword("exact", "VIP卡2"),))

    assert ids(search("ｖｉｐ卡２", entry)) == ["hours"]


def test_of_two_entries_with_the_same_exact_keyword_the_higher_priority_answers() -> None:
    low = an_entry("a", keywords=(Keyword("exact", "积分"),))
    high = an_entry("b", title="积分怎么用", keywords=(Keyword("exact", "积分"),), priority=1)

    assert ids(search("积分", low, high)) == ["b"]


def test_a_tie_is_asked_about_the_same_way_in_whatever_order_the_entries_stand() -> None:
    first, second = (an_entry(name, title=name, keywords=(Keyword("exact", "积分"),)) for name in ("a", "b"))

    assert ids(search("积分", first, second)) == ids(search("积分", second, first)) == ["a", "b"]


def test_a_message_that_contains_a_keyword_is_answered() -> None:
    verdict = search("想开发票呀", INVOICE, RETURN)

    assert verdict.outcome == "answer"
    assert ids(verdict) == ["invoice"]
    assert 0.3 <= verdict.confidence < 1.0


def test_a_keyword_that_is_small_in_a_message_answers_when_the_message_resembles_its_entry() -> None:
    entry = an_entry("range", title="你们的配送范围有多大", keywords=(Keyword("contains", "配送"),))

    verdict = search("请问你们的配送范围多大", entry, INVOICE)

    assert (verdict.outcome, ids(verdict)) == ("answer", ["range"])
    assert verdict.confidence > 0.6


def test_a_keyword_that_is_only_named_in_passing_is_asked_about() -> None:
    verdict = search("昨天在你们那儿排队的时候听到有人说要退货来着", INVOICE, RETURN)

    assert (verdict.outcome, ids(verdict)[0]) == ("clarify", "return")


def test_the_longest_contained_keyword_goes_first_where_priorities_are_equal() -> None:
    short = an_entry("a", keywords=(Keyword("contains", "会员"),))
    long = an_entry("b", title="积分", keywords=(Keyword("contains", "会员积分"),))

    assert ids(search("查会员积分", short, long)) == ["b"]


def test_two_keywords_of_one_entry_are_no_reason_to_ask() -> None:
    entry = an_entry("a", keywords=(Keyword("contains", "退货"), Keyword("contains", "退款")))

    assert search("退货退款的事", entry).outcome == "answer"


def test_keywords_that_speak_for_several_entries_are_asked_about_three_at_most() -> None:
    words = ("积分", "退货", "发票", "配送")
    entries = [an_entry(word, title=word * 3, questions=(), keywords=(Keyword("contains", word),)) for word in words]

    verdict = search("积分退货发票配送", *entries)

    assert verdict.outcome == "clarify"
    assert ids(verdict) == sorted(words)[:3]


def test_a_similar_question_is_answered_when_nothing_else_is_like_it() -> None:
    assert search("能不能开专票", INVOICE, RETURN).outcome == "answer"


def test_a_question_like_two_entries_is_asked_about() -> None:
    near = an_entry("near", title="会员积分怎么兑换", questions=())
    far = an_entry("far", title="会员积分怎么查询", questions=())

    verdict = search("会员积分怎么", far, near)

    assert (verdict.outcome, ids(verdict)) == ("clarify", ["far", "near"])


@pytest.mark.parametrize(
    "text", ["幾點開門", "jidian kaimen", "jidiankaimen", "几点开们", "几点门开", "请问几点开门呢", "opening hours"]
)
def test_a_follower_may_write_it_differently(text: str) -> None:
    hours = an_entry("hours", title="几点开门", questions=("营业时间",))

    assert ids(search(text, hours, INVOICE, RETURN))[0] == "hours"


def test_rules_are_evidence_of_their_kinds() -> None:
    entry = an_entry(
        "box", title="礼盒", questions=(), keywords=(Keyword("prefix", "送人"), Keyword("regex", "過節.*(买|订)"))
    )

    assert ids(search("送人用的", entry, INVOICE))[0] == "box"
    assert ids(search("过节想订点什么", entry, INVOICE))[0] == "box"


def test_a_message_with_an_excluded_word_is_not_for_the_entry() -> None:
    entry = an_entry(
        "ship", title="什么时候发货", questions=(), keywords=(Keyword("contains", "发货"),), unless=("不要",)
    )

    assert ids(search("什么时候发货", entry)) == ["ship"]
    assert search("不要发货了", entry) == Verdict("miss")


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "。。。", "\x00\x01", "量子力学", "\ud800"])
def test_what_is_about_nothing_in_the_faq_is_a_miss(text: str) -> None:
    assert search(text, INVOICE, RETURN) == Verdict("miss")


def test_the_published_index_finds_what_the_entries_find() -> None:
    release = content.shop()
    built, read = compile_entries(release), compile_release(with_index(release))

    for text in ("积分怎么用", "jifen", "怎么还没送到啊", "refund", "量子力学"):
        assert built.find(text) == read.find(text)


def test_the_commonest_grams_are_left_out_where_a_text_would_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "MOST_STEPS", 3)

    assert ids(search("要怎么才能开发票", INVOICE, RETURN))[0] == "invoice"


def test_an_index_of_another_engine_is_made_anew() -> None:
    release = with_index(a_release(INVOICE, RETURN))
    older = replace(release, index=release.index.replace(b'"format": 2', b'"format": 1'))

    assert older.index != release.index
    assert ids(compile_release(older).search("发票", now=NOON)) == ["invoice"]


def test_an_empty_release_misses_everything() -> None:
    assert compile_release(Release(version=0)).search("发票", now=NOON) == Verdict("miss")


@pytest.mark.parametrize("text", ["额", "额额额", "额……额！"])
def test_one_letter_is_no_question_however_often_it_is_written(text: str) -> None:
    balance = an_entry("balance", title="额度是多少", questions=("我的额度",))

    assert search(text, balance).outcome != "answer"


def test_one_letter_that_is_a_keyword_is_answered() -> None:
    new = an_entry("new", title="新客有什么优惠", keywords=(Keyword("exact", "新"),))

    assert ids(search("新", new)) == ["new"]


@pytest.mark.parametrize("text", ["你吃饭了没", "票房多少", "外卖能货到付款吗"])
def test_chatter_that_shares_loose_characters_with_one_entry_is_not_answered_for_want_of_a_rival(text: str) -> None:
    breakfast = an_entry("breakfast", title="早饭在几楼吃", questions=("早餐几点开始",))

    assert search(text, breakfast, INVOICE, RETURN).outcome != "answer"


def test_small_words_count_little_for_what_an_entry_knows_of_a_message() -> None:
    common = an_entry("shipping", title="什么时候发货", questions=("多久发货",))
    rarer = an_entry("presale", title="预售商品说明", questions=("预售的多久到",))

    found = compile_entries(a_release(common, rarer)).find("预售什么时候到")

    assert found is not None
    known = {one.entry: one.known for one in found.ranked}
    assert known[0] > known[1] > 0


def test_the_curve_has_a_weight_for_each_feature_and_one_more() -> None:
    found = DEMO.find("积分怎么用")

    assert found is not None
    assert len(PRIOR) == len(DEMO.calibration.curve) == len(FEATURES) + 1 == len(found.features) + 1


def test_what_came_closest_to_a_question_without_answer_is_told() -> None:
    verdict = DEMO.search("我和我的猫", now=NOON)

    assert verdict.outcome == "miss"
    assert 1 <= len(verdict.nearest) <= 3
    assert 0 < verdict.confidence < 0.5


def test_keywords_without_a_readable_character_match_nothing() -> None:
    entry = an_entry(title="？", questions=("！",), keywords=(Keyword("exact", "😀"), Keyword("contains", "。。")))

    assert search("随便什么", entry) == Verdict("miss")
    assert search("😀", entry) == Verdict("miss")


def test_a_compiled_release_knows_what_it_was_made_from() -> None:
    release = a_release(INVOICE)

    faq: Faq = compile_release(release)

    assert faq.release is release
    assert isinstance(faq, CompiledFaq)


@given(st.text(max_size=800))
def test_no_text_upsets_the_search(text: str) -> None:
    verdict = DEMO.search(text, now=NOON)

    assert verdict == DEMO.search(text, now=NOON)
    assert 0.0 <= verdict.confidence <= 1.0
    assert len(verdict.entries) <= 3
    assert len(set(ids(verdict))) == len(verdict.entries)


SHIPPING = an_entry("shipping", title="什么时候发货？", questions=(), keywords=(Keyword("contains", "发货"),))
CANCEL = an_entry("cancel", title="怎么取消订单？", questions=("不想要了怎么退",), keywords=())


@pytest.mark.parametrize(
    "text", ["不要发货", "别给我发货了", "请不要给我发货", "不想发货了", "先别发货", "不用发货了谢谢"]
)
def test_a_wish_that_something_not_be_is_no_question_about_it(text: str) -> None:
    verdict = search(text, SHIPPING, INVOICE)

    assert verdict.outcome == "clarify"
    assert ids(verdict)[0] == "shipping"


@pytest.mark.parametrize("text", ["要不要发货", "用不用等发货", "区别发货时间", "什么时候发货"])
def test_whether_and_when_are_questions_all_the_same(text: str) -> None:
    assert not is_contrary(normalise(text), SHIPPING)


def test_a_no_that_the_entry_knows_is_answered() -> None:
    assert search("我不想要了怎么退", CANCEL, SHIPPING).outcome == "answer"


LONG = (
    "怎么退货" * 170,
    "ﷺ" * 682,
    "会员积分怎么查询退款多久送到" * 50,
    "".join(map(chr, range(0x4E00, 0x4E00 + 680))),
)


@pytest.mark.parametrize("text", LONG)
def test_a_text_of_any_length_costs_no_more_than_a_few_questions(text: str) -> None:
    assert _calls(text) < 5 * _calls("请问积分怎么用呢")


def _calls(text: str) -> int:
    """Of functions, ours and the interpreter's: the same on every machine."""
    calls = count()

    def called(_frame: object, event: str, _argument: object) -> None:
        if event in ("call", "c_call"):
            next(calls)

    sys.setprofile(called)
    try:
        DEMO.search(text, now=NOON)
    finally:
        sys.setprofile(None)
    return next(calls)
