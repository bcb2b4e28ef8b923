"""``ops reactivation preview``: whom a policy would speak to today or on its first day, with nothing written."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.clock import day_start, shanghai_day
from chalicelib.reactivation.eligibility import Situation
from chalicelib.reactivation.preview import KNOWN, Preview, Sample, preview
from chalicelib.reactivation.season import has_begun, is_over
from chalicelib.runtime import runtime
from chalicelib.sending.reasons import in_words
from chalicelib.sending.traits import TRAITS
from chalicelib.store import quota, switches
from chalicelib.store.policy import Policy
from chalicelib.store.table import Table
from infra import reactivation_file
from infra.push_names import CHANNELS, at, credentials
from infra.reactivation_check import check
from infra.reactivation_saved import saved

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

MOST = 20_000
"""Members that are looked at, where the operator does not say."""
BAR = 30
REASONS = {
    "gone": "已经取关",
    "active": "刚刚又有互动",
    "audience": "不在策略的对象里",
    "no_step": "没有可行的一步",
    KNOWN: "以前安排过",
}
"""The planner's own; the others are those of every send."""


def add_preview(reactivation: "Commands", account: argparse.ArgumentParser) -> None:
    """One more command under ``ops reactivation``."""
    look = reactivation.add_parser(
        "preview", parents=[account], help="今天（或者第一天）会提醒谁、何时、怎样；什么也不写"
    )
    which = look.add_mutually_exclusive_group(required=True)
    which.add_argument("name", nargs="?", default="", metavar="策略", help="已保存的策略")
    which.add_argument("--file", type=Path, metavar="文件", help="还没有保存的")
    look.add_argument("--most", type=int, default=MOST, metavar="人数", help=f"最多看多少人（默认 {MOST:,}）")
    look.set_defaults(run=run)


def run(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    known, now, table = credentials(options.account), runtime().now(), open_table()
    policy = _policy(options, table)
    if is_over(policy, shanghai_day(now)):
        print(f"策略 {policy.name} 到 {policy.last_day} 已经结束：不再安排任何人。")
        return
    begins = now if has_begun(policy, shanghai_day(now)) else day_start(policy.first_day)
    situation = Situation(policy, known, switches.find(table, options.account), begins)
    if begins > now:
        print(f"策略 {policy.name} 从 {policy.first_day} 起才安排。下面是那一天，假定现在沉默的人到那时都没有互动。")
    seen = preview(situation, open_table, most=options.most)
    print("\n".join(_told(seen, situation, open_table())))  # the first one's time may be over


def _policy(options: argparse.Namespace, table: Table) -> Policy:
    """Raises BadContent."""
    if options.file:
        policy = reactivation_file.read(options.file, options.account)
        check(policy, table)
        return policy
    return saved(table, options.account, options.name)


def _told(seen: Preview, situation: Situation, table: Table) -> Iterator[str]:
    policy = situation.policy
    cut = "" if seen.is_whole else "（还有更多，没有看完，下面的数字只算看过的）"
    yield f"策略 {policy.name} 在 {seen.day} 这一天：看了 {seen.cohorts} 批、{seen.looked_at:,} 位会员{cut}。"
    yield f"会提醒 {seen.arms['treatment']:,} 人，对照组 {seen.arms['control']:,} 人不提醒。什么也没有写入。"
    if seen.arms.total() > policy.limits.per_day:
        yield f"每天最多安排 {policy.limits.per_day:,} 人：排不完的以后几天接着。"
    for rung, count in sorted(seen.rungs.items()):
        yield f"  第 {rung + 1} 次提醒 {count:,} 人"
    for channel, calls in seen.calls.items():
        limit = quota.find(table, policy.account, TRAITS[channel].api, now=situation.now)
        daily = limit.limit or TRAITS[channel].daily
        yield f"  {CHANNELS[channel]}接口 {calls:,} 次，微信每天给 {daily:,} 次，当天已用 {limit.used:,} 次"
    yield from _hours(seen)
    yield from _reasons(seen)
    yield from map(_sample, seen.samples)


def _hours(seen: Preview) -> Iterator[str]:
    if seen.hours:
        yield "发送时间："
    most = max(seen.hours.values(), default=0)
    for hour, count in sorted(seen.hours.items()):
        yield f"  {hour}:00　{'█' * max(1, BAR * count // most)} {count:,}"


def _reasons(seen: Preview) -> Iterator[str]:
    if seen.reasons:
        yield f"不提醒 {seen.reasons.total():,} 人："
    for reason, count in seen.reasons.most_common():
        yield f"  {REASONS.get(reason) or in_words(reason)} {count:,} 人"


def _sample(sample: Sample) -> str:
    how = f"{CHANNELS[sample.channel]}，{at(sample.at)}" if sample.arm == "treatment" else "对照组，不提醒"
    return f"例如会员 {sample.member_no[:12]}：{sample.target.active_day} 起沉默，第 {sample.target.rung + 1} 次，{how}"
