"""What the packaged tables know, and how words are made of it."""

import pytest

from chalicelib.faq.engine import normalise
from chalicelib.faq.engine.characters import characters
from chalicelib.faq.engine.english import in_chinese
from chalicelib.faq.engine.fitting import fit, logistic
from chalicelib.faq.engine.grams import sound, spelt_sound
from chalicelib.faq.engine.likeness import likeness, masks
from chalicelib.faq.engine.text import words


def test_the_table_knows_the_characters_that_people_use() -> None:
    known = characters()

    assert len(known.syllables) > 6_500
    assert len(known.simplified) > 2_000
    assert normalise("妳們幾點開門？") == "你们几点开门"


def test_texts_sound_alike_without_tones() -> None:
    assert sound("积分") == sound("几分") == ("ji", "fen")
    assert sound("a") == ("a",)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (("jifen", "zenme", "yong"), ("ji", "fen", "zen", "me", "yong")),
        (("wohaimoshoudaohuo",), ("wo", "hai", "mo", "shou", "dao", "huo")),
        (("refund",), ()),
        ((), ()),
    ],
)
def test_pinyin_is_heard_only_when_all_of_it_is_pinyin(said: tuple[str, ...], heard: tuple[str, ...]) -> None:
    assert spelt_sound(said) == heard


@pytest.mark.parametrize(
    ("text", "han"),
    [
        ("您好！请问一下积分怎么用呢，谢谢", "积分怎么用"),
        ("想 换 个 颜 色", "想换个颜色"),
        ("你好", "你好"),
        ("谢谢", "谢谢"),
    ],
)
def test_greetings_around_a_question_are_not_part_of_it(text: str, han: str) -> None:
    assert words(text).han == han


def test_english_is_put_into_the_words_of_the_shop() -> None:
    assert in_chinese(("where", "is", "my", "order")) == "物流到哪了"
    assert in_chinese(("refunds", "please")) == "退款"
    assert in_chinese(("quantum",)) == ""


@pytest.mark.parametrize(
    ("one", "other", "value"), [("abc", "abc", 1.0), ("abcd", "acbd", 0.75), ("", "a", 0), ("a", "", 0)]
)
def test_likeness_is_the_common_part_of_two_texts(one: str, other: str, value: float) -> None:
    assert likeness(masks(one), len(one), other) == value


def test_a_curve_is_fitted_to_examples_and_held_by_its_prior() -> None:
    examples = [((float(step),), step > 5, 1.0) for step in range(11)] * 5

    bias, weight = fit(examples, (0.0, 0.0), strength=0.1)
    held = fit(examples, (0.0, 0.0), strength=1e9)

    assert logistic(bias + weight * 8) > 0.95
    assert logistic(bias + weight * 2) < 0.05
    assert held == pytest.approx((0.0, 0.0), abs=1e-5)
