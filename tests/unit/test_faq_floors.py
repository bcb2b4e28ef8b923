"""The FAQ engine on the sets: what it must not fall below."""

from functools import cache

import pytest

from tests.faq_eval.data import questions_of, release_of
from tests.faq_eval.engines import Ask, by_similarity, literal_keywords, ours
from tests.faq_eval.measures import Outcome, asked, auroc, by_slice, overall, threshold
from tests.faq_eval.plot import drawn
from tests.faq_eval.scorers import character_tfidf


@cache
def outcomes(name: str) -> tuple[Outcome, ...]:
    return asked(ours(release_of(name)), questions_of(name))


@pytest.mark.parametrize(
    ("name", "measure", "floor"),
    [
        ("shop_zh", "precision", 0.97),
        ("shop_zh", "answered", 0.78),
        ("shop_zh", "helped", 0.94),
        ("shop_zh", "top1", 0.88),
        ("shop_zh", "near", 0.90),
        ("shop_zh", "far", 0.97),
        ("shop_zh", "told", 0.36),
        ("hotel_zh", "precision", 0.97),
        ("hotel_zh", "answered", 0.87),
        ("hotel_zh", "helped", 0.95),
        ("hotel_zh", "near", 0.95),
        ("hotel_zh", "far", 0.95),
        ("clinic_zh", "precision", 0.95),
        ("clinic_zh", "answered", 0.78),
        ("clinic_zh", "helped", 0.92),
        ("clinic_zh", "near", 0.92),
        ("clinic_zh", "far", 0.96),
        ("chitchat_zh", "precision", 0.90),
        ("chitchat_zh", "helped", 0.81),
        ("chitchat_zh", "near", 0.95),
        ("chitchat_zh", "far", 0.98),
        ("banking_en", "precision", 0.93),
        ("banking_en", "helped", 0.92),
        ("banking_en", "near", 0.87),
    ],
)
def test_the_engine_holds_its_floor_on_a_set(name: str, measure: str, floor: float) -> None:
    assert overall(outcomes(name))[measure] >= floor


@pytest.mark.parametrize(
    ("tag", "floor"),
    [
        ("typical", 0.93), ("keyword", 1.0), ("traditional", 0.92), ("pinyin", 0.95), ("v-pinyin", 0.92),
        ("v-typo", 0.68), ("v-drop", 0.90), ("v-swap", 0.86), ("english", 0.84), ("expired", 1.0), ("window-edge", 1.0),
    ],
)  # fmt: skip
def test_followers_of_the_shop_are_answered_however_they_write(tag: str, floor: float) -> None:
    assert by_slice(outcomes("shop_zh"))[tag][1] >= floor


def test_a_question_in_other_words_is_often_among_the_suggestions() -> None:
    assert by_slice(outcomes("shop_zh"))["paraphrase"][2] >= 0.68


@pytest.mark.parametrize("name", ["shop_zh", "clinic_zh", "chitchat_zh"])
def test_the_engine_is_ahead_of_simpler_ones(name: str) -> None:
    release, questions = release_of(name), questions_of(name)
    simple: list[Ask] = [literal_keywords(release), by_similarity(release, character_tfidf, answers=0.75)]

    best = overall(outcomes(name))

    for ask in simple:
        other = overall(asked(ask, questions))
        assert best["top1"] > other["top1"]
        assert best["helped"] > other["helped"]
        assert best["auroc"] > other["auroc"]


def test_the_measures_say_what_they_mean() -> None:
    found = outcomes("shop_zh")

    assert auroc([0.9, 0.5], [0.5, 0.1]) == 0.875
    assert auroc([], [0.1]) != auroc([], [0.1])
    assert 0.2 < threshold(found, 0.95) < 0.7
    assert drawn(()).startswith("<svg")
