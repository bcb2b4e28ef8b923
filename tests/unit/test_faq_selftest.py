"""How a release does on its own questions, as an operator is told before followers meet it."""

from chalicelib.faq.engine import compile_entries
from chalicelib.faq.selftest import Collision, SelfTest, examine
from chalicelib.store.release import FaqEntry, Release
from infra.faq_selftest import told

PARKING = FaqEntry("parking", "附近能停车吗", "能", ("你们附近能停车吗", "附近可以停车吗", "店附近能停车吗"))
HOURS = FaqEntry("hours", "每天几点开门", "九点", ("早上几点开门", "几点开门呢", "周末几点开门"))
TWIN = FaqEntry("twin", "早上几点开门营业", "十点", ("每天早上几点开门", "早上大概几点开门"))


def examined(*entries: FaqEntry, most: int = 300) -> SelfTest:
    return examine(compile_entries(Release(1, entries)), most=most)


def test_entries_that_are_apart_answer_their_own_questions() -> None:
    test = examined(PARKING, HOURS)

    assert (test.written, test.asked, test.first, test.wrong, test.collisions) == (8, 8, 8, 0, ())
    assert test.answered + test.clarified + test.missed == test.asked


def test_entries_that_answer_each_others_questions_are_named() -> None:
    test = examined(PARKING, HOURS, TWIN)

    assert [(pair.one, pair.other) for pair in test.collisions] == [("hours", "twin")]
    assert sum(pair.times for pair in test.collisions) == test.wrong > 0
    assert test.collisions[0].example in {*HOURS.questions, *TWIN.questions, HOURS.title, TWIN.title}


def test_of_many_questions_some_are_asked_and_it_is_said() -> None:
    test = examined(PARKING, HOURS, most=4)

    assert (test.asked, test.written, test.is_sample) == (4, 8, True)


def test_a_question_that_nothing_else_is_like_is_not_found() -> None:
    test = examined(PARKING, FaqEntry("lone", "火锅底料", "有"))

    assert test.missed >= 1


def test_the_operator_is_told_in_shares() -> None:
    pairs = tuple(Collision("a", f"b{number}", 8 - number, "几点") for number in range(7))

    lines = list(told(SelfTest(2_000, 100, 81, 70, 4, 20, 10, pairs)))

    assert lines[0] == "自测：把自己的问法逐个拿掉再问，抽查 100 个（一共 2,000 个）。"
    assert "第一名就是原条目 81.0%，直接回答 70.0%（其中答成别的条目 4 个），反问 20.0%，答不上 10.0%" in lines[1]
    assert lines[2] == "　a 和 b0 容易混：“几点” 等 8 个"
    assert lines[-1] == "　……还有 2 对。"


def test_a_pair_that_collides_once_is_told_without_a_count() -> None:
    lines = list(told(SelfTest(20, 20, 19, 18, 1, 1, 1, (Collision("a", "b", 1, "几点"),))))

    assert lines[0].endswith("再问，20 个。")
    assert lines[-1] == "　a 和 b 容易混：“几点”"


def test_of_a_handful_of_questions_nothing_is_told() -> None:
    assert list(told(examined(PARKING))) == []
