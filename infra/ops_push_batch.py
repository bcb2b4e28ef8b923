"""``ops push batch``: what became of a mass message as a whole."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.store import batch as batches
from chalicelib.store.batch import Batch, Counts
from chalicelib.store.table import Table
from infra.push_names import CLASSES, at, state

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

PHASES = {"freezing": "正在逐人检查", "calling": "等待发送", "closing": "正在登记每个人的结果", "over": "已结束"}


def add_batch(push: "Commands", account: argparse.ArgumentParser) -> None:
    parser = push.add_parser("batch", parents=[account], help="一批群发的结果")
    parser.add_argument("batch_id", metavar="批次号")
    parser.set_defaults(run=batch)


def batch(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    found = batches.find(table, options.account, options.batch_id)
    if found is None:
        raise BadContent(f"没有这个批次：{options.batch_id}")
    print(f"批次 {found.batch_id}　{found.kind}　群发，{CLASSES[found.content_class]}")
    print(f"状态 {_stands(found)}")
    times = {"登记": found.planned_at, "最早": found.not_before, "截止": found.expires_at,
             "第一次尝试": found.first_tried_at}  # fmt: skip
    print("\n".join(f"{name} {at(time)}" for name, time in times.items() if time))
    print(_whom(found))
    if found.msgid:
        print(f"微信消息号 {found.msgid}")
        print(_told(batches.find_counts(table, options.account, found.msgid)))


def _stands(found: Batch) -> str:
    phase = PHASES.get(found.phase, found.phase)
    return f"{phase}，{state(found.result.state, found.result.reason)}" if found.result else phase


def _whom(found: Batch) -> str:
    if found.tag_id is not None:
        return f"发给微信标签 {found.tag_id}，不逐人检查"
    sorted_out = "" if found.phase == "freezing" else f"，检查后发给 {found.frozen:,} 人"
    return f"名单 {found.total:,} 人{sorted_out}"


def _told(counts: Counts | None) -> str:
    if counts is None:
        return "微信还没有回报送达情况"
    return (f"微信回报（{at(counts.at)}）：{counts.status}，共 {counts.total:,} 人，过滤后 {counts.filtered:,} 人，"
            f"成功 {counts.sent:,} 人，失败 {counts.failed:,} 人")  # fmt: skip
