"""What a follower may ask for: opt-out and back, a look at their data, its erasure."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.decision import Decision
from chalicelib.members import jobs, rights, texts
from chalicelib.store.member import Conversation, Member, Trial
from chalicelib.store.release import Channel
from chalicelib.wechat import reply
from tests.builders import NOON, a_ledger, a_member, a_release, a_tombstone, an_event, facts, saved_member

EVENT = an_event("text", content="退订")
FULL = a_member(
    scene="poster-3",
    channel="poster-3",
    subscribe_scene="ADD_SCENE_QR_CODE",
    unionid="u-0123456789",
    remark="老张",
    tags=("会员", "新客"),
    last_message_at=NOON,
    last_click_at=NOON - timedelta(hours=1),
    last_scan_at=NOON - timedelta(hours=2),
    last_active_at=NOON,
    active_day="2026-03-04",
    hours=(0,) * 12 + (7,) + (0,) * 11,
    credits={"T-1": 2, "T-2": 1},
    opted_out_at=NOON - timedelta(days=1),
    reachability="ok",
    asked_day="2026-03-02",
    unheard=("t-1",),
    facts={"points_until": "2026-12-31", "points": "320"},
    trials={
        "spring": Trial("2026-02-01", "treatment", NOON - timedelta(days=3), 1, NOON - timedelta(days=2)),
        "points": Trial("2026-02-01", "control", NOON - timedelta(days=3)),
    },
)

NOT_SHOWN = {
    "account": "the account itself, in whose chat the answer is read",
    "openid": "WeChat's own name for the reader in this chat",
    "scene": "the code of the channel, which is shown by its name",
    "active_day": "the day of the last activity, which is shown",
    "hours_month": "when the histogram was last halved: bookkeeping",
    "conversation": "what this chat waits for right now: the reader has just seen it",
    "version": "a count of writes: bookkeeping",
}
"""Fields of a member that `我的数据` leaves out, each with the reason."""

OTHERWISE: dict[str, Member] = {
    "member_no": replace(FULL, member_no="m-0002"),
    "joined_at": replace(FULL, joined_at=NOON - timedelta(days=99)),
    "following": replace(FULL, following=False),
    "followed_at": replace(FULL, followed_at=NOON - timedelta(days=9)),
    "channel": replace(FULL, channel="flyer"),
    "subscribe_scene": replace(FULL, subscribe_scene="ADD_SCENE_SEARCH"),
    "unionid": replace(FULL, unionid=""),
    "remark": replace(FULL, remark="张先生"),
    "asked_day": replace(FULL, asked_day=""),
    "unheard": replace(FULL, unheard=()),
    "tags": replace(FULL, tags=("会员",)),
    "last_message_at": replace(FULL, last_message_at=NOON - timedelta(hours=3)),
    "last_click_at": replace(FULL, last_click_at=NOON - timedelta(hours=3)),
    "last_scan_at": replace(FULL, last_scan_at=NOON - timedelta(hours=3)),
    "last_active_at": replace(FULL, last_active_at=NOON - timedelta(hours=3)),
    "hours": replace(FULL, hours=(0,) * 20 + (9,) + (0,) * 3),
    "credits": replace(FULL, credits={"T-1": 9}),
    "opted_out_at": replace(FULL, opted_out_at=None),
    "reachability": replace(FULL, reachability="blocked"),
    "facts": replace(FULL, facts={"points": "20"}),
    "trials": replace(FULL, trials={}),
}
"""The full member, with one field otherwise."""


def shown(member: Member, **known: object) -> str:
    decision = rights.my_data(EVENT, facts(member=member, **known))
    assert decision.reply is not None
    return decision.reply.text


def test_who_opts_out_is_told_so_and_stays_a_member() -> None:
    decision = rights.opt_out(EVENT, facts(member=a_member()))

    assert saved_member(decision).opted_out_at == NOON
    assert (decision.outcome, decision.reply) == ("opted_out", reply.text(texts.OPTED_OUT))


def test_who_opts_out_twice_has_opted_out_since_the_first_time() -> None:
    earlier = NOON - timedelta(days=30)

    decision = rights.opt_out(EVENT, facts(member=a_member(opted_out_at=earlier)))

    assert saved_member(decision).opted_out_at == earlier


def test_who_opts_in_again_has_no_opt_out_left() -> None:
    decision = rights.opt_in(EVENT, facts(member=a_member(opted_out_at=NOON)))

    assert saved_member(decision).opted_out_at is None
    assert (decision.outcome, decision.reply) == ("opted_in", reply.text(texts.OPTED_IN))


def test_a_member_reads_everything_that_is_held_about_them() -> None:
    release = a_release(channels=(Channel("poster-3", "地铁海报"),))

    text = shown(FULL, sends=a_ledger(credits_used={"T-1": 1}), release=release)

    assert text == (
        "我们保存的您的资料：\n"
        "会员编号：m-0001\n"
        "成为会员：2026-03-03 12:00\n"
        "关注状态：已关注\n"
        "最近关注：2026-03-03 12:00\n"
        "来源渠道：地铁海报\n"
        "关注方式：扫描二维码\n"
        "开放平台标识：已关联\n"
        "备注：老张\n"
        "最近互动：2026-03-04 12:00\n"
        "最近发消息：2026-03-04 12:00\n"
        "最近点菜单：2026-03-04 11:00\n"
        "最近扫码：2026-03-04 10:00\n"
        "客服可回复至：2026-03-06 12:00\n"
        "互动次数：7 次（多在 12 点，按月衰减）\n"
        "订阅通知：您授权了 3 次，还可向您发送 2 次\n"
        "通知送达：可以送达\n"
        "活动消息：已于 2026-03-03 12:00 退订\n"
        "其他系统提供：points 320、points_until 2026-12-31\n"
        "久未互动的提醒：points（2026-02-01 起没有互动，2026-03-01 12:00 定为不提醒，用于对照）；"
        "spring（2026-02-01 起没有互动，2026-03-01 12:00 定为提醒，第 2 次，2026-03-02 12:00 又有互动）\n"
        "留言回复：1 条，等您下次来时送上\n"
        "最近征求评价：2026-03-02\n"
        "标签：会员、新客\n"
        "\n"
        "您给人工客服的留言（如有）加密保存，90 天后删除；没有列出的其他项目，我们没有保存。\n"
        "发送“删除我的数据”可全部删除，发送“退订”可停收活动消息。"
    )


def test_every_field_of_a_member_is_shown_or_left_out_for_a_reason() -> None:
    assert set(OTHERWISE) | set(NOT_SHOWN) == {field.name for field in fields(Member)}
    assert not set(OTHERWISE) & set(NOT_SHOWN)


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_field_that_differs_reads_differently(field: str) -> None:
    assert shown(OTHERWISE[field]) != shown(FULL)


@pytest.mark.parametrize("field", [field.name for field in fields(Trial)])
def test_a_part_in_a_trial_that_differs_reads_differently(field: str) -> None:
    trial = FULL.trials["spring"]
    changed: dict[str, Any] = {
        "cycle": "2026-01-31",
        "arm": "control",
        "assigned_at": NOON,
        "rung": 0,
        "returned_at": None,
    }

    other = replace(FULL, trials={"spring": replace(trial, **{field: changed[field]})})

    assert shown(other) != shown(replace(FULL, trials={"spring": trial}))


def test_a_newcomer_reads_a_short_answer_that_fits_on_one_screen() -> None:
    text = shown(a_member(following=False, followed_at=None, last_active_at=None))

    assert text.splitlines()[1:5] == [
        "会员编号：m-0001",
        "成为会员：2026-03-03 12:00",
        "关注状态：未关注",
        "活动消息：未退订",
    ]
    assert len(text.splitlines()) == 8


def test_a_member_number_is_short_enough_to_be_read_out() -> None:
    assert "会员编号：0123456789ab\n" in shown(a_member(member_no="0123456789abcdef0123456789abcdef"))


def test_a_way_of_following_that_wechat_invents_is_shown_as_it_is() -> None:
    assert "关注方式：ADD_SCENE_NEW\n" in shown(a_member(subscribe_scene="ADD_SCENE_NEW"))


def test_a_channel_that_the_operator_removed_is_shown_by_its_code() -> None:
    assert "来源渠道：poster-3\n" in shown(FULL)


def test_a_member_with_too_many_long_tags_still_reads_what_they_can_do() -> None:
    crowded = replace(FULL, tags=tuple(f"{number:02d}" + "标" * 28 for number in range(20)))

    text = shown(crowded)

    assert len(text.encode()) <= reply.TEXT_BYTES
    assert text.endswith("…\n\n" + texts.MY_DATA_FOOT)


def test_who_looks_at_their_data_changes_nothing() -> None:
    decision = rights.my_data(EVENT, facts(member=FULL))

    assert (decision.outcome, decision.save) == ("data.shown", (FULL,))
    assert decision.details == {}


def test_an_erasure_is_asked_about_first() -> None:
    decision = rights.ask_erasure(EVENT, facts(member=a_member()))

    assert saved_member(decision).conversation == Conversation("erasure", NOON + timedelta(minutes=10))
    assert decision.erase is None
    assert decision.reply is not None
    assert "10 分钟内" in decision.reply.text
    assert "“确认删除”" in decision.reply.text


def test_a_stranger_has_nothing_to_erase_and_is_not_made_a_member_for_asking() -> None:
    decision = rights.ask_erasure(EVENT, facts(member=a_member(version=0)))

    assert decision == Decision("erasure.nothing", reply.text(texts.NOTHING_TO_ERASE))


@pytest.mark.parametrize("opted_out_at", [None, NOON - timedelta(days=3)])
def test_a_confirmed_erasure_takes_everything_but_the_opt_out(opted_out_at: datetime | None) -> None:
    member = a_member(opted_out_at=opted_out_at)

    decision = rights.confirm_erasure(EVENT, facts(member=member), "确认删除")

    assert decision is not None
    assert decision.erase is not None
    assert decision.erase.member == member
    assert decision.erase.tombstone == a_tombstone(at=NOON, opted_out=opted_out_at is not None, follows=True)
    assert (decision.outcome, decision.reply) == ("erased.wish", reply.text(texts.ERASED))
    assert [job.kind for job in decision.jobs] == [jobs.ERASURE]


@pytest.mark.parametrize("no", ["取消", "不删了", "算了", "no"])
def test_a_plain_no_keeps_everything_and_is_acknowledged(no: str) -> None:
    asked = a_member(conversation=Conversation("erasure", NOON + timedelta(minutes=5)))

    decision = rights.confirm_erasure(EVENT, facts(member=asked), no)

    assert decision is not None
    assert saved_member(decision).conversation is None
    assert (decision.outcome, decision.reply) == ("erasure.cancelled", reply.text(texts.ERASURE_CANCELLED))


@pytest.mark.parametrize("other", ["确认", "删除", "确认删除吗", "营业时间", ""])
def test_anything_else_is_no_answer_to_the_erasure_question(other: str) -> None:
    assert rights.confirm_erasure(EVENT, facts(member=a_member()), other) is None


def test_a_command_without_a_member_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="for a member"):
        rights.opt_in(EVENT, facts())
