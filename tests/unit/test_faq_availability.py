"""When, for whom and with which answer an entry holds."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.decision import Verdict
from chalicelib.faq import handlers, words
from chalicelib.faq.answers import answer_for, as_reply
from chalicelib.faq.availability import is_available
from chalicelib.faq.engine import compile_release
from chalicelib.store.release import Answer, Conditions, Release
from chalicelib.wechat import reply
from chalicelib.wechat.reply import Reply
from tests.builders import NOON, a_member, a_release, an_entry, an_event, facts

EVENT = an_event("text", content="你好")


def holds(now: str = "2026-03-04T12:00:00", tags: tuple[str, ...] = (), **conditions: str | tuple[str, ...]) -> bool:
    entry = an_entry(conditions=Conditions.from_json(conditions))
    return is_available(entry, now=datetime.fromisoformat(f"{now}+08:00"), tags=tags)


@pytest.mark.parametrize(
    ("now", "is_there"),
    [
        ("2026-02-28T23:59:59", False),
        ("2026-03-01T00:00:00", True),
        ("2026-03-05T23:59:59", True),
        ("2026-03-06T00:00:00", False),
    ],
)
def test_an_entry_holds_from_its_first_day_to_the_end_of_its_last_in_beijing(now: str, is_there: bool) -> None:
    assert holds(now, valid_from="2026-03-01", valid_until="2026-03-05") is is_there


@pytest.mark.parametrize(("now", "is_there"), [("21:59", False), ("22:00", True), ("01:59", True), ("02:00", False)])
def test_hours_of_the_day_may_cross_midnight(now: str, is_there: bool) -> None:
    assert holds(f"2026-03-04T{now}:00", hours_from="22:00", hours_until="02:00") is is_there


def test_an_entry_for_an_audience_holds_for_nobody_else() -> None:
    assert holds(tags=("老客", "会员"), only_tags=("老客", "金卡"))
    assert not holds(tags=("会员",), only_tags=("老客",))
    assert not holds(tags=("老客", "黑名单"), only_tags=("老客",), not_tags=("黑名单",))


def test_an_entry_that_does_not_hold_is_neither_answered_nor_offered() -> None:
    over = an_entry("over", title="中秋礼盒怎么订", conditions=Conditions(valid_until="2026-03-03"))
    faq = compile_release(a_release(over, an_entry("hours")))

    assert faq.search("中秋礼盒怎么订", now=NOON - timedelta(days=1)).entries[0].entry_id == "over"
    assert over not in faq.search("中秋礼盒怎么订", now=NOON).entries


def test_a_menu_key_of_an_entry_that_is_over_is_an_honest_miss() -> None:
    over = an_entry("over", conditions=Conditions(valid_until="2026-03-03"))
    asked = facts(member=a_member(), release=a_release(over), verdict=Verdict("miss"))

    assert handlers.answer_entry(EVENT, asked, "over").outcome == "faq.miss"


def test_answers_take_turns_by_day_and_are_the_same_all_day() -> None:
    entry = an_entry(answer="甲", answers=(Answer(text="乙"), Answer(text="丙")))

    days = [answer_for(entry, seed="m-1", now=NOON + timedelta(days=day)).text for day in range(6)]

    assert sorted(days[:3]) == ["丙", "乙", "甲"] or set(days[:3]) == {"甲", "乙", "丙"}
    assert days[:3] == days[3:]
    assert answer_for(entry, seed="m-1", now=NOON + timedelta(hours=3)).text == days[0]


def test_members_are_spread_over_the_answers() -> None:
    entry = an_entry(answer="甲", answers=(Answer(text="乙"),))

    assert {answer_for(entry, seed=f"m-{number}", now=NOON).text for number in range(20)} == {"甲", "乙"}


def test_who_came_by_a_channel_gets_its_answer() -> None:
    entry = an_entry(answer="甲", answers=(Answer(text="乙", channel="store-01"),))

    assert answer_for(entry, scene="store-01", now=NOON).text == "乙"
    assert answer_for(entry, scene="elsewhere", now=NOON).text == "甲"


def test_a_picture_and_an_article_are_sent_as_such() -> None:
    release = a_release(words={"shop": "青禾"})
    article = Answer(
        "article", title="{shop}的故事", url="https://example.com", picture_url="https://example.com/a.png"
    )

    assert as_reply(Answer("image", media_id="media-1"), release, NOON) == Reply("image", media_id="media-1")
    assert as_reply(article, release, NOON) == Reply(
        "news", title="青禾的故事", url="https://example.com", picture_url="https://example.com/a.png"
    )


def test_placeholders_are_filled_with_what_is_known() -> None:
    release = Release(1, words={"shop": "青禾"}, service_from="08:30")
    text = "{shop}今天{today}，{service_from}起，{nothing}，{ }"

    assert words.filled(text, release, NOON) == "青禾今天3月4日，08:30起，{nothing}，{ }"
    assert list(words.unknown(text, release)) == ["{nothing}"]


def test_a_member_is_answered_with_the_answer_of_their_channel() -> None:
    entry = an_entry(answer="甲", answers=(Answer(text="乙", channel="store-01"),))
    asked = facts(
        member=replace(a_member(), scene="store-01"), release=a_release(entry), verdict=Verdict("answer", (entry,), 1)
    )

    assert handlers.answer_text(EVENT, asked, "几点").reply == reply.text("乙")
