"""``ops push status``, ``dead`` and ``retry``: what became of a push, and what can still be done."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.push.intake import OPENID
from chalicelib.runtime import runtime
from chalicelib.sending.intents import entry
from chalicelib.store import job as jobs
from chalicelib.store import keys
from chalicelib.store import push as pushes
from chalicelib.store.push import Push
from chalicelib.store.sends import Sends
from chalicelib.store.table import Lost, Table
from infra.event_options import as_field
from infra.push_due import dead_names
from infra.push_names import CHANNELS, CLASSES, at, state

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

LISTED = 100
"""Dead items that are shown, oldest first."""
FINAL = {
    "unknown": "微信可能已经收下了：再发可能让对方收到两次",
    "failed": "微信拒绝了：改好内容，换一个 key 重新登记",
    "held": "按规则没有发送：换一个 key 重新登记",
    "expired": "已经过期：换一个 key 重新登记",
}
"""Why what has its outcome is not tried again."""
ELSEWHERE = "还在等待的、没有发送的和微信拒绝的不在这里：请用登记时得到的编号查，ops push status 编号。"
"""What the ledger of a follower does not remember."""


def add_commands(push: "Commands", account: argparse.ArgumentParser) -> None:
    look = push.add_parser("status", parents=[account], help="一条的结果，或一位粉丝最近的几条")
    which = look.add_mutually_exclusive_group(required=True)
    which.add_argument("push_id", nargs="?", default="", metavar="编号")
    which.add_argument("--openid", type=as_field(OPENID), help="交给微信发给这位粉丝的，最近八条")
    look.set_defaults(run=status)
    push.add_parser("dead", parents=[account], help="列出放弃了、等人处理的").set_defaults(run=dead)
    again = push.add_parser("retry", parents=[account], help="放弃了的再试一次")
    again.add_argument("push_id", metavar="编号")
    again.set_defaults(run=retry)


def status(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    if options.openid:
        _show_recent(options, open_table())
        return
    push = _found(options, open_table())
    print(f"编号 {push.push_id}　{push.kind}　{CHANNELS[push.channel]}，{CLASSES[push.content_class]}")
    print(f"状态 {state(push.state, push.reason)}")
    times = {"登记": push.planned_at, "最早": push.not_before, "截止": push.expires_at,
             "第一次尝试": push.first_tried_at, "微信受理": push.sent_at}  # fmt: skip
    times |= {"下次查看": push.due_at} if push.is_open else {}
    print("\n".join(f"{name} {at(time)}" for name, time in times.items() if time))
    if push.msgid:
        print(f"微信消息号 {push.msgid}")


def _show_recent(options: argparse.Namespace, table: Table) -> None:
    item = table.get(keys.sends(options.account, options.openid))
    recent = Sends.from_item(item).recent if item else ()
    known = table.get_many(keys.push(options.account, sent.push_id) for sent in recent)
    reasons = {str(item["push_id"]): Push.from_item(item).reason for item in known.values()}
    print("交给微信的最近几条：" if recent else "没有交给微信发给这位粉丝的。")
    for sent in reversed(recent):
        channel, fate = CHANNELS.get(sent.channel, sent.channel), state(sent.state, reasons.get(sent.push_id, ""))
        print(f"{at(sent.at)}　{sent.kind}　{channel}　{fate}　{sent.push_id}")
    print(ELSEWHERE)


def dead(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    names = dead_names(table, options.account)
    if not names:
        print("没有放弃的。")
    for name in names[:LISTED]:
        print(_told(name, table))
    if len(names) > LISTED:
        print(f"……一共 {len(names):,} 个，只列出最早的 {LISTED} 个。")


def _told(name: str, table: Table) -> str:
    if name.startswith("P#"):
        push = pushes.find(table, name)
        return (
            f"推送 {push.push_id}　{push.kind}　{at(push.due_at)}　{state(push.state, push.reason)}" if push else name
        )
    job = jobs.find(table, name)
    return f"任务 {job.job_id}　{job.kind}　{at(job.due_at)}　{job.trouble}" if job else name


def retry(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Release what is dead: WeChat has refused it for certain, or never heard of it. Raises BadContent."""
    table, r = open_table(), runtime()
    push, now = _found(options, table), r.now()
    if push.state != "dead":
        raise BadContent(FINAL.get(push.state, "还没有结束，它会自己继续" if push.is_open else "已经发出去了"))
    if push.batch:
        raise BadContent("它属于一次群发，不能单独再发")
    if push.expires_at <= now:
        raise BadContent(FINAL["expired"])
    again = replace(push, state="planned", reason="", due_at=now, attempts=0, first_tried_at=None)
    try:
        table.write([again.put(), entry(again, "released", at=now).put()])
    except Lost:
        raise BadContent("刚才有别的操作动了这一条，请再看一次 status。") from None
    r.queues.wake([again.name], turn=f"v{again.version}")
    print("已重新登记，马上再试。")


def _found(options: argparse.Namespace, table: Table) -> Push:
    item = table.get(keys.push(options.account, options.push_id))
    if item is None:
        raise BadContent(f"没有编号 {options.push_id[:40]} 的推送")
    return Push.from_item(item)
