"""Until when, and how often, an account may write to a follower by itself."""

from datetime import datetime, timedelta

import pytest

from chalicelib.members.rules import after_act
from chalicelib.sending.windows import Window, customer_service_window
from tests.builders import NOON, a_member, an_event

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
TWO_DAYS = timedelta(hours=48)
SILENT = a_member(followed_at=None)


def test_a_follower_who_never_did_anything_may_not_be_written_to() -> None:
    assert customer_service_window(SILENT, NOON) is None


def test_a_message_allows_five_answers_within_forty_eight_hours() -> None:
    member = a_member(last_message_at=NOON)

    window = customer_service_window(member, NOON + TWO_DAYS - SECOND)

    assert window == Window(5, NOON, NOON + TWO_DAYS)
    assert customer_service_window(member, NOON + TWO_DAYS) is None


@pytest.mark.parametrize("act", ["last_click_at", "followed_at", "last_scan_at"])
def test_a_click_a_follow_and_a_scan_allow_three_within_a_minute(act: str) -> None:
    member = a_member(**{"followed_at": None, act: NOON})

    window = customer_service_window(member, NOON + MINUTE - SECOND)

    assert window == Window(3, NOON, NOON + MINUTE)
    assert customer_service_window(member, NOON + MINUTE) is None


def test_allowances_do_not_add_up_and_the_larger_one_counts() -> None:
    member = a_member(last_message_at=NOON - TWO_DAYS + SECOND, last_click_at=NOON, last_scan_at=NOON)

    window = customer_service_window(member, NOON)

    assert window == Window(5, NOON - TWO_DAYS + SECOND, NOON + SECOND)


def test_of_two_like_allowances_the_later_end_counts() -> None:
    member = a_member(last_click_at=NOON, last_scan_at=NOON - 30 * SECOND)

    assert customer_service_window(member, NOON) == Window(3, NOON, NOON + MINUTE)


def test_a_window_of_a_click_is_left_when_the_messages_has_closed() -> None:
    member = a_member(last_message_at=NOON - TWO_DAYS, last_click_at=NOON)

    assert customer_service_window(member, NOON) == Window(3, NOON, NOON + MINUTE)


@pytest.mark.parametrize("clock", [NOON, NOON - 5 * SECOND], ids=["in step", "ours is behind"])
def test_a_window_is_open_from_the_act_on_even_if_our_clock_is_behind(clock: datetime) -> None:
    assert customer_service_window(a_member(last_message_at=NOON), clock) == Window(5, NOON, NOON + TWO_DAYS)


@pytest.mark.parametrize(
    ("kind", "said", "allowance"),
    [
        ("text", {"content": "你好"}, 5),
        ("text", {"content": "查看", "menu_reply": "101"}, 3),
        ("image", {}, 5),
        ("event.click", {"key": "faq:hours"}, 3),
        ("event.scancode_push", {}, 3),
        ("event.scancode_waitmsg", {}, 3),
        ("event.scan", {"key": "poster-3"}, 3),
        ("event.view", {"key": "https://shop.example/"}, None),
        ("event.view_miniprogram", {}, None),
        ("event.pic_weixin", {}, None),
        ("event.location_select", {}, None),
    ],
)
def test_each_act_opens_the_window_that_wechat_gives_for_it(
    kind: str, said: dict[str, str], allowance: int | None
) -> None:
    member = after_act(SILENT, an_event(kind, **said))

    window = customer_service_window(member, NOON)

    assert (window.allowance if window else None) == allowance
