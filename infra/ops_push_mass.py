"""``ops push mass``: the same text to a list of followers, or to a tag."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.push import intake
from chalicelib.push.fields import BadField
from chalicelib.runtime import runtime
from chalicelib.sending.batches import Mass, PlannedBatch, plan_mass, plan_mass_to_tag
from chalicelib.sending.reasons import in_words
from chalicelib.sending.rules import MARKETING
from chalicelib.store.table import Table
from infra.event_options import as_field
from infra.push_names import CLASSES, credentials

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_mass(push: "Commands", account: argparse.ArgumentParser) -> None:
    parser = push.add_parser("mass", parents=[account], help="群发一段文字（每人每月最多收到四条）")
    parser.add_argument("--kind", type=as_field(intake.KIND), required=True, help="哪一类，例如 news.spring")
    parser.add_argument("--key", type=as_field(intake.KEY), required=True, help="哪一次：每人只收到一次")
    parser.add_argument(
        "--class",
        dest="content_class",
        choices=CLASSES,
        default="activity",
        help="默认 activity；按标签只能是 service 或 public",
    )
    parser.add_argument("--text", required=True, help="文字")
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--openids", type=Path, metavar="文件", help="一行一个 openid")
    whom.add_argument(
        "--tag", type=int, metavar="标签号", help="微信的标签：不逐人检查，要写 --class service 或 public"
    )
    parser.set_defaults(run=mass)


def mass(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Raises BadContent for what may not be sent so."""
    if options.tag is not None and options.content_class in MARKETING:
        raise BadContent("按标签群发不逐人检查退订，只能发服务通知或公共信息：请写上 --class service 或 --class public")
    credentials(options.account)
    try:
        batches = _planned(options, open_table())
    except ValueError as error:
        raise BadContent(in_words(str(error))) from None
    for batch in batches:
        whom = f"{batch.recipients:,} 人" if options.openids else f"标签 {options.tag}"
        told = "已登记" if batch.outcome == "planned" else "以前登记过，不会重复发送"
        print(f"批次 {batch.batch_id}：{whom}，{told}")
    print(f"看结果：ops push batch {batches[-1].batch_id} --account {options.account}")


def _planned(options: argparse.Namespace, table: Table) -> tuple[PlannedBatch, ...]:
    """Raises ValueError with the code of a reason, BadContent, Unavailable."""
    r = runtime()
    body = {"msgtype": "text", "text": {"content": options.text}}
    wish = Mass(options.kind, options.key, options.content_class, body)
    if options.openids:
        openids = _listed(options.openids)
        return plan_mass(wish, openids, options.account, table=table, queues=r.queues, now=r.now())
    return (plan_mass_to_tag(wish, options.tag, options.account, table=table, queues=r.queues, now=r.now()),)


def _listed(path: Path) -> tuple[str, ...]:
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError):
        raise BadContent(f"读不了 {path}：应当是 UTF-8 的文字文件，一行一个 openid") from None
    for number, line in enumerate(lines, start=1):
        _ensure_openid(line, f"{path} 第 {number} 行")
    return tuple(dict.fromkeys(filter(None, lines)))


def _ensure_openid(line: str, place: str) -> None:
    """An empty line is fine."""
    try:
        if line:
            intake.OPENID(line)
    except BadField as bad:
        raise BadContent(f"{place}{bad}") from None
