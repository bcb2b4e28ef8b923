"""``ops faq misses`` and ``ops faq learn``: what followers asked in vain, and how the FAQ learns it."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.faq import releases
from chalicelib.runtime import runtime
from chalicelib.store import account as accounts
from chalicelib.store import miss as stored
from chalicelib.store.miss import Miss
from chalicelib.store.release import Release
from chalicelib.store.table import Table
from infra import faq_learn, faq_yaml

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

TOP = 20
NEAREST = 3
"""Entries that are shown with a miss."""


def add_commands(faq: "Commands") -> None:
    account = argparse.ArgumentParser(add_help=False)
    account.add_argument("--account", required=True, help="公众号在本系统里的名字")
    listed = faq.add_parser("misses", parents=[account], help="粉丝问了、没答上的问题")
    listed.add_argument("--top", type=int, default=TOP, metavar="个数", help=f"列出问得最多的几个（默认 {TOP}）")
    listed.add_argument("--all", action="store_true", help="已经学会的也列出来")
    listed.set_defaults(run=show)
    taught = faq.add_parser("learn", parents=[account], help="把没答上的问题加到条目的问法里")
    taught.add_argument("miss", metavar="问题号", help="misses 里的问题号")
    taught.add_argument("entry", metavar="条目", help="条目的 id")
    taught.add_argument("--into", type=Path, metavar="草稿", help="加到这个 YAML 里；没有就从正在使用的版本新写一个")
    taught.add_argument("--as", dest="wording", default="", metavar="问法", help="换一种写法再加")
    taught.set_defaults(run=learn)


def show(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    found = [miss for miss in stored.list_misses(table, options.account) if options.all or not miss.is_settled]
    if not found:
        print("没有没答上的问题。")
        return
    release = published(table, options.account) or Release(version=0)
    for miss in in_order(found)[: options.top]:
        print(f"{miss.key}　{miss.count} 次　{miss.first_day} 至 {miss.last_day}　{miss.text}{_state(miss)}")
        print(f"　最接近：{nearest(miss, release)}")
    if len(found) > options.top:
        print(f"……一共 {len(found):,} 个，用 --top 看更多。")
    print(f"学会一个：ops faq learn 问题号 条目 --account {options.account} --into 草稿.yaml")


def learn(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    """Only the draft changes: publishing it is the operator's own act. Raises BadContent."""
    table = open_table()
    miss = stored.find(table, options.account, options.miss)
    if miss is None:
        raise BadContent(f"没有问题 {options.miss}：90 天没人再问的会删除")
    question = options.wording.strip() or miss.text
    into: Path = options.into or Path(f"{options.account}.yaml")
    _teach(into, table, options, question)
    table.write([miss.learnt(options.entry, runtime().now())])
    print(f"已把“{question}”加到 {into} 的条目 {options.entry}。看过以后用 ops faq publish {into} 发布。")


def in_order(misses: list[Miss]) -> list[Miss]:
    """What is asked most first, then what was asked last."""
    return sorted(misses, key=lambda miss: (miss.count, miss.last_day, miss.key), reverse=True)


def nearest(miss: Miss, release: Release) -> str:
    """By their titles; the confidence is that of the first."""
    entries = [release.find(entry_id) for entry_id in miss.nearest[:NEAREST]]
    titles = [f"{entry.title}（{entry.entry_id}）" for entry in entries if entry]
    return f"{'、'.join(titles)}，把握 {miss.confidence}%" if titles else "没有"


def published(table: Table, account: str) -> Release | None:
    """The version that answers; None where there is none, or it is broken."""
    try:
        return releases.load(table, account, accounts.find(table, account).release)
    except releases.BrokenRelease:
        return None


def _teach(into: Path, table: Table, options: argparse.Namespace, question: str) -> None:
    try:
        if into.exists():
            with into.open(encoding="utf-8-sig", newline="") as file:
                text = file.read()
            into.write_text(faq_learn.with_question(text, options.entry, question), encoding="utf-8", newline="")
            return
        release = published(table, options.account)
        if release is None:
            raise BadContent("还没有发布过任何版本，请用 --into 指定草稿")
        faq_yaml.write(into, faq_learn.learnt(release, options.entry, question))
    except (OSError, UnicodeDecodeError) as error:
        raise BadContent(f"草稿 {into} 读写不了：{type(error).__name__}") from error


def _state(miss: Miss) -> str:
    if not miss.learned:
        return ""
    return f"　[已加到 {miss.learned}]" if miss.is_settled else f"　[已加到 {miss.learned}，但又没答上]"
