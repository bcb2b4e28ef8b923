"""Service hours, number replies and tags."""

from datetime import datetime

import pytest

from chalicelib.clock import SHANGHAI
from chalicelib.faq import rules
from chalicelib.store.release import Release
from tests.builders import a_release, an_entry


def hours(opens: str, closes: str) -> Release:
    return a_release(service_from=opens, service_until=closes)


def at(clock_time: str) -> datetime:
    """A time of the fourth of March in Shanghai, told in UTC as everywhere."""
    return datetime.fromisoformat(f"2026-03-04T{clock_time}:00+08:00").astimezone(SHANGHAI)


@pytest.mark.parametrize(
    ("opens", "closes", "now", "is_open"),
    [
        ("09:00", "21:00", "08:59", False),
        ("09:00", "21:00", "09:00", True),
        ("09:00", "21:00", "20:59", True),
        ("09:00", "21:00", "21:00", False),
        ("18:00", "02:00", "17:59", False),
        ("18:00", "02:00", "18:00", True),
        ("18:00", "02:00", "23:59", True),
        ("18:00", "02:00", "00:00", True),
        ("18:00", "02:00", "01:59", True),
        ("18:00", "02:00", "02:00", False),
        ("00:00", "24:00", "00:00", True),
        ("00:00", "24:00", "23:59", True),
        ("09:00", "09:00", "03:00", True),
    ],
)
def test_human_service_is_open_within_its_hours(opens: str, closes: str, now: str, is_open: bool) -> None:
    assert rules.is_open(hours(opens, closes), at(now)) is is_open


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("08:59", "2026-03-04T09:00+08:00"),
        ("09:00", "2026-03-05T09:00+08:00"),
        ("21:30", "2026-03-05T09:00+08:00"),
        ("00:00", "2026-03-04T09:00+08:00"),
    ],
)
def test_the_next_opening_is_later_today_or_tomorrow(now: str, opening: str) -> None:
    assert rules.next_opening(hours("09:00", "21:00"), at(now)) == datetime.fromisoformat(opening)


def test_hours_across_midnight_open_again_the_same_day() -> None:
    assert rules.next_opening(hours("18:00", "02:00"), at("02:30")) == at("18:00")


def test_a_service_that_opens_at_24_opens_at_midnight() -> None:
    assert rules.next_opening(hours("24:00", "08:00"), at("09:00")).isoformat() == "2026-03-05T00:00:00+08:00"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1), ("２", 2), ("3。", 3), ("③", 3), ("2️⃣", 2), (" 1、", 1),
        ("二", 2), ("第一个", 1), ("第3个", 3), ("选2", 2), ("我选第二个", 2), ("要三", 3), ("2号", 2),
        ("4", None), ("12", None), ("第一次来", None), ("", None), ("选", None), ("一个问题", None),
    ],
)  # fmt: skip
def test_a_follower_may_choose_in_many_ways(text: str, number: int | None) -> None:
    assert rules.chosen(text) == number


@pytest.mark.parametrize(
    ("text", "turned_down"), [("都不是", True), ("“都不是”", True), ("以上都不是。", True), ("是", False)]
)
def test_a_follower_may_turn_all_suggestions_down(text: str, turned_down: bool) -> None:
    assert rules.turns_all_down(text) is turned_down


def test_an_answer_adds_and_removes_tags() -> None:
    entry = an_entry(add_tags=("老客", "爱水果"), remove_tags=("新客", "没有的"))

    assert rules.retagged(("新客", "爱水果", "会员"), entry) == ("爱水果", "会员", "老客")


def test_a_twenty_first_tag_is_not_added() -> None:
    twenty = tuple(f"标签{number}" for number in range(20))

    assert rules.retagged(twenty, an_entry(add_tags=("新客",))) == twenty
    assert rules.retagged(twenty, an_entry(add_tags=("新客",), remove_tags=("标签0",))) == (*twenty[1:], "新客")


def test_tags_that_are_too_many_already_are_kept() -> None:
    many = tuple(f"标签{number}" for number in range(25))

    assert rules.retagged(many, an_entry(add_tags=("新客",))) == many
