"""When a follower was last there, at which hours they usually are, and what opens a customer-service window."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.callbacks.routes import choose
from chalicelib.clock import SHANGHAI
from chalicelib.members.rules import after_act
from chalicelib.store.member import Member
from chalicelib.wechat.events import Choice
from chalicelib.wechat.inbound import Inbound
from tests.builders import NOON, OPENID, a_member, an_event, facts

DAY = timedelta(days=1)
STRANGER = a_member(last_active_at=None, active_day="", hours_month="")


def shanghai(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


def after_writing(member: Member, *times: datetime) -> Member:
    for at in times:
        member = after_act(member, an_event("text", content="在吗", created=at))
    return member


def bins(**counts: int) -> tuple[int, ...]:
    """A histogram by hour: ``bins(h9=2)``."""
    return tuple(counts.get(f"h{hour}", 0) for hour in range(24))


@pytest.mark.parametrize(
    ("at", "day"),
    [(shanghai(2026, 3, 4, 23, 59, 59), "2026-03-04"), (shanghai(2026, 3, 5, 0, 0, 0), "2026-03-05")],
)
def test_a_day_begins_at_midnight_in_shanghai(at: datetime, day: str) -> None:
    member = after_writing(a_member(), at)

    assert member.active_day == day
    assert member.last_active_at == at


def test_acts_are_counted_by_the_hour_in_shanghai() -> None:
    morning, evening = shanghai(2026, 3, 4, 9, 59, 59), shanghai(2026, 3, 4, 20, 0)

    member = after_writing(STRANGER, morning, morning, evening)

    assert member.hours == bins(h9=2, h20=1)
    assert member.hours_month == "2026-03"


def test_each_new_month_halves_what_was_counted_before() -> None:
    regular = a_member(hours=bins(h9=9, h20=4), hours_month="2026-03")

    april = after_writing(regular, shanghai(2026, 4, 1, 0, 0))

    assert april.hours == bins(h0=1, h9=4, h20=2)
    assert april.hours_month == "2026-04"


@pytest.mark.parametrize(
    ("at", "left"),
    [
        (shanghai(2026, 3, 31, 9, 0), 1024),
        (shanghai(2026, 12, 1, 9, 0), 1024 >> 9),
        (shanghai(2027, 1, 1, 9, 0), 1024 >> 10),
        (shanghai(2028, 3, 1, 9, 0), 0),
        (shanghai(2036, 3, 1, 9, 0), 0),
    ],
)
def test_old_habits_fade_over_the_years(at: datetime, left: int) -> None:
    regular = a_member(hours=bins(h20=1024), hours_month="2026-03")

    member = after_writing(regular, at)

    assert member.hours == bins(h9=1, h20=left)


def test_a_year_of_messages_costs_no_more_room_than_a_day() -> None:
    daily = [shanghai(2026, 1, 1, 12, 0) + n * DAY for n in range(365)]

    member = after_writing(STRANGER, *daily)

    assert member.hours_month == "2026-12"
    assert member.hours[12] < 62
    assert sum(member.hours) == member.hours[12]


def test_a_message_that_comes_late_turns_nothing_back() -> None:
    member = a_member(last_active_at=NOON, last_message_at=NOON, active_day="2026-03-04", hours=bins(h12=3))

    late = after_writing(member, shanghai(2026, 2, 27, 8, 0))

    assert (late.last_active_at, late.last_message_at, late.active_day) == (NOON, NOON, "2026-03-04")
    assert (late.hours, late.hours_month) == (bins(h8=1, h12=3), "2026-03")


def test_the_index_moves_only_when_the_day_changes() -> None:
    def index_keys(member: Member) -> dict[str, object]:
        return {name: value for name, value in member.to_item().items() if name.startswith("activity_")}

    morning = after_writing(a_member(), shanghai(2026, 3, 4, 8, 0))

    evening = after_writing(morning, shanghai(2026, 3, 4, 22, 0))
    tomorrow = after_writing(evening, shanghai(2026, 3, 5, 8, 0))

    assert index_keys(morning) == index_keys(evening) != index_keys(tomorrow)
    assert index_keys(evening)["activity_sk"] == OPENID


def test_who_does_not_follow_is_not_in_the_index_of_active_followers() -> None:
    assert "activity_pk" not in a_member(following=False).to_item()


MESSAGES = [an_event(kind) for kind in ("text", "image", "voice", "video", "shortvideo", "location", "link")]
CLICKS = [an_event("event.click"), an_event("event.scancode_push"), an_event("event.scancode_waitmsg")]
OTHER_MENU = [
    an_event(f"event.{name}")
    for name in ("view", "view_miniprogram", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select")
]


def by_kind(event: Inbound) -> str:
    return event.kind


@pytest.mark.parametrize("event", MESSAGES, ids=by_kind)
def test_a_message_opens_the_long_window_and_makes_a_member_reachable_again(event: Inbound) -> None:
    member = after_act(a_member(reachability="blocked"), event)

    assert (member.last_message_at, member.last_click_at, member.last_scan_at) == (NOON, None, None)
    assert member.reachability == "unknown"


@pytest.mark.parametrize("known", ["ok", "unknown"])
def test_a_message_changes_nothing_about_who_was_not_blocked(known: str) -> None:
    assert after_act(a_member(reachability=known), an_event("text")).reachability == known


@pytest.mark.parametrize("event", CLICKS, ids=by_kind)
def test_a_click_opens_the_short_window_only(event: Inbound) -> None:
    member = after_act(a_member(), event)

    assert (member.last_message_at, member.last_click_at) == (None, NOON)


def test_a_tap_on_a_menu_message_is_a_click_although_it_arrives_as_a_text() -> None:
    member = after_act(a_member(reachability="blocked"), an_event("text", content="查看", menu_reply="101"))

    assert (member.last_message_at, member.last_click_at) == (None, NOON)
    assert member.reachability == "blocked"


@pytest.mark.parametrize("event", OTHER_MENU, ids=by_kind)
def test_other_menu_items_are_activity_and_open_no_window(event: Inbound) -> None:
    before = a_member()

    member = after_act(before, event)

    assert member.last_active_at == NOON
    windows = (member.last_message_at, member.last_click_at, member.last_scan_at, member.followed_at)
    assert windows == (None, None, None, before.followed_at)


@pytest.mark.parametrize("event", [*MESSAGES, *CLICKS, *OTHER_MENU, an_event("event.scan")], ids=by_kind)
def test_who_acts_in_the_chat_follows_whatever_was_known_before(event: Inbound) -> None:
    assert after_act(a_member(following=False), event).following


def test_who_answers_a_popup_need_not_follow() -> None:
    popup = an_event("event.subscribe_msg_popup_event", choices=(Choice("T-1", "accept", "1"),))

    assert not after_act(a_member(following=False), popup).following
    assert after_act(a_member(following=True), popup).following


@pytest.mark.parametrize(
    "kind",
    [
        "event.location",
        "event.templatesendjobfinish",
        "event.subscribe_msg_sent_event",
        "event.subscribe_msg_change_event",
        "event.kf_create_session",
        "event.kf_close_session",
        "event.user_info_modified",
        "event.annual_renew",
    ],
)
def test_what_the_platform_reports_is_no_sign_of_life(kind: str) -> None:
    person = {"openid": OPENID} if kind.startswith("event.user_") else {}
    event = an_event(kind, created=NOON + DAY, **person)
    member = a_member()

    decision = choose(event)(event, facts(member=member))

    lives = [(saved.last_active_at, saved.hours) for saved in decision.save if isinstance(saved, Member)]
    assert lives in ([], [(member.last_active_at, member.hours)])


@pytest.mark.parametrize(
    "earlier",
    [
        lambda member: replace(member, last_click_at=NOON + DAY),
        lambda member: replace(member, last_scan_at=NOON + DAY),
    ],
)
def test_an_older_act_closes_no_window(earlier: Callable[[Member], Member]) -> None:
    member = earlier(a_member())

    for event in (an_event("event.click"), an_event("event.scan")):
        member = after_act(member, event)

    assert NOON + DAY in (member.last_click_at, member.last_scan_at)
