"""What a follower may ask for in the chat, honoured at once: opt-out and back, a look at their data, its erasure.

Every function takes facts whose member already carries this message's activity and has left open questions behind.
Pure.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.clock import SHANGHAI
from chalicelib.decision import Decision, Erase, Facts
from chalicelib.members import texts
from chalicelib.members.handlers import erase_by_wish
from chalicelib.sending.credits import credits_left
from chalicelib.sending.windows import customer_service_window
from chalicelib.store.member import Conversation, Member, Trial
from chalicelib.store.sends import Sends
from chalicelib.store.tombstone import Tombstone
from chalicelib.wechat import reply
from chalicelib.wechat.inbound import Inbound

CONFIRM_WITHIN = timedelta(minutes=10)
CANCELS = frozenset({"取消", "取消删除", "不", "不要", "不删", "不删了", "不删除", "否", "算了", "no"})
"""What plainly says no to the erasure question. Anything else cancels it too, and is answered as what it is."""


def opt_out(event: Inbound, facts: Facts) -> Decision:
    member = _member(facts)
    since = member.opted_out_at or event.created
    return Decision("opted_out", reply.text(texts.OPTED_OUT), (replace(member, opted_out_at=since),))


def opt_out_late(left: Tombstone) -> Decision:
    """Who left before their opt-out came through is opted out should they come back."""
    kept = Erase(None, replace(left, opted_out=True))
    return Decision("opted_out", reply.text(texts.OPTED_OUT), erase=kept, details={"late": 1})


def opt_in(_event: Inbound, facts: Facts) -> Decision:
    member = replace(_member(facts), opted_out_at=None)
    return Decision("opted_in", reply.text(texts.OPTED_IN), (member,))


def my_data(_event: Inbound, facts: Facts) -> Decision:
    member = _member(facts)
    channel = facts.faq.release.channel(member.channel)
    shown = describe(member, facts.sends, channel=channel.name if channel else member.channel, now=facts.now)
    return Decision("data.shown", reply.text(shown), (member,))


def ask_erasure(_event: Inbound, facts: Facts) -> Decision:
    """Of who was unknown until this very message nothing is held, and nothing will be."""
    if _member(facts).version == 0:
        return Decision("erasure.nothing", reply.text(texts.NOTHING_TO_ERASE))
    asked = Conversation("erasure", facts.now + CONFIRM_WITHIN)
    question = texts.ASK_ERASURE.format(confirm=texts.CONFIRM_ERASURE)
    return Decision("erasure.asked", reply.text(question), (replace(_member(facts), conversation=asked),))


def confirm_erasure(event: Inbound, facts: Facts, text: str) -> Decision | None:
    """The answer to the erasure question; None when the text is something else."""
    if text == texts.CONFIRM_ERASURE:
        return erase_by_wish(event, facts)
    if text in CANCELS:
        kept = replace(_member(facts), conversation=None)
        return Decision("erasure.cancelled", reply.text(texts.ERASURE_CANCELLED), (kept,))
    return None


def describe(member: Member, sends: Sends | None, *, channel: str, now: datetime) -> str:
    """All that is held about the member, in words; `channel` is what the operator calls theirs. What is not held is
    left out, so that the rest fits on one screen. What may be long comes last: should WeChat's limit cut it, it cuts
    there."""
    window = customer_service_window(member, now)
    lines = {
        "会员编号": member.member_no[:12],
        "成为会员": _when(member.joined_at),
        "关注状态": texts.FOLLOWING if member.following else texts.NOT_FOLLOWING,
        "最近关注": _when(member.followed_at),
        "来源渠道": channel,
        "关注方式": texts.FOUND_BY.get(member.subscribe_scene, member.subscribe_scene),
        "开放平台标识": texts.LINKED if member.unionid else "",
        "备注": member.remark,
        "最近互动": _when(member.last_active_at),
        "最近发消息": _when(member.last_message_at),
        "最近点菜单": _when(member.last_click_at),
        "最近扫码": _when(member.last_scan_at),
        "客服可回复至": _when(window.until) if window else "",
        "互动次数": _habits(member.hours),
        "订阅通知": _subscriptions(member, sends),
        "通知送达": texts.REACHABILITY[member.reachability],
        "活动消息": f"已于 {_when(member.opted_out_at)} 退订" if member.opted_out_at else texts.NOT_OPTED_OUT,
        "其他系统提供": "、".join(f"{name} {value}" for name, value in sorted(member.facts.items())),
        "久未互动的提醒": "；".join(_trial(policy, trial) for policy, trial in sorted(member.trials.items())),
        "留言回复": f"{len(member.unheard)} 条，等您下次来时送上" if member.unheard else "",
        "最近征求评价": member.asked_day,
        "标签": "、".join(member.tags),
    }
    body = "\n".join(f"{name}：{value}" for name, value in lines.items() if value)
    foot = f"\n\n{texts.MY_DATA_FOOT}"
    return reply.shortened(f"{texts.MY_DATA_HEAD}\n{body}", reply.TEXT_BYTES - len(foot.encode())) + foot


def _habits(hours: tuple[int, ...]) -> str:
    busiest = max(range(24), key=hours.__getitem__)
    return f"{sum(hours)} 次（多在 {busiest} 点，按月衰减）" if any(hours) else ""


def _subscriptions(member: Member, sends: Sends | None) -> str:
    granted, left = sum(member.credits.values()), sum(credits_left(member, sends).values())
    return f"您授权了 {granted} 次，还可向您发送 {left} 次" if granted else ""


def _trial(policy: str, trial: Trial) -> str:
    told = f"{policy}（{trial.cycle} 起没有互动，{_when(trial.assigned_at)} 定为{texts.ARMS[trial.arm]}"
    step = f"，第 {trial.rung + 1} 次" if trial.arm == "treatment" else ""
    back = f"，{_when(trial.returned_at)} 又有互动" if trial.returned_at else ""
    return f"{told}{step}{back}）"


def _when(at: datetime | None) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else ""


def _member(facts: Facts) -> Member:
    if facts.member is None:
        raise ValueError("a command is answered for a member")
    return facts.member
